"""The network f(x) = sqrt(c/k) A phi(B x) at given weights: predictions and empirical kernels.

All are sums over the units. `PairSums` takes them from every (unit, point) pair, block by block,
so that memory does not grow with the width; `CellSums` is faster on the unit circle.
"""

from __future__ import annotations

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.networks.cell_sums import CellSums
from widelimit.networks.pair_sums import PairSums
from widelimit.validation import whole


def initialise(width: int, d: int, *, outputs: int = 1, rng: np.random.Generator):
    """A (outputs, width) and B (width, d), every entry independently N(0, 1).

    Raises ValueError for a width, dimension or number of outputs below 1.
    """
    width, d = whole("width", width, least=1), whole("d", d, least=1)
    outputs = whole("outputs", outputs, least=1)
    return rng.standard_normal((outputs, width)), rng.standard_normal((width, d))


def forward(X: np.ndarray, A: np.ndarray, B: np.ndarray, *, activation: str = "relu") -> np.ndarray:
    """f(x) = sqrt(c/k) A phi(B x) for every row of X.

    X (n, d), A (p, k), B (k, d); returns (n,) for one output, else (n, p).
    Raises ValueError for shapes that do not fit and for an unknown activation.
    """
    phi = parse_activation(activation)
    X, A, B = as_points("X", X, B), as_readout(A, B), np.asarray(B, dtype=float)
    F = np.sqrt(phi.scale / len(B)) * _sums(X, B, phi).prediction(A)
    return F[:, 0] if len(A) == 1 else F


def empirical_ntk(
    X: np.ndarray,
    Z: np.ndarray | None,
    A: np.ndarray,
    B: np.ndarray,
    *,
    activation: str = "relu",
) -> np.ndarray:
    """Theta(x, z)_pq = <grad_w f_p(x), grad_w f_q(z)> at the weights w = (A, B).

    Theta = c/k sum_j [delta_pq phi(b_j x) phi(b_j z) + A_pj A_qj (x.z) phi'(b_j x) phi'(b_j z)].

    X (n, d), Z (m, d), or None for X itself: then symmetric to the last bit; A (p, k), B (k, d).
    Returns (n, m) for one output, else (n, m, p, p), the order of neural-tangents.
    Raises ValueError for shapes that do not fit and for an unknown activation.
    Source: Jacot, Gabriel & Hongler 2018, eq. 2 (finite width).
    """
    phi = parse_activation(activation)
    X, A, B = as_points("X", X, B), as_readout(A, B), np.asarray(B, dtype=float)
    points, rows, columns = _pairs(X, None if Z is None else as_points("Z", Z, B))
    sums = _sums(points, B, phi)
    last, inner = sums.features(rows, columns), X @ points[columns].T
    theta = np.empty((*last.shape, len(A), len(A)))
    for p in range(len(A)):
        for q in range(p + 1):
            first = inner * sums.derivatives(rows, columns, A[p], A[q])
            theta[:, :, p, q] = theta[:, :, q, p] = first + last if p == q else first
    theta *= phi.scale / len(B)
    if len(A) == 1:
        theta = theta[:, :, 0, 0]
    return _symmetrised(theta) if Z is None else theta


def last_layer_kernel(
    X: np.ndarray, Z: np.ndarray | None, B: np.ndarray, *, activation: str = "relu"
) -> np.ndarray:
    """(c/k) phi(X B') phi(Z B')': the NNGP kernel's estimate by k random features.

    X (n, d), Z (m, d), or None for X itself: then symmetric to the last bit; B (k, d).
    It is also the empirical NTK of the network whose last layer alone is trained. Returns (n, m).
    Raises ValueError for shapes that do not fit and for an unknown activation.
    Source: Rahimi & Recht 2007; Cho & Saul 2009.
    """
    phi = parse_activation(activation)
    X, B = as_points("X", X, B), np.asarray(B, dtype=float)
    points, rows, columns = _pairs(X, None if Z is None else as_points("Z", Z, B))
    K = phi.scale / len(B) * _sums(points, B, phi).features(rows, columns)
    return _symmetrised(K) if Z is None else K


def _sums(points: np.ndarray, B: np.ndarray, activation: Activation) -> CellSums | PairSums:
    return CellSums.where_possible(points, B, activation) or PairSums(points, B, activation)


def _pairs(X: np.ndarray, Z: np.ndarray | None) -> tuple[np.ndarray, slice, slice]:
    """All points in one array, and where in it X and Z lie."""
    if Z is None:
        return X, slice(None), slice(None)
    return np.concatenate([X, Z]), slice(0, len(X)), slice(len(X), None)


def _symmetrised(K: np.ndarray) -> np.ndarray:
    """(K + K')/2 over the first two axes: rounding must not make a Gram matrix asymmetric."""
    return (K + K.swapaxes(0, 1)) / 2


def as_points(name: str, X: np.ndarray, B: np.ndarray) -> np.ndarray:
    """X as a float array (n, d), where B is a finite (k, d); ValueError if they are not."""
    if np.ndim(B) != 2 or np.size(B) == 0:
        raise ValueError(f"B must be (width, d), both at least 1; got shape {np.shape(B)}")
    if not np.isfinite(B).all():
        raise ValueError(f"B must be finite; got {np.sum(~np.isfinite(B))} bad entries")
    X, d = np.asarray(X, dtype=float), np.shape(B)[1]
    if X.ndim != 2 or X.shape[1] != d:
        raise ValueError(f"{name} must be (points, {d}), as B is (width, {d}); got {X.shape}")
    return X


def as_readout(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """A as a float array (outputs, width), where B is (width, d); ValueError if it is not one."""
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.shape[0] < 1 or A.shape[1] != len(B):
        raise ValueError(f"A must be (outputs, {len(B)}), as B has {len(B)} rows; got {A.shape}")
    return A
