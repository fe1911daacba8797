"""Trained networks beside what the theory of finite width predicted of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from widelimit.measure.distances import common_part, root_of_mean, standard_error
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.tables.distance import POINTS


class Compared(NamedTuple):
    """Rows of METRICS, and of POINTS."""

    metrics: pd.DataFrame
    points: pd.DataFrame


class _Cell(NamedTuple):
    """One width and step. start, movement (seeds, m): of the networks; s, f (m,): predicted."""

    width: int
    step: int
    start: np.ndarray
    movement: np.ndarray
    s: np.ndarray
    f: np.ndarray


def compare_with_predicted(
    predictions: pd.DataFrame, predicted: pd.DataFrame, points: pd.DataFrame
) -> Compared:
    """Measured / predicted for both parts of the distance, with standard errors over seeds.

    predictions : rows of PREDICTIONS of networks of one output that keep their own kernel
    predicted : of METRICS, `predict_distance`'s of one experiment; points : PREDICTED_POINTS
    """
    (experiment,), (activation,) = (
        predicted[name].unique() for name in ("experiment", "activation")
    )
    movement = predicted[predicted["metric"] == "predicted_distance_movement"]
    size = movement.set_index(["width", "step"])["value"]
    cells = list(_cells(predictions, points))
    rows = (
        row._replace(activation=activation, width=cell.width, step=cell.step)
        for cell in cells
        for row in _rows(cell, size.get((cell.width, cell.step), np.nan))
        if np.isfinite(row.value)
    )
    table = pd.concat([_by_point(cell) for cell in cells], ignore_index=True)
    return Compared(metrics_table(experiment, rows), POINTS.arrange(table))


def _cells(predictions: pd.DataFrame, points: pd.DataFrame) -> Iterator[_Cell]:
    finite = predictions[predictions["width"].notna()]
    of_model = {
        model: rows.pivot(index=["width", "step", "seed"], columns="index", values="f")
        for model, rows in finite.groupby("model")
    }
    own = of_model["empirical_ntk"]
    start, movement = own - of_model["ntk_corrected"], of_model["network"] - own
    for (width, step), rows in points.groupby(["width", "step"]):
        rows = rows.sort_values("index")
        parts = (part.loc[width, step].to_numpy(float) for part in (start, movement))
        expected = (rows[name].to_numpy(float) for name in ("start", "movement"))
        yield _Cell(int(width), int(step), *parts, *expected)


def _rows(cell: _Cell, size: float) -> Iterator[Row]:
    """size: root mean square of the predicted movement, less what its sampling adds; nan where
    theory has none."""
    ratio, error = root_of_mean(np.mean(cell.start**2, axis=1) / np.mean(cell.s**2))
    yield Row("start_over_predicted", ratio)
    yield Row("start_over_predicted_error", error)
    yield Row("start_predicted_correlation", _correlation(_rms(cell.start), cell.s))
    yield Row("movement_predicted_correlation", _correlation(cell.movement.mean(axis=0), cell.f))
    if size > 0:
        bias, error = common_part(cell.movement)
        yield Row("movement_over_predicted", bias / size)
        yield Row("movement_over_predicted_error", error / size)
        for seed, along in enumerate(cell.movement @ cell.f / (len(cell.f) * size**2)):
            yield Row("movement_along_predicted", along, seed=seed)


def _by_point(cell: _Cell) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "width": cell.width,
            "step": cell.step,
            "index": np.arange(len(cell.s)),
            "start": _rms(cell.start),
            "start_predicted": cell.s,
            "movement": cell.movement.mean(axis=0),
            "movement_error": standard_error(cell.movement),
            "movement_predicted": cell.f,
        }
    )


def _rms(values: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(values**2, axis=0))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's, nan where one of them is constant."""
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])
