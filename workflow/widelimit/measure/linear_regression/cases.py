"""The data sets of step 1: matrices of chosen spectra, in the regimes of more and fewer points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widelimit.linear.least_squares import matrix_with
from widelimit.seeds import generator

REGIMES = ("overdetermined", "square", "underdetermined", "deficient")
"""n > d, n = d and n < d of full rank; n = d of half the rank."""

DEFICIENT_CONDITION = 10.0
NOISE = 0.3
"""Standard deviation of the noise on the targets, so that no line goes through more points than
it must; that of the inputs, over all entries of X, is at most 1."""


@dataclass(frozen=True, eq=False)
class Case:
    """X (n, d), y (n,), and sigma_1^2 over the smallest sigma_i^2 that is not 0."""

    X: np.ndarray
    y: np.ndarray
    condition_number: float

    def elsewhere(self, rng: np.random.Generator) -> np.ndarray:
        """A random start w_0 other than 0, of the size of the weights behind the targets."""
        return rng.standard_normal(self.X.shape[1])


def spectra(root: int, dimension: int, condition_numbers: Sequence[float]) -> dict[str, Case]:
    """A case of 2 d points for each condition number, one of Gaussian points, one deficient."""
    n = 2 * dimension
    cases = {}
    for kappa in sorted(condition_numbers):
        name = f"condition {kappa:g}"
        cases[name] = _case(_sigma(kappa, dimension), n, dimension, generator(root, name))
    rng = generator(root, "gaussian")
    X = rng.standard_normal((n, dimension))
    sigma = np.linalg.svd(X, compute_uv=False)
    cases["gaussian"] = Case(X, _targets(X, rng), float((sigma[0] / sigma[-1]) ** 2))
    half = _sigma(DEFICIENT_CONDITION, dimension // 2)
    cases["deficient"] = _case(half, n, dimension, generator(root, "deficient"))
    return cases


def regime(name: str, dimension: int, condition_number: float, rng: np.random.Generator) -> Case:
    """A random case of one of the ``REGIMES``: 2 d, d, d/2 and d points in d dimensions."""
    half = dimension // 2
    n, rank = {
        "overdetermined": (2 * dimension, dimension),
        "square": (dimension, dimension),
        "underdetermined": (half, half),
        "deficient": (dimension, half),
    }[name]
    return _case(_sigma(condition_number, rank), n, dimension, rng)


def _sigma(condition_number: float, rank: int) -> np.ndarray:
    """Singular values, relative to the largest, whose squares are even in the logarithm."""
    return np.geomspace(1, condition_number**-0.5, rank)


def _case(sigma: np.ndarray, n: int, d: int, rng: np.random.Generator) -> Case:
    X = matrix_with(np.sqrt(n) * sigma, n, d, rng=rng)
    return Case(X, _targets(X, rng), float((sigma[0] / sigma[-1]) ** 2))


def _targets(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """y = X w + noise with random w: every singular direction has its share."""
    n, d = X.shape
    return X @ rng.standard_normal(d) + NOISE * rng.standard_normal(n)
