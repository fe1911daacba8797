"""Distances and angles between the rows of X (n, d) and of Z (m, d), however close they are."""

import numpy as np

NEAR = 0.05
"""Squared distances below this share of |x|^2 + |z|^2 are computed from the differences."""

BLOCK = 2**20
"""Coordinates of differences held at once."""


def cosine_and_sine(X: np.ndarray, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the angle between unit rows, each to rounding of its own size (Kahan 2006, section 12).

    The dot product alone would lose half the digits of a small angle: its sine is
    |x - z| |x + z| / 2, and the two distances are accurate.
    """
    minus, plus = squared_distances(X, Z), squared_distances(X, -Z)
    total = minus + plus  # 4, but for the rounding of the norms
    return (plus - minus) / total, 2 * np.sqrt(minus * plus) / total


def squared_distances(X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """|x - z|^2, to rounding of its own size however close the points are."""
    X_squares, Z_squares = squared_norms(X), squared_norms(Z)
    squares = -2 * X @ Z.T
    squares += X_squares[:, None]
    squares += Z_squares
    # There the sum above cancels, and the differences are worth their cost.
    near = np.flatnonzero(squares <= NEAR * (X_squares[:, None] + Z_squares))
    step = max(1, BLOCK // X.shape[1])
    for start in range(0, near.size, step):
        pairs = near[start : start + step]
        i, j = np.divmod(pairs, len(Z))
        squares.flat[pairs] = squared_norms(X[i] - Z[j])
    return squares


def squared_norms(X: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", X, X)
