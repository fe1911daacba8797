"""What the theory of finite width predicts of a study before any network is trained."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.finite_width.border_units import SIGNS, border_units
from widelimit.finite_width.movement import Problem
from widelimit.finite_width.prediction import PredictedDistance, predicted_distance
from widelimit.finite_width.response import EXACT_STEPS
from widelimit.finite_width.weights import weight_movement
from widelimit.kernels.gram import nngp_gram
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.tables.distance import BORDER_UNITS, PREDICTED_POINTS

UNITS_SHOWN = 41


class Predicted(NamedTuple):
    """Rows of METRICS, of PREDICTED_POINTS and of BORDER_UNITS (none where no flux is known)."""

    metrics: pd.DataFrame
    points: pd.DataFrame
    border_units: pd.DataFrame


def predict_distance(
    train: Points,
    test: Points,
    *,
    experiment: str,
    activation: str,
    learning_rate: float,
    checkpoints: Sequence[int],
    widths: Sequence[int],
) -> Predicted:
    """Both parts of the distance for each width and checkpoint after step 0, also by test point;
    how far kernel and weights move; the width of the crossover at each checkpoint where there is
    one; and units beside the border that holds most of them, over the first steps.

    What theory has no finite value for, as the movement of networks too narrow to converge, has no
    row among the metrics, and is nan by point.
    Errors as in `predicted_distance`.
    """
    steps, widths = [step for step in sorted(checkpoints) if step > 0], sorted(widths)
    prediction = predicted_distance(
        train.X,
        test.X,
        train.y[:, 0],
        activation=activation,
        learning_rate=learning_rate,
        steps=steps,
        widths=widths,
    )
    problem = Problem(train.X, train.X, train.y, activation, learning_rate, steps, draws=2)
    moved = weight_movement(
        problem.response(),
        nngp_gram(train.X, activation=activation),
        train.y,
        d=train.X.shape[1],
        steps=steps,
        widths=widths,
    )
    rows = (row for row in _rows(prediction, moved, activation) if np.isfinite(row.value))
    metrics = metrics_table(experiment, rows)
    return Predicted(metrics, _by_point(prediction), _border_units(problem))


def _rows(prediction: PredictedDistance, moved: np.ndarray, activation: str) -> Iterator[Row]:
    for i, step in enumerate(prediction.steps):
        for j, width in enumerate(prediction.widths):
            for part in ("start", "movement"):
                value = getattr(prediction, part)[i, j]
                yield Row(f"predicted_distance_{part}", value, activation, width, None, step)
            error = prediction.movement_error[i, j]
            yield Row("predicted_distance_movement_error", error, activation, width, None, step)
            yield Row("predicted_weight_movement", moved[i, j], activation, width, None, step)
        yield Row("predicted_change", prediction.change[i], activation, None, None, step)
        yield Row("crossover_width", prediction.crossover_width[i], activation, None, None, step)
    for width, drift in zip(prediction.widths, prediction.drift[-1], strict=True):
        # As ntk_drift, of no step: from the first to the last.
        yield Row("predicted_ntk_drift", drift, activation, width)


def _by_point(prediction: PredictedDistance) -> pd.DataFrame:
    axes = prediction.steps, prediction.widths, range(prediction.start_by_point.shape[2])
    index = pd.MultiIndex.from_product(axes, names=["step", "width", "index"])
    parts = {name: getattr(prediction, f"{name}_by_point") for name in ("start", "movement")}
    table = pd.DataFrame({name: part.ravel() for name, part in parts.items()}, index=index)
    return PREDICTED_POINTS.arrange(table.reset_index())


def _border_units(problem: Problem) -> pd.DataFrame:
    if not problem.has_flux:
        return BORDER_UNITS.arrange(pd.DataFrame())
    steps = min(EXACT_STEPS, problem.steps[-1])
    followed = border_units(problem, units=UNITS_SHOWN, steps=steps)
    axes = SIGNS, range(UNITS_SHOWN), range(steps + 1)
    index = pd.MultiIndex.from_product(axes, names=["sign", "unit", "step"])
    table = pd.DataFrame({"z": followed.distance.ravel()}, index=index).reset_index()
    return BORDER_UNITS.arrange(table.assign(point=followed.point))
