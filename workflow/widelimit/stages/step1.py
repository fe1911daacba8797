"""Stage measure_step1: least squares by gradient descent, every statement about it measured.

Gradient descent is run step by step throughout; closed forms stand beside it, never in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.linear import LeastSquares, descend
from widelimit.schemas import Column, Table
from widelimit.seeds import generator
from widelimit.stages.step1_data import REGIMES, SPECTRA_MEANING, Case, regime, spectra
from widelimit.stages.step1_numbers import numbers, relative, stable_range

RELATIVE_RATES = np.round(np.linspace(-0.1, 2.3, 97), 3)
"""eta sigma_1^2 of the sweep: both ends of the range in which descent converges are among them."""

DIRECTION_RATES = (1.0, 1.9, 2.02)
"""eta sigma_1^2 at which the directions are followed one by one."""

REGIME_RATE = 1.0
"""eta sigma_1^2 of the regimes."""

PLANE_X, PLANE_Y = np.array([[1.0, 0.5]]), np.array([1.0])
PLANE_STARTS = ((0.0, 0.0), (0.9, -0.7), (-0.2, 0.9), (1.5, 0.5))
PLANE_RATE, PLANE_STEPS = 0.4, 12

_RATE = Column("relative_learning_rate", pa.float64(), "eta sigma_1^2; the threshold is 2")
_STEP = Column("step", pa.int64(), "steps of gradient descent taken", "count")
_SPECTRUM = Column("spectrum", pa.string(), SPECTRA_MEANING)
_CONDITION = Column(
    "condition_number", pa.float64(), "sigma_1^2 / smallest sigma_i^2 that is not 0"
)

TABLES = {
    "threshold": Table(
        "step1/threshold.parquet",
        "gradient descent from 0 on one spectrum, with one learning rate, after so many steps",
        (
            _SPECTRUM,
            _CONDITION,
            _RATE,
            _STEP,
            Column("distance", pa.float64(), "|w_T - y X^+| / |y X^+|, step by step"),
            Column("closed_form", pa.float64(), "the same by singular value decomposition"),
        ),
    ),
    "spectra": Table(
        "step1/spectra.parquet",
        "one spectrum: where gradient descent on it converges",
        (
            _SPECTRUM,
            _CONDITION,
            Column("n", pa.int32(), "points", "count"),
            Column("d", pa.int32(), "inputs", "count"),
            Column("rank", pa.int32(), "rank of X", "count"),
            Column("lower", pa.float64(), "smallest stable eta sigma_1^2, found by bisection"),
            Column("upper", pa.float64(), "largest stable eta sigma_1^2, found by bisection"),
        ),
    ),
    "directions": Table(
        "step1/directions.parquet",
        "the distance to y X^+ along one singular direction, after so many steps",
        (
            _CONDITION,
            _RATE,
            Column("direction", pa.int32(), "number i of the direction, from the largest", "count"),
            Column("eigenvalue", pa.float64(), "sigma_i^2 / sigma_1^2"),
            _STEP,
            Column("distance", pa.float64(), "|v_i.(w_T - y X^+)| / |v_i.y X^+|, step by step"),
            Column("closed_form", pa.float64(), "|1 - eta sigma_i^2|^T"),
        ),
    ),
    "regimes": Table(
        "step1/regimes.parquet",
        "gradient descent in one regime from one start, after so many steps",
        (
            Column("regime", pa.string(), "overdetermined, square, underdetermined or deficient"),
            Column("n", pa.int32(), "points", "count"),
            Column("d", pa.int32(), "inputs", "count"),
            Column("rank", pa.int32(), "rank of X", "count"),
            Column("start", pa.string(), "zero, or elsewhere: a random w_0"),
            _STEP,
            Column("loss", pa.float64(), "1/2 sum_i (y_i - w.x_i)^2 / the same of w = 0"),
            Column("least_loss", pa.float64(), "what it must tend to, / the same of w = 0"),
            Column("distance", pa.float64(), "|w_T - y X^+| / |y X^+|"),
            Column("outside", pa.float64(), "|component outside the points' span| / |y X^+|"),
        ),
    ),
    "plane": Table(
        "step1/plane.parquet",
        "gradient descent with one point in the plane, after so many steps",
        (
            Column("start", pa.int32(), "number of the start; 0 starts at 0", "count"),
            _STEP,
            Column("w_0", pa.float64(), "first weight"),
            Column("w_1", pa.float64(), "second weight"),
            Column("x_0", pa.float64(), "first input of the point"),
            Column("x_1", pa.float64(), "second input of the point"),
            Column("y", pa.float64(), "target of the point"),
        ),
    ),
}


def measure_step1(
    *,
    root: int,
    dimension: int,
    condition_numbers: Sequence[float],
    condition_number: float,
    steps: int,
    draws: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    dimension         : d of all data sets but the one in the plane, at least 4
    condition_numbers : sigma_1^2 / sigma_d^2 of the spectra on which the threshold is looked for
    condition_number  : the same of the directions and the regimes
    steps             : of gradient descent
    draws             : random data sets of each regime behind the numbers
    """
    cases = spectra(root, dimension, condition_numbers)
    checkpoints = log_steps(steps)
    found = pd.DataFrame([_range(name, case, steps) for name, case in cases.items()])
    frames = {
        "threshold": pd.concat([_sweep(name, case, steps) for name, case in cases.items()]),
        "spectra": found,
        "directions": _directions(root, dimension, condition_number, checkpoints),
        "regimes": pd.concat(
            [_regime(name, root, dimension, condition_number, checkpoints) for name in REGIMES]
        ),
        "plane": _plane(),
    }
    tables = {
        name: frame[[column.name for column in TABLES[name].columns]].reset_index(drop=True)
        for name, frame in frames.items()
    }
    return tables | {
        "measured": numbers(
            cases,
            found,
            root=root,
            dimension=dimension,
            condition_number=condition_number,
            relative_rate=REGIME_RATE,
            checkpoints=checkpoints,
            draws=draws,
        )
    }


def log_steps(steps: int, per_decade: int = 10) -> list[int]:
    """0, then whole numbers even in the logarithm, up to ``steps``, which is the last."""
    count = int(np.ceil(per_decade * np.log10(max(steps, 1))))
    spaced = {round(10 ** (i / per_decade)) for i in range(count)}
    return sorted({0, *(step for step in spaced if step < steps), steps})


def _sweep(name: str, case: Case, steps: int) -> pd.DataFrame:
    """Gradient descent with every learning rate, looked at after 10, 100, ... and all steps."""
    fit = LeastSquares(case.X, case.y)
    tens = [10**e for e in range(1, 10) if 10**e < steps]
    rows = []
    for rate in RELATIVE_RATES:
        options = {"learning_rate": rate * fit.learning_rate_bound / 2, "steps": [*tens, steps]}
        reached = relative(descend(case.X, case.y, **options), fit.solution)
        expected = relative(fit.iterates(**options), fit.solution)
        rows += zip([rate] * len(reached), options["steps"], reached, expected, strict=True)
    frame = pd.DataFrame(
        rows, columns=["relative_learning_rate", "step", "distance", "closed_form"]
    )
    return frame.assign(spectrum=name, condition_number=case.condition_number)


def _range(name: str, case: Case, steps: int) -> dict:
    lower, upper = stable_range(case, steps)
    n, d = case.X.shape
    rank = len(LeastSquares(case.X, case.y).singular_values)
    shape = {"n": n, "d": d, "rank": rank, "condition_number": case.condition_number}
    return {"spectrum": name, "lower": lower, "upper": upper} | shape


def _directions(
    root: int, dimension: int, condition_number: float, checkpoints: Sequence[int]
) -> pd.DataFrame:
    case = regime("overdetermined", dimension, condition_number, generator(root, "step1 path"))
    fit = LeastSquares(case.X, case.y)
    squares = fit.singular_values**2
    frames = []
    for rate in DIRECTION_RATES:
        eta = rate * fit.learning_rate_bound / 2
        w = descend(case.X, case.y, learning_rate=eta, steps=checkpoints)
        distance = np.abs((w - fit.solution) @ fit.directions.T / (fit.directions @ fit.solution))
        with np.errstate(over="ignore"):
            expected = np.abs(1 - eta * squares) ** np.array(checkpoints, dtype=float)[:, None]
        T, i = np.indices(distance.shape)
        columns = {
            "step": np.array(checkpoints)[T],
            "direction": i + 1,
            "eigenvalue": (squares / squares[0])[i],
            "distance": distance,
            "closed_form": expected,
        }
        frame = pd.DataFrame({key: values.ravel() for key, values in columns.items()})
        frames.append(frame.assign(relative_learning_rate=rate))
    return pd.concat(frames).assign(condition_number=case.condition_number)


def _regime(
    name: str, root: int, dimension: int, condition_number: float, checkpoints: Sequence[int]
) -> pd.DataFrame:
    rng = generator(root, f"step1 {name}")
    case = regime(name, dimension, condition_number, rng)
    fit = LeastSquares(case.X, case.y)
    n, d = case.X.shape
    size, nothing = np.linalg.norm(fit.solution), fit.loss(np.zeros(d))
    frames = []
    for start, w_0 in (("zero", None), ("elsewhere", case.elsewhere(rng))):
        w = descend(
            case.X,
            case.y,
            learning_rate=REGIME_RATE * fit.learning_rate_bound / 2,
            steps=checkpoints,
            start=w_0,
        )
        columns = {
            "start": start,
            "step": checkpoints,
            "loss": fit.loss(w) / nothing,
            "distance": relative(w, fit.solution),
            "outside": np.linalg.norm(fit.outside(w), axis=1) / size,
        }
        frames.append(pd.DataFrame(columns))
    rank = len(fit.singular_values)
    return pd.concat(frames).assign(
        regime=name, n=n, d=d, rank=rank, least_loss=fit.least_loss / nothing
    )


def _plane() -> pd.DataFrame:
    eta = PLANE_RATE / float(PLANE_X[0] @ PLANE_X[0])
    frames = []
    for number, start in enumerate(PLANE_STARTS):
        steps = list(range(PLANE_STEPS + 1))
        w = descend(PLANE_X, PLANE_Y, learning_rate=eta, steps=steps, start=start)
        columns = {"start": number, "step": steps, "w_0": w[:, 0], "w_1": w[:, 1]}
        frames.append(pd.DataFrame(columns))
    (x_0, x_1), (y,) = PLANE_X[0], PLANE_Y
    return pd.concat(frames).assign(x_0=x_0, x_1=x_1, y=y)
