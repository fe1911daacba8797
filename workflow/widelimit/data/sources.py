"""Inputs on the unit sphere: where the points of a study come from.

Each source makes X (n, d), rows of unit norm but for ``interval``, and where there is one the
position t (n,) from which a target is computed.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from widelimit.data.datasets import DATASETS


class Curve(NamedTuple):
    """Points x(t), low <= t <= high; where it is closed, its two ends are one point.

    points : t (n,) to X (n, dimension)
    """

    points: Callable[[np.ndarray], np.ndarray]
    dimension: int
    low: float
    high: float
    closed: bool = False
    on_circle: bool = True


def lift(t: np.ndarray) -> np.ndarray:
    """(t, sqrt(1 - t^2)) for t (n,) in [-1, 1]: the interval bent onto the unit circle."""
    return np.stack([t, np.sqrt((1 - t) * (1 + t))], axis=1)


def circle(t: np.ndarray) -> np.ndarray:
    """(cos t, sin t) for angles t (n,)."""
    return np.stack([np.cos(t), np.sin(t)], axis=1)


def interval(t: np.ndarray) -> np.ndarray:
    """t itself, (n, 1): no sphere, kept to show how it fails."""
    return t[:, None].copy()


CURVES = {
    "lift": Curve(lift, 2, -1.0, 1.0),
    "circle": Curve(circle, 2, 0.0, 2 * np.pi, closed=True),
    "interval": Curve(interval, 1, -1.0, 1.0, on_circle=False),
}
"""The sources with a position t, by name."""

SOURCES = (*CURVES, "sphere")


def source_dimension(source: str, dimension: int) -> int:
    """d of the source: its own, or as asked for."""
    if source in CURVES:
        return CURVES[source].dimension
    return DATASETS[source].inputs if source in DATASETS else dimension


def on_circle(source: str, dimension: int) -> bool:
    """Whether all points of the source lie on the unit circle, whatever they are."""
    if source in CURVES:
        return CURVES[source].on_circle
    return source_dimension(source, dimension) == 2


def with_bias(X: np.ndarray) -> np.ndarray:
    """X with a last coordinate of 1: the weights to it are the biases of the hidden units."""
    return np.hstack([X, np.ones((len(X), 1))])


def points(
    source: str, n: int, *, design: str, dimension: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """n points of a source: X (n, d) and t (n,), or None for a sphere.

    A curve of `CURVES`, or sphere: uniform on S^{d-1}, that is normalised Gaussian vectors (Muller
    1959). design "uniform" draws independently; "equispaced" is a grid over the curve, both ends
    included unless it is closed.
    """
    if source == "sphere":
        if design == "equispaced":
            raise ValueError(f'design "equispaced" is defined for {", ".join(CURVES)} only')
        return normalise_rows(rng.standard_normal((n, dimension))), None
    if source not in CURVES:
        raise ValueError(f"source must be one of {', '.join(SOURCES)}; got {source!r}")
    curve = CURVES[source]
    if design == "equispaced":
        t = np.linspace(curve.low, curve.high, n, endpoint=not curve.closed)
    else:
        t = rng.uniform(curve.low, curve.high, n)
    return curve.points(t), t


def row_place(row: int) -> str:
    """Where a row, counted from 0, is: row 1."""
    return f"row {row + 1}"


def normalise_rows(
    X: np.ndarray, *, place: Callable[[int], str] = row_place, prefix: str = ""
) -> np.ndarray:
    """X / |x| row by row.

    Raises ValueError for a row of norm 0, which has no direction; the message begins with
    ``prefix`` and names the ``place`` of the first.
    """
    # Dividing by the largest entry first keeps the squares of huge and tiny rows in range.
    largest = np.abs(X).max(axis=1, keepdims=True)
    zero = np.flatnonzero(largest == 0)
    if zero.size:
        raise ValueError(
            f"{prefix}{zero.size} of {len(X)} points have norm 0, the first in"
            f" {place(int(zero[0]))}, and cannot be put on the unit sphere"
        )
    scaled = X / largest
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
