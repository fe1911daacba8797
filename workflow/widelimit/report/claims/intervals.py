"""Estimates with their 95 % intervals, along the last axis: many draws at once for `chance`."""

from typing import NamedTuple

import numpy as np
from scipy import special

TAIL = 0.025


class Interval(NamedTuple):
    """An estimate and the ends of its interval, arrays of one shape."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean(values: np.ndarray) -> Interval:
    """Mean of values (..., n) with Student's interval; from one value alone it is unbounded."""
    n = values.shape[-1]
    centre = values.mean(axis=-1)
    if n < 2:
        return Interval(centre, centre - np.inf, centre + np.inf)
    margin = special.stdtrit(n - 1, 1 - TAIL) * values.std(axis=-1, ddof=1) / np.sqrt(n)
    return Interval(centre, centre - margin, centre + margin)


def root_mean_square(values: np.ndarray) -> Interval:
    """The roots of `mean` of the squares; a lower end below 0 counts as 0."""
    return Interval(*(np.sqrt(np.maximum(end, 0.0)) for end in mean(np.square(values))))


def median(values: np.ndarray) -> Interval:
    """Median of values (..., n) between two order statistics, which hold that of the population
    with at least 95 %, whatever its distribution (David & Nagaraja 2003, section 7.1); of fewer
    than six values it is unbounded."""
    n = values.shape[-1]
    ordered, centre = np.sort(values, axis=-1), np.median(values, axis=-1)
    # P(fewer than j of n values lie below the median) <= TAIL for the largest such j.
    left = int(np.sum(special.bdtr(np.arange(n), n, 0.5) <= TAIL))
    if left == 0:
        return Interval(centre, centre - np.inf, centre + np.inf)
    return Interval(centre, ordered[..., left - 1], ordered[..., n - left])


def slope(x: np.ndarray, y: np.ndarray) -> tuple[Interval, np.ndarray]:
    """Slopes of y (..., n) against x (n,) and the p values of the lack of fit, as
    `widelimit.measure.slopes.fit_slope` gives them for one draw (there with the sources)."""
    places, group = np.unique(x, return_inverse=True)
    n, m, dx = len(x), len(places), x - x.mean()
    fitted = y @ dx / (dx @ dx)
    residuals = y - y.mean(axis=-1, keepdims=True) - fitted[..., None] * dx
    squares = np.sum(residuals**2, axis=-1)
    margin = special.stdtrit(n - 2, 1 - TAIL) * np.sqrt(squares / (n - 2) / (dx @ dx))
    interval = Interval(fitted, fitted - margin, fitted + margin)
    if m < 3 or n == m:
        return interval, np.ones_like(fitted)
    one = np.equal.outer(group, np.arange(m)) / np.sqrt(np.bincount(group))
    pure = np.sum(y**2, axis=-1) - np.sum((y @ one) ** 2, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):  # seeds that are all drawn alike
        F = ((squares - pure) / (m - 2)) / (pure / (n - m))
    return interval, special.fdtrc(m - 2, n - m, F)
