"""phi and phi' of a block of pre-activations at once, on vectors where a library has no fast form.

NumPy's exp runs on vectors; its sine and SciPy's normal distribution do not, and cost more than
all else in a step. Here sine and cosine are their Taylor series after reduction to [-pi/4, pi/4]
(absolute error 3e-16 for |u| < 2^20), and Phi(-x) = exp(-x^2/2) g(x / sqrt 2) / 2 where
(z + 3) g(z) = (z + 3) exp(z^2) erfc(z) is a polynomial in 1 / (z + 3), fitted to SciPy's g at
import for z <= 6 (relative error 5e-15; beyond, exp(-z^2) < 3e-16 leaves an absolute one below
1e-16). erf is its Taylor series for |u| < 1/2, where 1 - erfc would lose digits.
Sources: Cody & Waite 1980, chapter 8; Shepherd & Laframboise 1981.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import erfcx

from widelimit.compiled import ANY_ORDER, IN_ORDER, compiled, inlined
from widelimit.kernels.activations import Activation

TURN, LAST, COEFFICIENTS = 3.0, 6.0, 20
AT_0, SLOPE = (2 * TURN + LAST) / LAST, 2 * TURN * (TURN + LAST) / LAST
"""x = AT_0 - SLOPE / (z + TURN) is -1 at z = 0 and 1 at z = LAST."""
SIN = tuple((-1) ** m / math.factorial(2 * m + 1) for m in range(9))
COS = tuple((-1) ** m / math.factorial(2 * m) for m in range(9))
ERF = tuple(
    2 / math.sqrt(math.pi) * (-1) ** m / (math.factorial(m) * (2 * m + 1)) for m in range(13)
)
LARGEST_ANGLE = 2.0**20
QUARTER = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21)
"""pi/2 in three parts: the first two have 33 bits, so that small multiples of them are exact."""


def evaluator(activation: Activation) -> Callable[[np.ndarray, np.ndarray, np.ndarray], None]:
    """A function that writes phi(U) to its second and phi'(U) to its third argument."""
    if activation.slope is not None:
        return partial(_leaky_relu, slope=activation.slope)
    family = activation.name.partition(":")[0]
    if family in ("gelu", "erf"):
        finish = {"gelu": _gelu, "erf": _erf}[family]
        exponent = {"gelu": -0.5, "erf": -1.0}[family]
        coefficients = _erfc_coefficients()
        return partial(_with_exponential, finish, exponent, coefficients)
    if family == "hermite":
        return partial(_hermite, degree=int(activation.parameter))
    if family in ("sin", "cos"):
        return partial(_circular, {"sin": _sin, "cos": _cos}[family], activation)
    return partial(_as_it_is, activation)


def _as_it_is(activation: Activation, U, value, derivative):
    # One that has been added, and has no faster form here.
    value[...] = activation.value(U)
    derivative[...] = activation.derivative(U)


def _circular(function, activation: Activation, U, value, derivative):
    if np.abs(U).max() < LARGEST_ANGLE:
        function(U, value, derivative)
    else:
        _as_it_is(activation, U, value, derivative)


def _with_exponential(finish, exponent, coefficients, U, value, derivative):
    np.multiply(U, U, out=value)
    np.multiply(value, exponent, out=value)
    np.exp(value, out=value)
    finish(U, value, derivative, coefficients)


def _erfc_coefficients() -> tuple[float, ...]:
    """Of (z + TURN) exp(z^2) erfc(z) in powers of x, which runs from -1 to 1 on 0 <= z <= LAST."""
    x = np.cos(np.pi * (np.arange(COEFFICIENTS) + 0.5) / COEFFICIENTS)
    z = SLOPE / (AT_0 - x) - TURN
    fit = chebyshev.chebfit(x, (z + TURN) * erfcx(z), COEFFICIENTS - 1)
    return tuple(chebyshev.cheb2poly(fit)[::-1].tolist())


@compiled(fastmath=ANY_ORDER)
def _leaky_relu(U, value, derivative, slope):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u = U[i, j]
            d = 1.0 if u > 0.0 else slope
            value[i, j] = d * u
            derivative[i, j] = d


@compiled(fastmath=IN_ORDER)
def _sin_and_cos(u):
    """Both at once: u = q pi/2 + r, and the quarter turns q exchange them and turn their signs."""
    q = math.floor(u * (2.0 / math.pi) + 0.5)
    r = ((u - q * QUARTER[0]) - q * QUARTER[1]) - q * QUARTER[2]
    t = r * r
    s = ((SIN[8] * t + SIN[7]) * t + SIN[6]) * t + SIN[5]
    s = r + r * t * (((((s * t + SIN[4]) * t + SIN[3]) * t + SIN[2]) * t) + SIN[1])
    c = ((COS[8] * t + COS[7]) * t + COS[6]) * t + COS[5]
    c = 1.0 + t * (((((c * t + COS[4]) * t + COS[3]) * t + COS[2]) * t) + COS[1])
    turns = q - 4.0 * math.floor(0.25 * q)
    exchanged = turns == 1.0 or turns == 3.0
    sine, cosine = (c if exchanged else s), (s if exchanged else c)
    return (-sine if turns >= 2.0 else sine), (-cosine if 1.0 <= turns <= 2.0 else cosine)


@compiled(fastmath=IN_ORDER)
def _sin(U, value, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            value[i, j], derivative[i, j] = _sin_and_cos(U[i, j])


@compiled(fastmath=IN_ORDER)
def _cos(U, value, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            sine, value[i, j] = _sin_and_cos(U[i, j])
            derivative[i, j] = -sine


@inlined
def _scaled_erfc(z, c):
    """exp(z^2) erfc(z), z >= 0, with the coefficients c."""
    r = 1.0 / (z + TURN)
    x = AT_0 - SLOPE * r
    g = ((c[0] * x + c[1]) * x + c[2]) * x + c[3]
    g = (((g * x + c[4]) * x + c[5]) * x + c[6]) * x + c[7]
    g = (((g * x + c[8]) * x + c[9]) * x + c[10]) * x + c[11]
    g = (((g * x + c[12]) * x + c[13]) * x + c[14]) * x + c[15]
    g = (((g * x + c[16]) * x + c[17]) * x + c[18]) * x + c[19]
    return g * r


@compiled(fastmath=IN_ORDER)
def _gelu(U, value, derivative, coefficients):
    """u Phi(u) and Phi(u) + u Phi'(u), where `value` holds exp(-u^2/2)."""
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u, e = U[i, j], value[i, j]
            tail = 0.5 * e * _scaled_erfc(math.sqrt(0.5) * abs(u), coefficients)
            below = tail if u < 0.0 else 1.0 - tail
            value[i, j] = u * below
            derivative[i, j] = below + u * e / math.sqrt(2.0 * math.pi)


@compiled(fastmath=IN_ORDER)
def _erf(U, value, derivative, coefficients):
    """erf(u) and its derivative, where `value` holds exp(-u^2)."""
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u, e = U[i, j], value[i, j]
            size = 1.0 - e * _scaled_erfc(abs(u), coefficients)
            t = u * u
            s = ((ERF[12] * t + ERF[11]) * t + ERF[10]) * t + ERF[9]
            s = (((s * t + ERF[8]) * t + ERF[7]) * t + ERF[6]) * t + ERF[5]
            s = (((s * t + ERF[4]) * t + ERF[3]) * t + ERF[2]) * t + ERF[1]
            near = u * (s * t + ERF[0])
            value[i, j] = near if abs(u) < 0.5 else (size if u > 0.0 else -size)
            derivative[i, j] = 2.0 / math.sqrt(math.pi) * e


@compiled(fastmath=IN_ORDER)
def _hermite(U, value, derivative, degree):
    """h_n and sqrt(n) h_{n-1} by sqrt(m + 1) h_{m+1} = u h_m - sqrt(m) h_{m-1}."""
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            value[i, j] = U[i, j]
            derivative[i, j] = 1.0
        for m in range(1, degree):
            low, up = math.sqrt(m), 1.0 / math.sqrt(m + 1.0)
            for j in range(np.uint64(U.shape[1])):
                h = value[i, j]
                value[i, j] = up * (U[i, j] * h - low * derivative[i, j])
                derivative[i, j] = h
        for j in range(np.uint64(U.shape[1])):
            derivative[i, j] *= math.sqrt(degree)
