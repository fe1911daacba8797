"""phi and phi' of a block of pre-activations in one pass that vectorises.

gelu and erf come from exp and from erfc, or 1 - erfc, over its exponential decay, so that both
tails and the neighbourhood of 0 keep their digits: absolute error 1e-15 for |u| <= 12, and as much
relative to gelu's left tail. sin and cos are right to 3e-16 for |u| < 2^20.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation
from widelimit.kernels.elementary import (
    FAR,
    bell,
    bell_and_rest,
    scaled_erf,
    scaled_tail,
    sine_and_cosine,
)
from widelimit.kernels.written_code import written_evaluator

LARGEST_ANGLE = 2.0**20


def evaluator(activation: Activation) -> Callable[[np.ndarray, np.ndarray], None]:
    """A function that turns U, its first argument, into phi(U), and its second into phi'(U)."""
    if activation.text is not None:
        return written_evaluator(activation.text)
    if activation.slope is not None:
        return partial(_leaky_relu, slope=activation.slope)
    family = activation.family
    if family == "hermite":
        return partial(_hermite, degree=int(activation.parameter))
    if family in ("sin", "cos"):
        return partial(_circular, {"sin": _sin, "cos": _cos}[family], activation)
    return {"gelu": _gelu, "erf": _erf}.get(family, partial(_as_it_is, activation))


def _as_it_is(activation: Activation, U, derivative):
    # One that has been added, and has no faster form here.
    derivative[...] = activation.derivative(U)
    U[...] = activation.value(U)


def _circular(function, activation: Activation, U, derivative):
    if max(U.max(initial=0.0), -U.min(initial=0.0)) < LARGEST_ANGLE:
        function(U, derivative)
    else:
        _as_it_is(activation, U, derivative)


@compiled(fastmath=ANY_ORDER)
def _leaky_relu(U, derivative, slope):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u = U[i, j]
            d = 1.0 if u > 0.0 else slope
            U[i, j] = d * u
            derivative[i, j] = d


@compiled
def _sin(U, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            U[i, j], derivative[i, j] = sine_and_cosine(U[i, j])


@compiled
def _cos(U, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            sine, U[i, j] = sine_and_cosine(U[i, j])
            derivative[i, j] = -sine


@compiled
def _gelu(U, derivative):
    """u Phi(u) and Phi(u) + u Phi'(u), Phi the normal distribution."""
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u = U[i, j]
            size = FAR if abs(u) > FAR else abs(u)
            e = bell(size * size)
            tail = e * scaled_tail(size)
            below = tail if u < 0.0 else 1.0 - tail
            U[i, j] = u * below
            derivative[i, j] = below + u * (e * (1.0 / math.sqrt(2.0 * math.pi)))


@compiled
def _erf(U, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u = U[i, j]
            z = 0.5 * FAR if abs(u) > 0.5 * FAR else abs(u)
            e, rest = bell_and_rest(2.0 * z * z)
            size = rest + e * scaled_erf(z)
            U[i, j] = -size if u < 0.0 else size
            derivative[i, j] = (2.0 / math.sqrt(math.pi)) * e


@compiled(allocates=True)
def _hermite(U, derivative, degree):
    """h_n and sqrt(n) h_{n-1} by sqrt(m + 1) h_{m+1} = u h_m - sqrt(m) h_{m-1}."""
    row = np.empty(U.shape[1])
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            row[j] = U[i, j]
            derivative[i, j] = 1.0
        for m in range(1, degree):
            low, up = math.sqrt(m), 1.0 / math.sqrt(m + 1.0)
            for j in range(np.uint64(U.shape[1])):
                h = U[i, j]
                U[i, j] = up * (row[j] * h - low * derivative[i, j])
                derivative[i, j] = h
        for j in range(np.uint64(U.shape[1])):
            derivative[i, j] *= math.sqrt(degree)
