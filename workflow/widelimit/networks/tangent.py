"""The tangent of a network at its weights w = (A, B): gradients J(x) = grad_w f(x) and kernels.

w are all weights, those of A row by row, then those of B row by row. The empirical NTK is
J(x) J(z)'.
"""

import math
from typing import NamedTuple

import numpy as np

from widelimit.kernels.activations import parse_activation
from widelimit.kernels.preactivations import preactivations
from widelimit.networks.model import as_points, as_weights, unit_sums
from widelimit.validation import finite


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
    Raises ValueError for arrays that do not fit or are not finite, and for an unknown activation.
    Source: Jacot, Gabriel & Hongler 2018, eq. 2 (finite width).
    """
    A, B = as_weights(A, B)
    theta, _ = _kernels(*_pairs(X, Z, B), A, B, activation)
    return _symmetrised(theta) if Z is None else theta


def ntk_matrix(
    X: np.ndarray,
    Z: np.ndarray | None,
    A: np.ndarray,
    B: np.ndarray,
    *,
    activation: str = "relu",
) -> np.ndarray:
    """`empirical_ntk` as the matrix (n p, m p), points outer and outputs inner; the same errors."""
    return _as_matrix(empirical_ntk(X, Z, A, B, activation=activation))


def last_layer_kernel(
    X: np.ndarray, Z: np.ndarray | None, B: np.ndarray, *, activation: str = "relu"
) -> np.ndarray:
    """(c/k) phi(X B') phi(Z B')': the NNGP kernel's estimate by k random features.

    X (n, d), Z (m, d), or None for X itself: then symmetric to the last bit; B (k, d).
    It is also the empirical NTK of the network whose last layer alone is trained. Returns (n, m).
    Errors as in `empirical_ntk`. Source: Rahimi & Recht 2007; Cho & Saul 2009.
    """
    phi = parse_activation(activation)
    B = finite("B", B, ("width", "d"))
    points, rows, columns = _pairs(X, Z, B)
    K = phi.scale / len(B) * unit_sums(points, B, phi).features(rows, columns)
    return _symmetrised(K) if Z is None else K


class NetworkKernels(NamedTuple):
    """Both kernels of a network as matrices, on training points and between test and training
    points; see `ntk_matrix` and `last_layer_kernel`."""

    ntk_train: np.ndarray
    ntk_test_train: np.ndarray
    last_layer_train: np.ndarray
    last_layer_test_train: np.ndarray


def network_kernels(X, Z, A, B, *, activation: str = "relu") -> NetworkKernels:
    """Both kernels of a network with each pair of unit and point looked at once.

    X (n, d) training and Z (m, d) test points, A (p, k), B (k, d). Errors as in `empirical_ntk`.
    """
    A, B = as_weights(A, B)
    n, points = len(X), np.concatenate([as_points("X", X, B), as_points("Z", Z, B)])
    theta, last = _kernels(points, slice(None), slice(0, n), A, B, activation)
    return NetworkKernels(
        _as_matrix(_symmetrised(theta[:n])), _as_matrix(theta[n:]), _symmetrised(last[:n]), last[n:]
    )


def jacobian(X, A, B, *, activation: str = "relu") -> np.ndarray:
    """J: d f_p(x)/d A_qj = s delta_pq phi(b_j x), d f_p(x)/d B_ji = s A_pj phi'(b_j x) x_i.

    s = sqrt(c/k); X (n, d), A (p, k), B (k, d). Returns (n, p, pk + kd), A before B. It is held
    as a whole: n p k (p + d) numbers. Errors as in `empirical_ntk`.
    """
    phi = parse_activation(activation)
    A, B = as_weights(A, B)
    X = as_points("X", X, B)
    (p, k), (n, d) = A.shape, X.shape
    U = preactivations(X, B)
    last = np.einsum("nj,pq->npqj", phi.value(U), np.eye(p))
    first = np.einsum("pj,nj,ni->npji", A, phi.derivative(U), X)
    J = np.concatenate([last.reshape(n, p, p * k), first.reshape(n, p, k * d)], axis=2)
    return math.sqrt(phi.scale / k) * J


def _kernels(
    points: np.ndarray, rows: slice, columns: slice, A, B, activation: str
) -> tuple[np.ndarray, np.ndarray]:
    """`empirical_ntk` and `last_layer_kernel` between rows and columns, not symmetrised."""
    phi = parse_activation(activation)
    last, derivatives = unit_sums(points, B, phi).kernels(rows, columns, A)
    inner = points[rows] @ points[columns].T
    theta = np.empty((*last.shape, len(A), len(A)))
    for (p, q), both in derivatives.items():
        first = inner * both
        theta[:, :, p, q] = theta[:, :, q, p] = first + last if p == q else first
    scale = phi.scale / len(B)
    theta *= scale
    return theta[:, :, 0, 0] if len(A) == 1 else theta, scale * last


def _as_matrix(theta: np.ndarray) -> np.ndarray:
    """(n, m, p, p) as (n p, m p)."""
    if theta.ndim == 2:
        return theta
    n, m, p, _ = theta.shape
    return theta.transpose(0, 2, 1, 3).reshape(n * p, m * p)


def _pairs(X, Z, B: np.ndarray) -> tuple[np.ndarray, slice, slice]:
    """All points in one array, and where in it X and Z lie."""
    X = as_points("X", X, B)
    if Z is None:
        return X, slice(None), slice(None)
    points = np.concatenate([X, as_points("Z", Z, B)])
    return points, slice(0, len(X)), slice(len(X), None)


def _symmetrised(K: np.ndarray) -> np.ndarray:
    """(K + K')/2 over the first two axes: rounding must not make a Gram matrix asymmetric."""
    return (K + K.swapaxes(0, 1)) / 2
