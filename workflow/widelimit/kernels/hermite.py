"""Hermite coefficients of the activations, and dual activations as truncated power series.

h_n = He_n / sqrt(n!) are orthonormal under the standard normal density, phi = sum_n a_n h_n, and
phi^(xi) = sum_n a_n^2 xi^n (Daniely, Frostig & Singer 2016, lemma 11; O'Donnell 2014, 11.2).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import eval_hermitenorm

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.quadrature import expectation
from widelimit.validation import whole


@dataclass(frozen=True)
class _Recursion:
    """a_0, a_1 and a_{n+2} = -factor(n) a_n / sqrt((n + 1)(n + 2)).

    From E[phi(g + t)] = sum_n a_n t^n / sqrt(n!), as a_n = E[phi^(n)(g)] / sqrt(n!).
    """

    first: float
    second: float
    factor: Callable[[int], float]


# The functions of t are: for relu the normal partial moment t Phi(t) + density(t), for gelu
# exp(-t^2/4) (3/2 - t^2/4) / (2 sqrt(pi)) from the second derivative on, for sin and cos
# themselves times exp(-1/2), for erf the primitive of 2/sqrt(3 pi) exp(-t^2/3).
_RECURSIONS = {
    "relu": _Recursion(1 / math.sqrt(2 * math.pi), 0.5, lambda n: n - 1),
    "gelu": _Recursion(
        1 / (2 * math.sqrt(math.pi)), 0.5, lambda n: (n - 1) * (n + 3) / (2 * (n + 1))
    ),
    "sin": _Recursion(0.0, math.exp(-0.5), lambda n: 1.0),
    "cos": _Recursion(math.exp(-0.5), 0.0, lambda n: 1.0),
    "erf": _Recursion(0.0, 2 / math.sqrt(3 * math.pi), lambda n: 2 * n / 3),
}


def hermite_coefficients(activation: str, degree: int) -> np.ndarray:
    """a_n = E[phi(g) h_n(g)], g standard normal, for n = 0, .., degree; shape (degree + 1,).

    Right to rounding, in closed form; of an expression by quadrature. Raises ValueError for a
    negative degree or an unknown activation.
    """
    phi = parse_activation(activation)
    degree = whole("degree", degree, least=0)
    family = phi.family
    if family == "hermite":
        return (np.arange(degree + 1) == phi.parameter).astype(float)
    if family == "leaky_relu":
        # phi(u) = (1 - s) relu(u) + s u, and u = h_1.
        line = phi.slope * (np.arange(degree + 1) == 1)
        return (1 - phi.slope) * _recursion("relu", degree) + line
    if family not in _RECURSIONS:
        return _by_quadrature(phi, degree)
    return _recursion(family, degree)


def _by_quadrature(phi: Activation, degree: int) -> np.ndarray:
    def term(n):
        norm = math.sqrt(math.factorial(n))
        return expectation(lambda u: phi.value(u) * (eval_hermitenorm(n, u) / norm))

    return np.array([term(n) for n in range(degree + 1)])


def _recursion(family: str, degree: int) -> np.ndarray:
    rule = _RECURSIONS[family]
    a = np.zeros(max(degree + 1, 2))
    a[:2] = rule.first, rule.second
    for n in range(degree - 1):
        a[n + 2] = -rule.factor(n) * a[n] / math.sqrt((n + 1) * (n + 2))
    return a[: degree + 1]


def dual_series(coefficients: np.ndarray, xi):
    """sum_{n <= N} a_n^2 xi^n from a_0, .., a_N, shape (N + 1,), at xi of any shape."""
    return np.polynomial.polynomial.polyval(xi, np.square(coefficients))


def truncation_error(activation: str, degree: int) -> float:
    """sum_{n > N} a_n^2 = E[phi(g)^2] - sum_{n <= N} a_n^2, N = degree; right to 1e-16.

    The largest difference over [-1, 1] between phi^ and its series up to N, which is at xi = 1,
    as no term of phi^ is negative there. Errors as in `hermite_coefficients`.
    """
    phi: Activation = parse_activation(activation)
    kept = math.fsum(np.square(hermite_coefficients(activation, degree)))
    return max(phi.second_moment - kept, 0.0)
