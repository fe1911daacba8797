"""What is measured over networks of several output scales alpha = g / sqrt(k)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from widelimit.measure.distances import rmse
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.tables.scale import TABLES

LEVEL = 1.0
"""The drift of the kernel at which lazy turns into rich: it has changed by as much as it is."""


def measure_scales(
    scales: Sequence[float], metrics: Sequence[pd.DataFrame], predictions: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Rows of the METRICS table that take more than one network.

    scales : g of each experiment, ascending; metrics, predictions : its tables, in the same order

    For each g, under the experiment's own name: the distance between networks of neighbouring
    widths, and the drift that all seeds share over that of the greatest width. Under "scale": for
    each width and seed the scale at which the drift is `LEVEL`.
    """
    tables = []
    for measured, predicted in zip(metrics, predictions, strict=True):
        activation = measured["activation"].iloc[0]
        found = (*_between_widths(predicted), *drifts_over_the_widest(measured))
        rows = [row._replace(activation=activation) for row in found]
        tables.append(metrics_table(measured["experiment"].iloc[0], rows))
    rows = [row._replace(activation=activation) for row in _crossovers(scales, metrics)]
    return pd.concat([metrics_table("scale", rows), *tables], ignore_index=True)


def last_predictions(scales: Sequence[float], predictions: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of the table scale/predictions: networks and limit NTK of each g at the last step."""
    frames = []
    for g, table in zip(scales, predictions, strict=True):
        shown = table[table["model"].isin(("network", "ntk"))]
        frames.append(shown[shown["step"].eq(shown["step"].max())].assign(g=g))
    return TABLES["predictions"].arrange(pd.concat(frames))


def _between_widths(predictions: pd.DataFrame) -> Iterator[Row]:
    networks = predictions[predictions["model"].eq("network")]
    step = networks["step"].max()
    last = networks[networks["step"].eq(step)].sort_values(["index", "output"])
    f = {key: rows["f"].to_numpy(float) for key, rows in last.groupby(["seed", "width"])}
    for narrow, wide in pairwise(sorted(last["width"].unique())):
        for seed in sorted(last["seed"].unique()):
            distance = rmse(f[seed, narrow], f[seed, wide])
            yield Row("rmse_network_vs_next_width", distance, None, narrow, seed, step)


def drifts_over_the_widest(metrics: pd.DataFrame) -> Iterator[Row]:
    """Of each narrower width the ensemble_ntk_drift over that of the widest, with its standard
    error to first order: 1 where the drift depends on g alone. Nothing where either is 0."""
    names = ["ensemble_ntk_drift", "ensemble_ntk_drift_error"]
    drifts = metrics[metrics["metric"].isin(names)]
    drifts = drifts.pivot(index="width", columns="metric", values="value").astype(float)
    drifts = drifts.reindex(columns=names).sort_index()
    for width, (drift, error) in drifts.iloc[:-1].iterrows():
        widest, widest_error = drifts.iloc[-1]
        if drift > 0 and widest > 0:
            ratio = drift / widest
            yield Row("drift_over_widest", ratio, None, width)
            error = ratio * np.hypot(error / drift, widest_error / widest)
            if np.isfinite(error):
                yield Row("drift_over_widest_error", error, None, width)


def _crossovers(scales: Sequence[float], metrics: Sequence[pd.DataFrame]) -> Iterator[Row]:
    drifts = pd.concat(
        table[table["metric"].eq("ntk_drift")].assign(g=g)
        for g, table in zip(scales, metrics, strict=True)
    )
    for (width, seed), rows in drifts.groupby(["width", "seed"]):
        g = crossing(rows["g"].to_numpy(float), rows["value"].to_numpy(float))
        if g is not None:
            yield Row("crossover_scale", g / np.sqrt(width), None, width, seed)


def crossing(x: np.ndarray, y: np.ndarray) -> float | None:
    """The least x at which y falls from `LEVEL` or more to below it, on a straight line in
    logarithms between neighbours; None where it does not. x (n,) ascending, both positive."""
    falls = np.flatnonzero((y[:-1] >= LEVEL) & (y[1:] < LEVEL))
    if not falls.size:
        return None
    i = falls[0]
    share = np.log(y[i] / LEVEL) / np.log(y[i] / y[i + 1])
    return float(x[i] * (x[i + 1] / x[i]) ** share)
