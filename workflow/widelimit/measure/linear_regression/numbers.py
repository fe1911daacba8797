"""The numbers of step 1: each statement about gradient descent, at its worst over random data."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from widelimit.linear.least_squares import LeastSquares, descend, regime_solution
from widelimit.measure.linear_regression.cases import REGIMES, Case, regime
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.seeds import generator

BISECTIONS = 40
JUST_BELOW, JUST_ABOVE = 1.98, 2.02
"""eta sigma_1^2 one percent to either side of the threshold."""

GROWTH_STEPS = [100, 200]
"""Of the paths beside the threshold: neither rounding nor overflow is in reach."""

MANY_SOLUTIONS = ("underdetermined", "deficient")
"""The regimes in which the points do not span the space of the weights."""


def numbers(
    cases: Mapping[str, Case],
    ranges: pd.DataFrame,
    *,
    root: int,
    dimension: int,
    condition_number: float,
    relative_rate: float,
    checkpoints: Sequence[int],
    draws: int,
) -> pd.DataFrame:
    """Rows of METRICS; METRIC_MEANINGS says what each is. Arguments as in `measure`."""
    numbers = _threshold(cases.values(), ranges)
    checks = []
    for name in REGIMES:
        rng = generator(root, f"step1 numbers {name}")
        for _ in range(draws):
            case = regime(name, dimension, condition_number, rng)
            check = _check(case, case.elsewhere(rng), relative_rate, checkpoints)
            checks.append(check | {"regime": name})
    checks = pd.DataFrame(checks)
    for metric in ("solution_error", "loss", "loss_error"):
        for name, largest in checks.groupby("regime")[metric].max().items():
            numbers[f"linear_{metric}_{name}"] = largest
    numbers["linear_descent_vs_closed_form"] = checks["descent_vs_closed_form"].max()
    many = checks[checks["regime"].isin(MANY_SOLUTIONS)]
    numbers["linear_outside_span"] = many["outside_span"].max()
    numbers["linear_outside_span_change"] = many["outside_span_change"].max()
    numbers["linear_elsewhere_distance"] = many["elsewhere_distance"].min()
    return metrics_table("step1", [Row(name, value) for name, value in numbers.items()])


def stable_range(case: Case, steps: int) -> tuple[float, float]:
    """The smallest and largest eta sigma_1^2 at which steps shrink, by bisection on the steps."""
    unit = LeastSquares(case.X, case.y).learning_rate_bound / 2
    ends = []
    for stable, unstable in ((0.5, -0.5), (1.5, 2.5)):
        for _ in range(BISECTIONS):
            middle = (stable + unstable) / 2
            if _steps_shrink(case, middle * unit, steps):
                stable = middle
            else:
                unstable = middle
        ends.append((stable + unstable) / 2)
    return ends[0], ends[1]


def relative(w: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """|w - reference| / |reference| of each row of w; infinite where w has left the floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        distance = np.linalg.norm(w - reference, axis=1) / np.linalg.norm(reference)
    return np.where(np.isnan(distance), np.inf, distance)


def _steps_shrink(case: Case, learning_rate: float, steps: int) -> bool:
    """Whether the last step is shorter than the one half-way, or is down to rounding."""
    steps_around = [steps // 2, steps // 2 + 1, steps, steps + 1]
    w = descend(case.X, case.y, learning_rate=learning_rate, steps=steps_around)
    with np.errstate(over="ignore", invalid="ignore"):
        before, after = np.linalg.norm(w[1::2] - w[::2], axis=1)
        return bool(after < before or after < 1e-12 * np.linalg.norm(w[-1]))


def _threshold(cases: Iterable[Case], ranges: pd.DataFrame) -> dict[str, float]:
    """The ends of the stable range, at their worst, and what the distance does beside the upper."""
    growth = {JUST_BELOW: [], JUST_ABOVE: []}
    for case in cases:
        fit = LeastSquares(case.X, case.y)
        for rate, ratios in growth.items():
            eta = rate * fit.learning_rate_bound / 2
            w = descend(case.X, case.y, learning_rate=eta, steps=GROWTH_STEPS)
            half, end = relative(w, fit.solution)
            ratios.append(end / half)
    lower, upper = ranges["lower"], ranges["upper"]
    return {
        "linear_threshold_lower": lower[lower.abs().idxmax()],
        "linear_threshold_upper": upper[(upper - 2).abs().idxmax()],
        "linear_growth_below": max(growth[JUST_BELOW]),
        "linear_growth_above": min(growth[JUST_ABOVE]),
    }


def _check(
    case: Case, elsewhere: np.ndarray, relative_rate: float, checkpoints: Sequence[int]
) -> dict[str, float]:
    """Gradient descent on one data set, from 0 and from elsewhere, against the closed forms."""
    fit = LeastSquares(case.X, case.y)
    options = {
        "learning_rate": relative_rate * fit.learning_rate_bound / 2,
        "steps": checkpoints,
    }
    size = np.linalg.norm(fit.solution)
    w = descend(case.X, case.y, **options)
    w_elsewhere = descend(case.X, case.y, start=elsewhere, **options)
    differences = [w - fit.iterates(**options)]
    differences.append(w_elsewhere - fit.iterates(start=elsewhere, **options))
    full_rank = fit.rank == min(case.X.shape)
    solution = regime_solution(case.X, case.y) if full_rank else np.linalg.pinv(case.X) @ case.y
    loss, nothing = fit.loss(w[-1]), fit.loss(np.zeros_like(fit.solution))
    outside, kept = fit.outside(w_elsewhere), fit.outside(elsewhere)
    return {
        "solution_error": relative(w[-1:], solution)[0],
        "loss": loss / nothing,
        "loss_error": abs(loss - fit.least_loss) / nothing,
        "descent_vs_closed_form": np.linalg.norm(differences, axis=-1).max() / size,
        "outside_span": np.linalg.norm(fit.outside(w), axis=1).max() / size,
        "outside_span_change": np.linalg.norm(outside - kept, axis=1).max() / size,
        "elsewhere_distance": relative(w_elsewhere[-1:], fit.solution)[0],
    }
