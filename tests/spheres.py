"""Points on spheres."""

import numpy as np


def sphere(rng: int | np.random.Generator, n: int, d: int) -> np.ndarray:
    """n points of norm 1 (n, d), uniformly drawn; from a seed or from what follows in a stream."""
    X = np.random.default_rng(rng).standard_normal((n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def circle(t: np.ndarray) -> np.ndarray:
    """The points (t, sqrt(1 - t^2)) of the upper half of the unit circle."""
    return np.column_stack([t, np.sqrt(1 - t**2)])
