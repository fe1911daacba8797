"""What gradient descent does on the data sets of step 1, step by step and in closed form."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from widelimit.linear.least_squares import LeastSquares, descend
from widelimit.measure.frames import long_table
from widelimit.measure.linear_regression.cases import Case, regime
from widelimit.measure.linear_regression.numbers import relative, stable_range
from widelimit.measure.log_steps import log_steps
from widelimit.seeds import generator

RELATIVE_RATES = np.round(np.linspace(-0.1, 2.3, 97), 3)
"""eta sigma_1^2 of the sweep: both ends of the range in which descent converges are among them."""

DIRECTION_RATES = (1.0, 1.9, 2.02)
"""eta sigma_1^2 at which the directions are followed one by one."""

REGIME_RATE = 1.0
"""eta sigma_1^2 of the regimes."""

PLANE_X, PLANE_Y = np.array([[1.0, 0.5]]), np.array([1.0])
PLANE_STARTS = ((0.0, 0.0), (0.9, -0.7), (-0.2, 0.9), (1.5, 0.5))
PLANE_RATE, PLANE_STEPS = 0.4, 12


def sweep_table(name: str, case: Case, steps: int) -> pd.DataFrame:
    """Gradient descent with every learning rate, looked at after 10, 100, ... and all steps."""
    fit = LeastSquares(case.X, case.y)
    checkpoints = sorted({*log_steps(steps)[1:], steps})
    rows = []
    for rate in RELATIVE_RATES:
        options = {"learning_rate": rate * fit.learning_rate_bound / 2, "steps": checkpoints}
        reached = relative(descend(case.X, case.y, **options), fit.solution)
        expected = relative(fit.iterates(**options), fit.solution)
        rows += zip([rate] * len(reached), checkpoints, reached, expected, strict=True)
    frame = pd.DataFrame(
        rows, columns=["relative_learning_rate", "step", "distance", "closed_form"]
    )
    return frame.assign(spectrum=name, condition_number=case.condition_number)


def range_row(name: str, case: Case, steps: int) -> dict:
    """The shape of one case, and the range of learning rates that is stable on it."""
    lower, upper = stable_range(case, steps)
    n, d = case.X.shape
    rank = LeastSquares(case.X, case.y).rank
    shape = {"n": n, "d": d, "rank": rank, "condition_number": case.condition_number}
    return {"spectrum": name, "lower": lower, "upper": upper} | shape


def directions_table(
    root: int, dimension: int, condition_number: float, checkpoints: Sequence[int]
) -> pd.DataFrame:
    """The distance along each singular direction at the checkpoints, at three learning rates."""
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
        frame = long_table("distance", distance, step=checkpoints, direction=range(len(squares)))
        eigenvalue = (squares / squares[0])[frame["direction"]]
        frame = frame.assign(closed_form=expected.ravel(), eigenvalue=eigenvalue)
        frames.append(frame.assign(direction=frame["direction"] + 1, relative_learning_rate=rate))
    return pd.concat(frames).assign(condition_number=case.condition_number)


def regime_table(
    name: str, root: int, dimension: int, condition_number: float, checkpoints: Sequence[int]
) -> pd.DataFrame:
    """Gradient descent in one regime, from 0 and from elsewhere, at the checkpoints."""
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
    rank = fit.rank
    return pd.concat(frames).assign(
        regime=name, n=n, d=d, rank=rank, least_loss=fit.least_loss / nothing
    )


def plane_table() -> pd.DataFrame:
    """One point in the plane: the iterates from several starts."""
    eta = PLANE_RATE / float(PLANE_X[0] @ PLANE_X[0])
    frames = []
    for number, start in enumerate(PLANE_STARTS):
        steps = list(range(PLANE_STEPS + 1))
        w = descend(PLANE_X, PLANE_Y, learning_rate=eta, steps=steps, start=start)
        columns = {"start": number, "step": steps, "w_0": w[:, 0], "w_1": w[:, 1]}
        frames.append(pd.DataFrame(columns))
    (x_0, x_1), (y,) = PLANE_X[0], PLANE_Y
    return pd.concat(frames).assign(x_0=x_0, x_1=x_1, y=y)
