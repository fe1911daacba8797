"""Activations phi by name: the function, its derivative, its Gaussian second moment.

A name is ``relu``, ``leaky_relu:<slope>``, ``gelu``, ``sin``, ``cos``, ``erf`` or ``hermite:<n>``;
one of ``WRITTEN``; or an expression in u, such as ``tanh(u) + 0.1 * u``.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from widelimit.kernels.written import WRITTEN, Written

MAX_HERMITE_DEGREE = 100
"""Up to this degree h_n(u) exp(-u^2/4) is right to 1e-14 of its maximum, measured for |u| <= 12."""

NAMES = "relu, leaky_relu:<slope>, gelu, sin, cos, erf, hermite:<n>"


@dataclass(frozen=True)
class Activation:
    """One activation.

    value, derivative : elementwise phi and phi', arrays in, arrays out
    second_moment     : E[phi(g)^2] for standard normal g; the network's scale is
                        c = 1 / second_moment, so that its NNGP kernel is 1 on the sphere
    slope             : s where phi(u) = max(u, 0) + s min(u, 0), else None; exactly these
                        are positively homogeneous: phi(r u) = r phi(u) for r > 0
    parameter         : the number after the colon of the name, None where there is none
    second_derivative : elementwise phi'', None where phi has a kink
    text              : phi as an expression in u, where it is written as one
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]
    second_moment: float
    slope: float | None = None
    parameter: float | None = None
    second_derivative: Callable[[np.ndarray], np.ndarray] | None = None
    text: str | None = None

    @property
    def family(self) -> str:
        """The name up to its colon."""
        return self.name.partition(":")[0]

    @property
    def scale(self) -> float:
        """c = 1 / E[phi(g)^2], so that c E[phi(g)^2] = 1 (2 for ReLU)."""
        return 1.0 / self.second_moment


def parse_activation(name: str) -> Activation:
    """The activation of that name.

    Raises ValueError, naming what is allowed, for an unknown name or parameter.
    """
    family, colon, argument = str(name).partition(":")
    if family in _PLAIN and not colon:
        return _PLAIN[family]
    if family == "leaky_relu" and colon:
        return _leaky_relu(name, _number(name, argument, float, "a slope in [0, 1]", 0.0, 1.0))
    if family == "hermite" and colon:
        allowed = f"a degree from 1 to {MAX_HERMITE_DEGREE}"
        return _hermite(name, _number(name, argument, int, allowed, 1, MAX_HERMITE_DEGREE))
    if name in WRITTEN:
        return _written(name, WRITTEN[name])
    if name != "u" and re.fullmatch(r"\w*(:.*)?", str(name)):
        also = f"{', '.join(WRITTEN)}, or an expression in u such as tanh(u) + 0.1 * u"
        raise ValueError(f"activation must be one of {NAMES}, {also}; got {name!r}")
    return _written(name, name)


@cache
def _written(name: str, text: str) -> Activation:
    try:
        phi = Written(text)
    except ValueError as error:
        raise ValueError(f"activation: {error}") from None
    return Activation(name, phi.value, phi.derivative, phi.second_moment, text=text)


def _number(name, text, kind, allowed, low, high):
    try:
        value = kind(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ValueError(f"activation {name!r}: after the colon stands {allowed}; got {text!r}")
    return value


def _leaky_relu(name: str, slope: float) -> Activation:
    # The derivative at 0 is that of the negative side, as in PyTorch.
    return Activation(
        name,
        value=lambda u: np.where(u > 0, u, slope * u),
        derivative=lambda u: np.where(u > 0, 1.0, slope),
        second_moment=(1 + slope**2) / 2,
        slope=slope,
        parameter=slope,
    )


def _hermite(name: str, degree: int) -> Activation:
    """h_n = He_n / sqrt(n!), orthonormal under the standard normal; h_n' = sqrt(n) h_{n-1}."""
    value = partial(_orthonormal_hermite, degree)
    lower = partial(_orthonormal_hermite, degree - 1)
    lowest = partial(_orthonormal_hermite, max(degree - 2, 0))
    return Activation(
        name,
        value=value,
        derivative=lambda u: math.sqrt(degree) * lower(u),
        second_moment=1.0,
        parameter=degree,
        second_derivative=lambda u: math.sqrt(degree * (degree - 1)) * lowest(u),
    )


def _special():
    """scipy.special, which is slow to import, and not needed by all who name an activation."""
    from scipy import special

    return special


def _orthonormal_hermite(n: int, u: np.ndarray) -> np.ndarray:
    return _special().eval_hermitenorm(n, np.asarray(u, dtype=float)) / math.sqrt(math.factorial(n))


def _gelu_derivative(u: np.ndarray) -> np.ndarray:
    return _special().ndtr(u) + u * np.exp(-0.5 * np.square(u)) / math.sqrt(2 * math.pi)


def _gelu_second_derivative(u: np.ndarray) -> np.ndarray:
    return (2 - np.square(u)) * np.exp(-0.5 * np.square(u)) / math.sqrt(2 * math.pi)


_PLAIN = {
    "relu": Activation(
        "relu",
        value=lambda u: np.maximum(u, 0.0),
        # relu'(0) = 0, as in PyTorch and JAX.
        derivative=lambda u: np.greater(u, 0).astype(float),
        second_moment=0.5,
        slope=0.0,
    ),
    # The exact u Phi(u) (Hendrycks & Gimpel 2016), not its tanh approximation.
    "gelu": Activation(
        "gelu",
        value=lambda u: u * _special().ndtr(u),
        derivative=_gelu_derivative,
        second_moment=1 / 3 + 1 / (2 * math.sqrt(3) * math.pi),
        second_derivative=_gelu_second_derivative,
    ),
    "sin": Activation(
        "sin",
        value=np.sin,
        derivative=np.cos,
        second_moment=-math.expm1(-2) / 2,
        second_derivative=lambda u: -np.sin(u),
    ),
    "cos": Activation(
        "cos",
        value=np.cos,
        derivative=lambda u: -np.sin(u),
        second_moment=(1 + math.exp(-2)) / 2,
        second_derivative=lambda u: -np.cos(u),
    ),
    "erf": Activation(
        "erf",
        value=lambda u: _special().erf(u),
        derivative=lambda u: 2 / math.sqrt(math.pi) * np.exp(-np.square(u)),
        second_moment=2 / math.pi * math.asin(2 / 3),
        second_derivative=lambda u: -4 / math.sqrt(math.pi) * u * np.exp(-np.square(u)),
    ),
}
