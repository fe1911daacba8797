"""Inputs on the unit sphere: where the points of a study come from.

Each source makes X (n, d), rows of unit norm but for ``interval``, and where there is one the
position t (n,) from which a target is computed.
"""

import numpy as np

from widelimit.data.datasets import DATASETS

SOURCES = ("lift", "circle", "sphere", "interval")


def source_dimension(source: str, dimension: int) -> int:
    """d of the source: 2 for lift and circle, 1 for interval, else its own or as asked for."""
    own = {name: dataset.inputs for name, dataset in DATASETS.items()}
    return ({"lift": 2, "circle": 2, "interval": 1} | own).get(source, dimension)


def with_bias(X: np.ndarray) -> np.ndarray:
    """X with a last coordinate of 1: the weights to it are the biases of the hidden units."""
    return np.hstack([X, np.ones((len(X), 1))])


def points(
    source: str, n: int, *, design: str, dimension: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """n points of a source: X (n, d) and t (n,), or None for a sphere.

    lift     : t in [-1, 1] -> (t, sqrt(1 - t^2)), the upper half of the unit circle
    circle   : t an angle in [0, 2 pi) -> (cos t, sin t)
    sphere   : uniform on S^{d-1}, that is normalised Gaussian vectors (Muller 1959)
    interval : t in [-1, 1] as it is, d = 1: no sphere, kept to show how it fails

    design "uniform" draws independently; "equispaced" is a grid, both ends of an interval
    included, and is not defined on a sphere of d > 2.
    """
    if source == "sphere":
        if design == "equispaced":
            raise ValueError('design "equispaced" is defined for lift, circle and interval only')
        return normalise_rows(rng.standard_normal((n, dimension))), None
    low, high, closed = (0.0, 2 * np.pi, False) if source == "circle" else (-1.0, 1.0, True)
    if design == "equispaced":
        t = np.linspace(low, high, n, endpoint=closed)
    else:
        t = rng.uniform(low, high, n)
    if source == "lift":
        return lift(t), t
    if source == "circle":
        return np.stack([np.cos(t), np.sin(t)], axis=1), t
    if source == "interval":
        return t[:, None].copy(), t
    raise ValueError(f"source must be one of {', '.join(SOURCES)}; got {source!r}")


def lift(t: np.ndarray) -> np.ndarray:
    """(t, sqrt(1 - t^2)) for t (n,) in [-1, 1]: the interval bent onto the unit circle."""
    return np.stack([t, np.sqrt((1 - t) * (1 + t))], axis=1)


def normalise_rows(X: np.ndarray) -> np.ndarray:
    """X / |x| row by row; ValueError for a row of norm 0, which has no direction."""
    # Dividing by the largest entry first keeps the squares of huge and tiny rows in range.
    largest = np.abs(X).max(axis=1, keepdims=True)
    zero = np.flatnonzero(largest == 0)
    if zero.size:
        raise ValueError(
            f"{zero.size} of {len(X)} points have norm 0, the first in row {zero[0] + 1}, and"
            " cannot be put on the unit sphere"
        )
    scaled = X / largest
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
