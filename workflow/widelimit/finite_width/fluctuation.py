"""How far the kernel of a finite network is from its limit at initialisation.

With one hidden layer the empirical kernel is a mean of k independent terms,

    K_k(x, z) = 1/k sum_j c [phi(b_j x) phi(b_j z) + a_j^2 (x.z) phi'(b_j x) phi'(b_j z)],

whose expectation is the limit K at every width. So its error has mean 0 and variance 1/k times
that of one term, exactly. Without the second term in brackets it is the NNGP kernel's estimate.
"""

import numpy as np

from widelimit.finite_width.fourth_moments import fourth_moments
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import gaussian_gram, linear_gram, nngp_gram, ntk_gram
from widelimit.validation import whole


def ntk_variance(X, Z=None, *, activation: str = "relu") -> np.ndarray:
    """k Var[K_k(x, z)] = c^2 E[(phi phi + a^2 xi phi' phi')^2] - K(x, z)^2, shape (n, m).

    = c^2 (E[phi^2 phi^2] + 2 xi E[phi phi' phi phi'] + 3 xi^2 E[phi'^2 phi'^2]) - K^2, as
    E[a^2] = 1 and E[a^4] = 3. Exact at every width k, for one output (or an output with itself).

    X (n, d), Z (m, d), or None for X itself; points, norms and errors as in `ntk_gram`.
    Source: the moments from Cho & Saul (2009), section 2; Hanin & Nica (2020) for the order.
    """
    phi = parse_activation(activation)
    K = ntk_gram(X, Z, activation=activation)
    xi, sizes = _correlations(X, Z)
    value, mixed, slope = fourth_moments(phi, xi)
    second = sizes**2 * (value + 2 * xi * mixed + 3 * xi**2 * slope)
    return np.maximum(phi.scale**2 * second - K**2, 0.0)


def nngp_variance(X, Z=None, *, activation: str = "relu") -> np.ndarray:
    """k Var[c/k sum_j phi(b_j x) phi(b_j z)] = c^2 E[phi^2 phi^2] - K(x, z)^2, shape (n, m).

    Exact at every width k. Arguments and errors as in `ntk_variance`.
    """
    phi = parse_activation(activation)
    K = nngp_gram(X, Z, activation=activation)
    xi, sizes = _correlations(X, Z)
    return np.maximum((phi.scale * sizes) ** 2 * fourth_moments(phi, xi).value - K**2, 0.0)


def ntk_fluctuation(X, *, activation: str = "relu", outputs: int = 1) -> float:
    """sqrt(k) sqrt(E |K_k - K|_F^2) / |K|_F over the points X: exact at every width k.

    The relative error of the empirical NTK at initialisation is this over sqrt(k), as a root mean
    square over initialisations. No free parameter.

    X        : (n, d), points and errors as in `ntk_gram`
    outputs  : p >= 1. The kernel is then (n p, n p): p blocks like one output's on the diagonal,
               and blocks a_p a_q xi phi' phi' of mean 0 beside them, which vanish in the limit.
    """
    phi = parse_activation(activation)
    outputs = whole("outputs", outputs, least=1)
    total = ntk_variance(X, activation=activation).sum()
    if outputs > 1:
        xi, sizes = _correlations(X, None)
        total += (outputs - 1) * np.sum(
            (phi.scale * sizes * xi) ** 2 * fourth_moments(phi, xi).slope
        )
    return float(np.sqrt(total) / np.linalg.norm(ntk_gram(X, activation=activation)))


def nngp_fluctuation(X, *, activation: str = "relu") -> float:
    """sqrt(k) sqrt(E |S_k - S|_F^2) / |S|_F of the NNGP kernel's estimate by k random features.

    S_k is `last_layer_kernel`, the same for any number of outputs. Points and errors as there.
    """
    total = nngp_variance(X, activation=activation).sum()
    return float(np.sqrt(total) / np.linalg.norm(nngp_gram(X, activation=activation)))


def fourier_fluctuation(X, *, scale: float) -> float:
    """sqrt(k) sqrt(E |F F' - G|_F^2) / |G|_F of `fourier_features` for G = exp(-L |x - z|^2).

    One feature adds 2 cos(s + b) cos(t + b) = cos(s - t) + cos(s + t + 2 b), of variance
    E[cos^2(s - t)] + 1/2 - G^2 = 1 + G^4 / 2 - G^2: twice the distance makes G^4 of G.

    X (n, d), L = scale; errors as in `gaussian_gram`. Source: Sutherland & Schneider (2015),
    section 2.
    """
    G = gaussian_gram(X, scale=scale)
    return float(np.sqrt(np.sum(1 + G**4 / 2 - G**2)) / np.linalg.norm(G))


def _correlations(X, Z) -> tuple[np.ndarray, np.ndarray]:
    """x.z / |x| |z|, exactly 1 for a point with itself, and |x| |z|."""
    inner = linear_gram(X, Z)
    X_norms = np.linalg.norm(np.asarray(X, dtype=float), axis=1)
    Z_norms = X_norms if Z is None else np.linalg.norm(np.asarray(Z, dtype=float), axis=1)
    sizes = X_norms[:, None] * Z_norms
    xi = np.clip(np.divide(inner, sizes, out=np.zeros_like(inner), where=sizes > 0), -1, 1)
    if Z is None:
        np.fill_diagonal(xi, 1.0)
    return xi, sizes
