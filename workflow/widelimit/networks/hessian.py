"""The Hessian of the network's output in all its weights: its spectral norm, unit by unit.

No second derivative of f(x) = s sum_j a_j phi(b_j x), s = sqrt(c/k), mixes two hidden units. In
the order (a_1, b_1), (a_2, b_2), ... the Hessian is therefore block diagonal, with the blocks

    s [[0, phi'(u) x'], [phi'(u) x, a phi''(u) x x']],   u = b x,   (d + 1) x (d + 1).

A block takes every direction of b orthogonal to x to zero. What is left, in the basis of a and
x/|x|, is s [[0, g], [g, q]] with g = |x| phi'(u) and q = |x|^2 a phi''(u), whose eigenvalues are
s (q +- sqrt(q^2 + 4 g^2))/2. The spectral norm is the largest of these over the units.
"""

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import erfc, ndtri

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.networks.model import as_points, as_weights
from widelimit.networks.pair_sums import unit_blocks
from widelimit.validation import whole

PREACTIVATIONS = np.linspace(-12, 12, 24_001)
"""Where the average over u ~ N(0, 1) is taken; beyond, its density is below 1e-31."""


def hessian_norm(X, A, B, *, activation: str) -> np.ndarray:
    """max_j sqrt(c/k) (|q_j| + sqrt(q_j^2 + 4 g_j^2))/2, the spectral norm at each row of X.

    g_j = |x| phi'(b_j x), q_j = |x|^2 a_j phi''(b_j x); X (n, d), A (1, k), B (k, d); returns (n,).
    Raises ValueError for arrays that do not fit or are not finite, for more outputs than one, and
    for an activation without a second derivative. Source: Liu, Zhu & Belkin (2020), section 3.
    """
    phi = _smooth(activation)
    A, B = as_weights(A, B)
    X = as_points("X", X, B)
    if len(A) != 1:
        raise ValueError(f"A must be (1, width): the Hessian is of one output; got {A.shape}")
    squares = np.sum(X * X, axis=1)
    largest = np.zeros(len(X))
    for units in unit_blocks(len(B), len(X)):
        U = B[units] @ X.T
        g = np.sqrt(squares) * phi.derivative(U)
        q = squares * A[0, units, None] * phi.second_derivative(U)
        largest = np.maximum(largest, (np.abs(q) + np.hypot(q, 2 * g)).max(axis=0) / 2)
    return math.sqrt(phi.scale / len(B)) * largest


def median_hessian_norm(width: int, *, activation: str) -> float:
    """The median of `hessian_norm` over standard normal weights, at |x| = 1.

    The units are independent, so it is the t at which P(one block's norm <= t)^k = 1/2. With
    sqrt(c/k) taken out of t, a block exceeds t if |a| > (t^2 - phi'(u)^2) / (t |phi''(u)|), and
    a and u = b x are independent N(0, 1). Relative error below 1e-6.
    Raises ValueError for a width below 1 or an activation without a second derivative.
    """
    width, phi = whole("width", width, least=1), _smooth(activation)
    weights = np.exp(-0.5 * PREACTIVATIONS**2)
    weights /= weights.sum()
    first, second = phi.derivative(PREACTIVATIONS), np.abs(phi.second_derivative(PREACTIVATIONS))

    def exceeds(t: float) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            a = (t * t - first**2) / (t * second)
        # Where phi'' = 0 the norm is |phi'|: 0/0 stands for a block that just reaches t.
        return float(weights @ erfc(np.maximum(np.nan_to_num(a, posinf=np.inf), 0) / math.sqrt(2)))

    share = -math.expm1(-math.log(2) / width)
    high = 1.0
    while exceeds(high) > share:
        high *= 2
    low = high
    while exceeds(low) < share:
        low /= 2
    return math.sqrt(phi.scale / width) * brentq(lambda t: exceeds(t) - share, low, high, rtol=1e-9)


def median_largest_readout(width: int) -> float:
    """The median of max_j |a_j| over width independent standard normal a_j.

    It is the t at which P(|a| <= t)^k = 1/2; for large k it grows as sqrt(2 log k).
    Raises ValueError for a width below 1. Source: Leadbetter, Lindgren & Rootzen (1983), ch. 1.
    """
    exceeded = -math.expm1(-math.log(2) / whole("width", width, least=1))
    return -float(ndtri(exceeded / 2))


def _smooth(activation: str) -> Activation:
    phi = parse_activation(activation)
    if phi.second_derivative is None:
        raise ValueError(f"activation must have a second derivative; got {activation!r}")
    return phi
