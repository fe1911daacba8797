"""Spherical harmonics on S^(d-1), as far as sums over all harmonics of a degree need them."""

import math
from collections.abc import Callable

import numpy as np

from widelimit.validation import whole

ANGLES = 32
"""Around each great circle: powers of degrees below half as many are told apart."""


def zonal_polynomials(t, d: int, degree: int) -> np.ndarray:
    """P_l(t), l = 0, .., degree, with P_l(1) = 1: the mean over all harmonics Y of degree l, each
    with mean square 1, of Y(x) Y(z) at t = x.z. Any shape of t; returns (degree + 1, *t.shape).

    (l + d - 2) P_(l+1) = (2 l + d - 2) t P_l - l P_(l-1), the Gegenbauer polynomials.
    Raises ValueError for d < 2 or degree < 0. Source: Atkinson & Han (2012), sections 2.3 and 2.7.
    """
    d, degree = whole("d", d, least=2), whole("degree", degree, least=0)
    t = np.asarray(t, dtype=float)
    P = np.ones((degree + 1, *t.shape))
    if degree:
        P[1] = t
    for l in range(1, degree):  # noqa: E741
        P[l + 1] = ((2 * l + d - 2) * t * P[l] - l * P[l - 1]) / (l + d - 2)
    return P


def multiplicity(d: int, degree: int) -> int:
    """Linearly independent harmonics of a degree on S^(d-1)."""
    lower = math.comb(degree + d - 3, degree - 2) if degree >= 2 else 0
    return math.comb(degree + d - 1, degree) - lower


def power_by_degree(
    f: Callable[[np.ndarray], np.ndarray],
    d: int,
    *,
    rng: np.random.Generator,
    circles: int = 20_000,
) -> np.ndarray:
    """Mean squares on S^(d-1) of the parts of f of degree l = 0, .., ANGLES / 2 - 1, and of all
    higher ones together as the last entry.

    f : points (n, d) -> (n,)

    Along a great circle that is drawn at random, E[f(x) f(z)] = sum_l power_l P_l(cos angle): the
    Fourier coefficients of both sides are compared, from the highest degree down. What f lacks is
    found to be lacking up to rounding; the rest scatters by a share of about 1 / sqrt(circles).
    """
    degrees = ANGLES // 2
    angles = 2 * math.pi * np.arange(ANGLES) / ANGLES
    x, z = rng.standard_normal((2, circles, d))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    z -= np.sum(x * z, axis=1, keepdims=True) * x
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    points = np.cos(angles)[:, None, None] * x + np.sin(angles)[:, None, None] * z
    values = f(points.reshape(-1, d)).reshape(ANGLES, circles)
    left = np.mean(np.abs(np.fft.rfft(values, axis=0) / ANGLES) ** 2, axis=1)
    of_degree = np.fft.rfft(zonal_polynomials(np.cos(angles), d, degrees - 1), axis=1).real / ANGLES
    powers = np.zeros(degrees + 1)
    for l in reversed(range(degrees)):  # noqa: E741
        powers[l] = max(left[l] / of_degree[l, l], 0.0)
        left = left - powers[l] * of_degree[l]
    powers[-1] = max(np.mean(values**2) - powers.sum(), 0.0)
    return powers
