"""Kernel regression, minimum-norm or ridge, and the spectrum of a Gram matrix.

Gram matrices of the kernels here have condition numbers of 1e8 and more. They are decomposed into
eigenvalues with a stated cut-off, never inverted.

Regression on n points takes memory for two n x n matrices besides the given one from n = 2048 on,
for five below.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from widelimit.validation import finite, within

ROUNDING = 1e-6
"""Asymmetry and negative eigenvalues of K up to this share of its largest entry or eigenvalue are
rounding, of kernels computed in single precision too; beyond it K is no kernel matrix."""

LARGE = 2048
"""From this many points on, memory counts: two matrices beside K, where NumPy's eigh takes five."""
BLOCK = 256
"""Rows compared at once."""


class Eigensystem(NamedTuple):
    """K = V diag(lambda) V', taken in place of K by whatever would decompose it: for many calls."""

    eigenvalues: np.ndarray
    """(n,), ascending"""
    vectors: np.ndarray
    """(n, n), orthonormal, a column each"""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues of a Gram matrix.

    eigenvalues              : (n,), descending
    lambda_min, lambda_max   : their ends; lambda_min may be negative by rounding
    condition_number         : lambda_max / lambda_min, inf where rank < n
    rank                     : how many eigenvalues exceed rcond lambda_max
    """

    eigenvalues: np.ndarray
    lambda_min: float
    lambda_max: float
    condition_number: float
    rank: int
    rcond: float


def kernel_regression(
    K_train, K_test_train, y, *, ridge: float = 0.0, rcond: float | None = None
) -> np.ndarray:
    """f(x) = K(x, X) K^+ y, the minimum-norm interpolant, or K(x, X) (K + ridge I)^-1 y.

    K_train       : (n, n), symmetric positive semidefinite, or its `eigensystem`
    K_test_train  : (m, n), K(x, X) with a test point a row
    y             : (n,) or (n, p)
    ridge         : >= 0, absolute: added to the eigenvalues as it stands
    rcond         : without a ridge, eigenvalues up to rcond lambda_max count as zero;
                    n eps = 2.2e-16 n unless given
    Returns f at the test points, (m,) or (m, p). Raises ValueError for shapes that do not fit,
    values not finite, a K_train that is not symmetric or has a negative eigenvalue beyond
    rounding, a negative ridge or rcond. Source: Rasmussen & Williams (2006), equation 2.25.
    """
    eigenvalues, vectors = eigensystem(K_train)
    n = len(eigenvalues)
    K_test_train = finite("K_test_train", K_test_train, ("m", n), empty=True)
    y = finite("y", y, (n,), (n, "p"))
    if within("ridge", ridge, 0, math.inf) > 0:
        gain = 1 / (np.maximum(eigenvalues, 0) + ridge)
    else:
        gain = pseudo_inverse(eigenvalues, rcond)
    projected = K_test_train @ vectors
    if y.ndim == 2 and y.shape[1] > len(K_test_train):
        return (projected * gain @ vectors.T) @ y  # the smaller products first
    return projected @ scaled_rows(gain, vectors.T @ y)


def spectrum(K, *, rcond: float | None = None) -> Spectrum:
    """Eigenvalues, condition number and numerical rank of the symmetric matrix K, shape (n, n).

    K may be given by its `eigensystem`, too.
    rcond: eigenvalues up to rcond lambda_max count as zero; n eps = 2.2e-16 n unless given.
    Raises ValueError if K is not finite, square and symmetric, or for a negative rcond.
    """
    if isinstance(K, Eigensystem):
        eigenvalues = K.eigenvalues
    else:
        eigenvalues = np.linalg.eigvalsh(symmetric("K", K))
    rcond = _cut_off(eigenvalues, rcond)
    lambda_min, lambda_max = float(eigenvalues[0]), float(eigenvalues[-1])
    rank = int(np.count_nonzero(eigenvalues > rcond * lambda_max))
    full = rank == len(eigenvalues)
    return Spectrum(
        eigenvalues=eigenvalues[::-1],
        lambda_min=lambda_min,
        lambda_max=lambda_max,
        condition_number=lambda_max / lambda_min if full else math.inf,
        rank=rank,
        rcond=rcond,
    )


def eigensystem(K_train) -> Eigensystem:
    """Eigenvalues and eigenvectors of K_train (n, n); an `Eigensystem` is returned as it is.

    Raises ValueError unless K_train is finite, symmetric and positive semidefinite, the last two
    up to rounding.
    """
    if isinstance(K_train, Eigensystem):
        return K_train
    K = symmetric("K_train", K_train)
    if len(K) < LARGE:
        eigenvalues, vectors = np.linalg.eigh(K)
    else:
        from scipy.linalg import eigh  # no job that does without need wait for it

        # Into K itself and one more matrix, where NumPy needs four.
        eigenvalues, vectors = eigh(K.T, driver="evr", overwrite_a=True, check_finite=False)
    if eigenvalues[0] < -ROUNDING * np.abs(eigenvalues).max():
        raise ValueError(
            "K_train must be positive semidefinite; got eigenvalues from "
            f"{eigenvalues[0]:.3g} to {eigenvalues[-1]:.3g}"
        )
    return Eigensystem(eigenvalues, vectors)


def pseudo_inverse(eigenvalues: np.ndarray, rcond: float | None = None) -> np.ndarray:
    """1 / lambda where lambda > rcond lambda_max, else 0; rcond n eps unless given."""
    kept = eigenvalues > _cut_off(eigenvalues, rcond) * eigenvalues.max()
    return np.divide(1.0, eigenvalues, out=np.zeros_like(eigenvalues), where=kept)


def scaled_rows(factors: np.ndarray, A: np.ndarray) -> np.ndarray:
    """diag(factors) A for A of shape (n,) or (n, p)."""
    return (factors * A.T).T


def symmetric(name: str, K) -> np.ndarray:
    """K as a finite symmetric matrix, the mean of its triangles, or a ValueError."""
    K = finite(name, K, ("n", "n"))
    rows = (slice(start, start + BLOCK) for start in range(0, len(K), BLOCK))
    asymmetry = max(np.abs(K[i] - K[:, i].T).max() for i in rows)
    if asymmetry > ROUNDING * max(K.max(), -K.min()):
        raise ValueError(f"{name} must be symmetric; got entries that differ by {asymmetry:.3g}")
    mean = K + K.T
    mean /= 2
    return mean


def _cut_off(eigenvalues: np.ndarray, rcond: float | None) -> float:
    if rcond is None:
        return len(eigenvalues) * float(np.finfo(float).eps)
    return within("rcond", rcond, 0, 1)
