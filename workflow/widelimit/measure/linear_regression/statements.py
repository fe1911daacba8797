"""Stage measure_step1: least squares by gradient descent, every statement about it measured.

Gradient descent is run step by step throughout; closed forms stand beside it, never in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from widelimit.measure.linear_regression.cases import REGIMES, SPECTRA_MEANING, spectra
from widelimit.measure.linear_regression.numbers import numbers
from widelimit.measure.linear_regression.trajectories import (
    REGIME_RATE,
    directions_table,
    log_steps,
    plane_table,
    range_row,
    regime_table,
    sweep_table,
)
from widelimit.tables.schemas import Column, Table

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
    found = pd.DataFrame([range_row(name, case, steps) for name, case in cases.items()])
    frames = {
        "threshold": pd.concat([sweep_table(name, case, steps) for name, case in cases.items()]),
        "spectra": found,
        "directions": directions_table(root, dimension, condition_number, checkpoints),
        "regimes": pd.concat(
            [regime_table(name, root, dimension, condition_number, checkpoints) for name in REGIMES]
        ),
        "plane": plane_table(),
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
