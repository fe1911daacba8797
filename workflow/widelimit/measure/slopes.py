"""Slopes against width, fitted over all seeds, with intervals."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from widelimit.measure.slope_metrics import SLOPE_METRICS

REJECTED = 0.001
"""Below this p value of `lack_of_fit` a line is rejected: of the hundred straight lines or so of a
study, one is in ten studies."""

_BY = ["experiment", "activation", "metric", "step"]
_FIT = (
    "smallest_width",
    "largest_width",
    "slope",
    "intercept",
    "slope_low",
    "slope_high",
    "lack_of_fit",
    "local_low",
    "local_high",
)


def fit_slope(width, value) -> dict | None:
    """Least squares log2 value = intercept + slope log2 width, with Student's 95 % interval.

    The interval of the slope is slope +- q s, s its standard error and q the t quantile of order
    0.975 with n - 2 degrees of freedom (Draper & Smith 1998, section 1.4). It holds if the points
    scatter about a line independently and alike. ``width`` and ``value`` have shape (n,); points
    whose value is not positive and finite are left out. None unless three points at two widths
    remain, and where all are equal: they leave no spread to judge by.

    lack_of_fit is the p value of `lack_of_fit`: where it is small the points lie on no line, and
    the slope is that of a chord, whose interval says nothing of an exponent.
    """
    width, value = np.asarray(width, dtype=float), np.asarray(value, dtype=float)
    kept = np.isfinite(value) & (value > 0)
    width, value = width[kept], value[kept]
    if len(value) < 3 or len(np.unique(width)) < 2:
        return None
    from scipy.special import stdtrit  # a tenth of a second, and figures need `REJECTED` alone

    line = _line(np.log2(width), np.log2(value))
    margin = stdtrit(len(value) - 2, 0.975) * line.stderr
    if not np.isfinite(line.slope + margin):
        return None
    return {
        "smallest_width": int(width.min()),
        "largest_width": int(width.max()),
        "slope": float(line.slope),
        "intercept": float(line.intercept),
        "slope_low": float(line.slope - margin),
        "slope_high": float(line.slope + margin),
        "lack_of_fit": lack_of_fit(np.log2(width), np.log2(value)),
    }


class _Line(NamedTuple):
    slope: float
    intercept: float
    stderr: float


def _line(x: np.ndarray, y: np.ndarray) -> _Line:
    """Least squares y = intercept + slope x, with the slope's standard error: what
    `scipy.stats.linregress` gives, which takes a second to import."""
    xx, xy, _, yy = np.cov(x, y, bias=True).flat
    correlation = np.clip(xy / np.sqrt(xx * yy), -1, 1) if yy > 0 else np.nan
    stderr = np.sqrt((1 - correlation**2) * yy / xx / (len(x) - 2))
    return _Line(xy / xx, np.mean(y) - xy / xx * np.mean(x), stderr)


def lack_of_fit(x, y) -> float:
    """p value of the F test of a straight line through y (n,) at x (n,) against the pure error
    between replicates at equal x (Draper & Smith 1998, section 2.1).

    F = (sum_j n_j (ybar_j - line_j)^2 / (m - 2)) / (sum_ij (y_ij - ybar_j)^2 / (n - m)) for m
    distinct x. NaN for fewer than three of them, without replicates, or where these are all equal.
    """
    places, group = np.unique(x, return_inverse=True)
    n, m = len(group), len(places)
    count = np.bincount(group)
    means = np.bincount(group, weights=y) / count
    pure = float(np.sum(np.square(y - means[group])))
    if m < 3 or n == m or pure == 0:
        return np.nan
    from scipy.special import fdtrc  # as in `fit_slope`

    line = _line(x, y)
    lack = float(np.sum(count * np.square(means - line.intercept - line.slope * places)))
    return float(fdtrc(m - 2, n - m, (lack / (m - 2)) / (pure / (n - m))))


def fit_slopes(frame: pd.DataFrame, by: Sequence[str], widest: int = 4) -> pd.DataFrame:
    """The slope of value against width in each group: over all widths, over the widest few,
    and the local ones from each width to the next.

    Returns ``by``, then widths ("all", "widest", "local"), what `fit_slope` gives, and the smallest
    and the largest local slope between these widths; no row where it gives None. Raises ValueError
    if ``widest`` is below 2.
    """
    if widest < 2:
        raise ValueError(f"widest must be at least 2, got {widest}")
    rows = []
    points = frame[frame["width"].notna() & frame["value"].notna()]
    for key, group in points.groupby(list(by), dropna=False):
        ladder = np.unique(group["width"].astype(int))
        local = {}
        pairs = [("local", pair) for pair in pairwise(ladder)]
        for widths, chosen in (*pairs, ("all", ladder), ("widest", ladder[-widest:])):
            part = group[group["width"].isin(chosen)]
            fit = fit_slope(part["width"], part["value"])
            if fit is None:
                continue
            if widths == "local":
                local[tuple(chosen)] = fit["slope"]
            between = [local[pair] for pair in pairwise(chosen) if pair in local]
            ends = {"local_low": min(between, default=np.nan)}
            ends |= {"local_high": max(between, default=np.nan)}
            rows.append(dict(zip(by, key, strict=True)) | {"widths": widths} | fit | ends)
    table = pd.DataFrame(rows, columns=[*by, "widths", *_FIT])
    return table.astype({name: frame[name].dtype for name in by})


def slopes_table(metrics: pd.DataFrame, step: str, widest: int = 4) -> pd.DataFrame:
    """The rows of slopes.parquet about one step: the slopes of its `SLOPE_METRICS`.

    For step 7 there is a third choice of widths beside those of `fit_slopes`, "shared": those
    between the narrowest and the widest of the smaller experiments beyond it, to compare with.
    """
    chosen = metrics[metrics["metric"].isin(SLOPE_METRICS[step])]
    beyond = chosen.loc[chosen["experiment"].str.startswith("beyond/"), "width"]
    between = chosen["width"].between(beyond.min(), beyond.max()).fillna(False).astype(bool)
    shared = fit_slopes(chosen[between & (chosen["experiment"] == "step7")], _BY)
    shared = shared[shared["widths"] == "all"].assign(widths="shared")
    fits = fit_slopes(chosen, _BY, widest=widest)
    return pd.concat([fits, shared], ignore_index=True) if len(shared) else fits
