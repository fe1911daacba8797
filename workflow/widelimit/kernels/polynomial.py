"""Polynomial features and their kernel: a feature map of few dimensions that can be written out."""

import math
from collections.abc import Iterator

import numpy as np

from widelimit.kernels.gram import linear_gram
from widelimit.validation import whole

MOST_FEATURES = 100_000


def polynomial_features(X, *, degree: int) -> np.ndarray:
    """psi(x): every monomial of total degree <= p in x, times the root of its weight, (n, D).

    psi_a(x) = sqrt(p! / (a_0! a_1! .. a_d!)) x_1^a_1 .. x_d^a_d, over all whole a >= 0 with
    a_0 + .. + a_d = p; D = (d + p choose p). Then psi(x).psi(z) = (1 + x.z)^p, by the multinomial
    theorem. X (n, d): a point a row; degree: p >= 1. Raises ValueError for another degree, points
    that are not a finite, non-empty 2-d array, or D above 100 000.
    Source: Shawe-Taylor & Cristianini (2004), section 9.1.
    """
    degree = whole("degree", degree, least=1)
    linear_gram(X, X[:1])  # holds X to what every kernel asks of points
    X = np.asarray(X, dtype=float)
    count = math.comb(X.shape[1] + degree, degree)
    if count > MOST_FEATURES:
        raise ValueError(
            f"degree must leave at most {MOST_FEATURES} features; got {degree!r} with {count}"
        )
    columns = []
    for powers in _compositions(degree, X.shape[1] + 1):
        weight = math.factorial(degree) // math.prod(map(math.factorial, powers))
        columns.append(math.sqrt(weight) * np.prod(X ** np.array(powers[1:]), axis=1))
    return np.stack(columns, axis=1)


def polynomial_gram(X, Z=None, *, degree: int) -> np.ndarray:
    """K(x, z) = (1 + x.z)^p, shape (n, m); without Z it is K(X, X), exactly symmetric.

    Points and errors as in `kernels`; degree: p >= 1. Source: as `polynomial_features`.
    """
    degree = whole("degree", degree, least=1)
    K = linear_gram(X, Z)
    K += 1
    return np.power(K, degree, out=K)


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ordered ways to write ``total`` as a sum of so many whole numbers >= 0."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
