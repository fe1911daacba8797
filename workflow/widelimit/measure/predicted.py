"""What the theory of finite width predicts of a study before any network is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.finite_width.prediction import predicted_distance
from widelimit.measure.metric_rows import Row, metrics_table


def predict_distance(
    train: Points,
    test: Points,
    *,
    experiment: str,
    activation: str,
    learning_rate: float,
    checkpoints: Sequence[int],
    widths: Sequence[int],
) -> pd.DataFrame:
    """Rows of the METRICS table: both parts of the distance for each width and checkpoint after
    step 0, and the width of the crossover for each such checkpoint where there is one.

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
    return metrics_table(experiment, _rows(prediction, activation))


def _rows(prediction, activation: str) -> Iterator[Row]:
    for i, step in enumerate(prediction.steps):
        for j, width in enumerate(prediction.widths):
            for part in ("start", "movement"):
                value = getattr(prediction, part)[i, j]
                yield Row(f"predicted_distance_{part}", value, activation, width, None, step)
        yield Row("predicted_change", prediction.change[i], activation, None, None, step)
        if np.isfinite(prediction.crossover_width[i]):
            crossover = prediction.crossover_width[i]
            yield Row("crossover_width", crossover, activation, None, None, step)
