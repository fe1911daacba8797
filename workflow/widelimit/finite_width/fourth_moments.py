"""Fourth moments of one unit: E[f(u)^2 f(v)^2] for f = phi and phi', and the mixed one.

u and v are standard normal with correlation xi. What a unit adds to the tangent kernel is
c [phi(u) phi(v) + a^2 xi phi'(u) phi'(v)]; the three moments below give its variance.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation

NODES = 256
DEGREE = 200
"""Of the Hermite series. The slowest, of erf'^2, falls like 0.8^n: below 1e-16 at this degree.
For hermite:100, the highest degree there is, phi^2 is a polynomial of just this degree."""


class FourthMoments(NamedTuple):
    """Arrays of the shape of xi, without the network's factor c.

    value   E[phi(u)^2 phi(v)^2]
    mixed   E[phi(u) phi'(u) phi(v) phi'(v)]
    slope   E[phi'(u)^2 phi'(v)^2]
    """

    value: np.ndarray
    mixed: np.ndarray
    slope: np.ndarray


def fourth_moments(phi: Activation, xi: np.ndarray) -> FourthMoments:
    """The moments at correlations xi in [-1, 1] of any shape, right to 1e-8 of their value at 1.

    (Leaky) ReLU in closed form from the functions J_n of Cho & Saul (2009), section 2; the others
    as dual activations of phi^2, phi phi' and phi'^2: sum_n g_n^2 xi^n, where g_n are Hermite
    coefficients by Gauss-Hermite quadrature (Daniely, Frostig & Singer 2016, lemma 11).
    """
    xi = np.clip(xi, -1.0, 1.0)
    if phi.slope is not None:
        return _rectifier(xi, phi.slope)
    return FourthMoments(*(np.polynomial.polynomial.polyval(xi, g) for g in _squares(phi.name)))


def _rectifier(xi: np.ndarray, slope: float) -> FourthMoments:
    """phi(u) = u+ - s u-: pairs on the same side count 1 + s^4, on opposite sides twice s^2."""
    theta = np.arctan2(np.sqrt((1 - xi) * (1 + xi)), xi)
    same, opposite = _half_plane_moments(theta), _half_plane_moments(math.pi - theta)
    both, cross = 1 + slope**4, 2 * slope**2
    # phi phi' is u on one side and -s^2 |u| on the other: opposite sides count negative there.
    signs = (1, -1, 1)
    return FourthMoments(
        *(both * p + sign * cross * q for p, q, sign in zip(same, opposite, signs, strict=True))
    )


def _half_plane_moments(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E[u^n v^n; u > 0, v > 0] = J_n(theta) / 2 pi for n = 2, 1, 0, at the angle theta."""
    sine, cosine, rest = np.sin(theta), np.cos(theta), math.pi - theta
    J0 = rest
    J1 = sine + rest * cosine
    J2 = 3 * sine * cosine + rest * (1 + 2 * cosine**2)
    return J2 / (2 * math.pi), J1 / (2 * math.pi), J0 / (2 * math.pi)


@cache
def _squares(activation: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Squared Hermite coefficients of phi^2, phi phi' and phi'^2, each (DEGREE + 1,)."""
    from scipy.special import roots_hermitenorm  # slow to import; ReLU does without

    phi = parse_activation(activation)
    nodes, weights = roots_hermitenorm(NODES)
    weights = weights / math.sqrt(2 * math.pi)
    value, slope = phi.value(nodes), phi.derivative(nodes)
    functions = np.stack([value * value, value * slope, slope * slope]) * weights
    coefficients = np.empty((DEGREE + 1, 3))
    before, now = np.zeros_like(nodes), np.ones_like(nodes)
    for n in range(DEGREE + 1):
        coefficients[n] = functions @ now
        # Orthonormal: h_{n+1} = (u h_n - sqrt(n) h_{n-1}) / sqrt(n + 1).
        before, now = now, (nodes * now - math.sqrt(n) * before) / math.sqrt(n + 1)
    return tuple(np.square(coefficients).T)
