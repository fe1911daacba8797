"""Low-discrepancy samples of units, and values at initialisation that average well.

All are the same at every call: scrambled Sobol points with a fixed seed in place of chance.
"""

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from widelimit.linear.kernel_regression import eigensystem


def normal_points(count: int, dimensions: int, *, seed: int = 0) -> np.ndarray:
    """count points (a power of two) that fill the standard normal evenly, (count, dimensions).

    Source: Owen (1998), scrambled Sobol points, through the normal's quantiles.
    """
    return ndtri(_uniform_points(count, dimensions, seed))


def homogeneous_units(
    count: int, d: int, *, outputs: int = 1, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """A (outputs, count) and B (count, d) for phi(r u) = r phi(u), r > 0 (relu, leaky_relu).

    Then all that a unit does is proportional to |(a, b)|^2, whose mean is d + outputs. So units
    have this length and even directions, in pairs (a, b), (-a, b): what is odd in a has mean 0.
    count: twice a power of two.
    """
    length = math.sqrt(d + outputs)
    if (d, outputs) == (2, 1):
        # On the sphere of R^3, slices of equal height have equal area (Archimedes).
        height, turn = _uniform_points(count // 2, 2, seed).T
        A = length * height[None]
        angle, radius = 2 * math.pi * turn, length * np.sqrt(1 - height**2)
        B = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        points = normal_points(count // 2, outputs + d, seed=seed)
        points *= length / np.linalg.norm(points, axis=1, keepdims=True)
        A, B = points[:, :outputs].T, points[:, outputs:]
    return np.concatenate([A, -A], axis=1), np.concatenate([B, B])


def initial_values(S: np.ndarray, count: int, *, outputs: int = 1, seed: int = 0) -> np.ndarray:
    """count values f_0(X) of covariance S (n, n), (count, n, outputs), in pairs f_0, -f_0.

    In coordinates in which S is the identity they are random orthonormal directions times sqrt(n),
    so that 2 n of them give the mean of every quadratic form in one output's f_0 exactly; further
    ones start with new directions. count: even, and all f_0 come before all -f_0.
    """
    root, rng = square_root(S), np.random.default_rng(seed)
    n, half = len(S), count // 2
    f0 = np.empty((half, n, outputs))
    for p in range(outputs):
        frames = [_directions(n, rng) for _ in range(-(-half // n))]
        f0[:, :, p] = math.sqrt(n) * np.concatenate(frames)[:half] @ root.T
    return np.concatenate([f0, -f0])


def square_root(S: np.ndarray) -> np.ndarray:
    """R with R R' = S, columns falling in length; S positive semidefinite up to rounding."""
    eigenvalues, vectors = eigensystem(S)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0.0)))[:, ::-1]


def _uniform_points(count: int, dimensions: int, seed: int) -> np.ndarray:
    """Inside (0, 1): the middle of the cells of 2^-30 that Sobol points are drawn from."""
    return qmc.Sobol(dimensions, scramble=True, seed=seed).random(count) + 2.0**-31


def _directions(n: int, rng: np.random.Generator) -> np.ndarray:
    """n orthonormal rows, uniform over all such frames (Stewart 1980)."""
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return (Q * np.sign(np.diag(R))).T
