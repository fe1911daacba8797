"""Gram matrices of the linear, Gaussian, Laplace, NNGP and neural tangent kernels.

X (n, d) and Z (m, d) hold one point a row; a Gram matrix is K[i, j] = K(X_i, Z_j), shape (n, m).
Without Z it is K(X, X), exactly symmetric and with the diagonal the formula gives. Every function
raises ValueError for points that are not a finite, non-empty 2-d array, are 1e140 or more in size
(their squares would overflow), or differ in dimension.
"""

from __future__ import annotations

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.duals import dual_of
from widelimit.validation import finite, positive

UNIT_TOLERANCE = 1e-10
"""How far from 1 the norm of a point on the unit sphere may be."""

NEAR = 0.05
"""Squared distances below this share of |x|^2 + |z|^2 are computed from the differences."""

SMALLEST, LARGEST = 1e-140, 1e140
"""Of coordinates whose squares neither vanish nor overflow."""

BLOCK = 2**20
"""Coordinates of differences held at once."""


def linear_gram(X, Z=None) -> np.ndarray:
    """K(x, z) = x.z; arguments, shape and errors as the module says."""
    X, Z = _points(X, Z)
    K = X @ (X if Z is None else Z).T
    return _mirrored(K, _squared_norms(X)) if Z is None else K


def gaussian_gram(X, Z=None, *, scale: float) -> np.ndarray:
    """K(x, z) = exp(-L |x - z|^2), L = scale > 0 in inverse squared units of x.

    Raises ValueError also for a scale that is not positive and finite.
    Source: Rasmussen & Williams (2006), equation 4.9, with L = 1/(2 length^2).
    """
    X, Z = _points(X, Z)
    K = np.exp(-positive("scale", scale) * _squared_distances(X, X if Z is None else Z))
    return _mirrored(K, 1.0) if Z is None else K


def laplace_gram(X, Z=None, *, scale: float) -> np.ndarray:
    """K(x, z) = exp(-L |x - z|), L = scale > 0 in inverse units of x, the Euclidean norm.

    Raises ValueError also for a scale that is not positive and finite.
    Source: Rasmussen & Williams (2006), equation 4.18, with gamma = 1, L = 1/length.
    """
    X, Z = _points(X, Z)
    K = np.exp(-positive("scale", scale) * np.sqrt(_squared_distances(X, X if Z is None else Z)))
    return _mirrored(K, 1.0) if Z is None else K


def nngp_gram(X, Z=None, *, activation: str = "relu") -> np.ndarray:
    """K(x, z) = c phi^(x.z) on the unit sphere, 1 on its diagonal: only the last layer trained.

    For relu and leaky_relu points may have any norm: K(x, z) = |x| |z| c phi^(cosine). Raises
    ValueError also for an unknown activation, or for points off the unit sphere (norm not 1 to
    1e-10) under another activation. Source: Neal (1996), Cho & Saul (2009); c, phi^ as in `duals`.
    """
    phi = parse_activation(activation)
    value = dual_of(phi).value

    def kernel(xi, eta):
        return phi.scale * value(xi, eta, phi)

    return _angular_gram(X, Z, phi, kernel)


def ntk_gram(X, Z=None, *, activation: str = "relu") -> np.ndarray:
    """K(x, z) = c (phi^(xi) + xi phi^'(xi)), xi = x.z, on the unit sphere: all layers trained.

    For relu and leaky_relu points may have any norm: |x| |z| times the value at the cosine.
    Errors as in `nngp_gram`. Source: Jacot, Gabriel & Hongler (2018), theorem 1, at one hidden
    layer without biases; c, phi^ as in `duals`.
    """
    phi = parse_activation(activation)
    dual = dual_of(phi)

    def kernel(xi, eta):
        return phi.scale * (dual.value(xi, eta, phi) + xi * dual.derivative(xi, eta, phi))

    return _angular_gram(X, Z, phi, kernel)


def _angular_gram(X, Z, phi: Activation, kernel) -> np.ndarray:
    """|x| |z| kernel(xi, eta), xi and eta the cosine and sine of the angle between x and z."""
    X, Z = _points(X, Z)
    X, X_norms = _directions("X", X, phi)
    if Z is None:
        diagonal = kernel(np.ones_like(X_norms), np.zeros_like(X_norms))
        K = kernel(*_cosine_and_sine(X, X)) * (X_norms[:, None] * X_norms)
        return _mirrored(K, X_norms * X_norms * diagonal)
    Z, Z_norms = _directions("Z", Z, phi)
    return kernel(*_cosine_and_sine(X, Z)) * (X_norms[:, None] * Z_norms)


def _directions(name: str, X: np.ndarray, phi: Activation) -> tuple[np.ndarray, np.ndarray]:
    """Rows divided by their norms, and the norms; (1, 0, .., 0) stands for a zero row's."""
    norms = np.sqrt(_squared_norms(X))
    if phi.slope is None:
        if np.abs(norms - 1).max() > UNIT_TOLERANCE:
            raise ValueError(
                f"{name} must have rows of unit norm (to {UNIT_TOLERANCE:g}) with activation "
                f"{phi.name!r}, which is not homogeneous; got norms from {norms.min():.12g} "
                f"to {norms.max():.12g}"
            )
        return X, np.ones_like(norms)
    sizes = np.abs(X).max(axis=1)
    zero = sizes == 0
    if (sizes[~zero] < SMALLEST).any():
        smallest = sizes[~zero].min()
        raise ValueError(f"{name} must have rows of 0 or of {SMALLEST:g} at least; got {smallest}")
    directions = X / np.where(zero, 1.0, norms)[:, None]
    directions[zero] = np.eye(1, X.shape[1])
    return directions, norms


def _cosine_and_sine(X: np.ndarray, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the angle between unit rows, each to rounding of its own size (Kahan 2006, section 12).

    The dot product alone would lose half the digits of a small angle: its sine is
    |x - z| |x + z| / 2, and the two distances are accurate.
    """
    minus, plus = _squared_distances(X, Z), _squared_distances(X, -Z)
    total = minus + plus  # 4, but for the rounding of the norms
    return (plus - minus) / total, 2 * np.sqrt(minus * plus) / total


def _squared_distances(X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """|x - z|^2, to rounding of its own size however close the points are."""
    X_squares, Z_squares = _squared_norms(X), _squared_norms(Z)
    squares = -2 * X @ Z.T
    squares += X_squares[:, None]
    squares += Z_squares
    # There the sum above cancels, and the differences are worth their cost.
    near = np.flatnonzero(squares <= NEAR * (X_squares[:, None] + Z_squares))
    step = max(1, BLOCK // X.shape[1])
    for start in range(0, near.size, step):
        pairs = near[start : start + step]
        i, j = np.divmod(pairs, len(Z))
        squares.flat[pairs] = _squared_norms(X[i] - Z[j])
    return squares


def _squared_norms(X: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", X, X)


def _mirrored(K: np.ndarray, diagonal) -> np.ndarray:
    """The symmetric matrix with K's lower triangle and this diagonal."""
    K = np.tril(K, -1)
    K += K.T
    np.fill_diagonal(K, diagonal)
    return K


def _points(X, Z) -> tuple[np.ndarray, np.ndarray | None]:
    X = _rows("X", X, "d")
    return X, None if Z is None else _rows("Z", Z, X.shape[1])


def _rows(name: str, X, d: int | str) -> np.ndarray:
    X = finite(name, X, ("points", d))
    large = np.abs(X) > LARGEST
    if large.any():
        raise ValueError(f"{name} must be {LARGEST:g} at most in size; got {X[large][0]}")
    return X
