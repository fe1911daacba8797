"""Dual activations phi^(xi) = E[phi(u) phi(v)] and their derivatives, in closed form.

u and v are standard normal with correlation xi. The derivative in xi is the dual of the
derivative, (phi^)' = (phi')^ (Daniely, Frostig & Singer 2016, section 4).

A new activation needs an entry in ``activations`` and a pair of functions in ``DUALS`` below.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.dual_quadrature import quadrature_duals
from widelimit.validation import reals

CLOSED_FORM = 1e-13
"""How far closed forms are off at most, times c."""
ROUNDING = 1e-12
"""How far outside [-1, 1] a correlation may lie and still be taken for its end."""


@dataclass(frozen=True)
class Dual:
    """phi^ and its derivative as functions of (xi, eta, activation), eta = sqrt(1 - xi^2) >= 0.

    The second coordinate carries what xi loses near its ends: an angle of 1e-9 has xi = 1 in
    floating point but eta = 1e-9, and arctan2(eta, xi) is right to rounding everywhere.
    """

    value: Callable[[np.ndarray, np.ndarray, Activation], np.ndarray]
    derivative: Callable[[np.ndarray, np.ndarray, Activation], np.ndarray]
    sine: Callable[[np.ndarray, np.ndarray, Activation], np.ndarray] | None = None
    """sqrt(1 - (c phi^)^2), what the next of several layers has for eta; needed only where the
    derivative of phi^' is infinite at an end."""


def dual_activation(activation: str, xi):
    """phi^(xi) = E[phi(u) phi(v)], without the network's factor c.

    xi: correlation in [-1, 1], any shape; the result has its shape (a float for a scalar) and
    is right to 1e-13, or to `dual_error` where it has no closed form. Raises ValueError for xi
    outside [-1, 1] by more than rounding (1e-12), an unknown activation, or one whose dual
    quadrature does not reach. Source: Daniely, Frostig & Singer (2016), section 4.
    """
    return _evaluate("value", activation, xi)


def dual_derivative(activation: str, xi):
    """d phi^/d xi = E[phi'(u) phi'(v)], without the network's factor c.

    Shapes, range, accuracy and errors as in `dual_activation`; at the ends it is the limit
    from inside. Source: Daniely, Frostig & Singer (2016), section 4.
    """
    return _evaluate("derivative", activation, xi)


def dual_of(activation: Activation) -> Dual:
    """The closed forms that belong to this activation, or its duals by quadrature.

    Raises ValueError where quadrature does not reach them.
    """
    if activation.family in DUALS:
        return DUALS[activation.family]
    value, derivative, _ = quadrature_duals(activation)
    return Dual(
        lambda xi, eta, phi: value(np.arctan2(eta, xi)),
        lambda xi, eta, phi: derivative(np.arctan2(eta, xi)),
    )


def dual_error(activation: str) -> float:
    """How far `dual_activation` and `dual_derivative` are off at most, times c: 1e-13 for closed
    forms, an estimate for duals by quadrature."""
    phi = parse_activation(activation)
    return CLOSED_FORM if phi.family in DUALS else quadrature_duals(phi)[2]


def deep_kernel(phi: Activation, xi, eta, *, depth: int, tangent: bool):
    """The tangent kernel Theta_L of L = depth hidden layers, or without `tangent` Sigma_L.

    Sigma_l = c phi^(Sigma_(l-1)), Theta_l = Sigma_l + Theta_(l-1) c phi^'(Sigma_(l-1)), with
    Sigma_0 = Theta_0 = xi: Jacot, Gabriel & Hongler (2018), theorem 1, without biases.
    """
    dual = dual_of(phi)
    theta = xi
    for layers_left in range(depth, 0, -1):
        value = dual.value(xi, eta, phi)
        if tangent:
            theta = phi.scale * (value + theta * dual.derivative(xi, eta, phi))
        if layers_left > 1:
            xi, eta = phi.scale * value, _sine(dual, xi, eta, phi)
    return theta if tangent else phi.scale * value


def _sine(dual: Dual, xi, eta, phi: Activation):
    if dual.sine is not None:
        return dual.sine(xi, eta, phi)
    value = phi.scale * dual.value(xi, eta, phi)
    return np.sqrt(np.maximum((1 - value) * (1 + value), 0))


def _evaluate(which: str, activation: str, xi):
    phi = parse_activation(activation)
    xi = reals("xi", xi)
    outside = ~(np.abs(xi) <= 1 + ROUNDING)  # so written, NaN is outside too
    if outside.any():
        raise ValueError(f"xi must lie in [-1, 1]; got {xi[outside].flat[0]}")
    xi = np.clip(xi, -1.0, 1.0)
    # (1 - xi)(1 + xi) keeps the digits that 1 - xi^2 cancels near the ends.
    eta = np.sqrt((1 - xi) * (1 + xi))
    result = getattr(dual_of(phi), which)(xi, eta, phi)
    return float(result) if result.ndim == 0 else result


# relu(u) + s min(u, 0) = (1 - s) relu(u) + s u, and Cho & Saul (2009), section 2: half their
# kernel of degree 1, of degree 0 for the derivative; arctan2(eta, -xi) = pi - arccos xi.
def _rectifier(xi, eta, phi):
    relu = (xi * np.arctan2(eta, -xi) + eta) / (2 * math.pi)
    return (1 - phi.slope) ** 2 * relu + phi.slope * xi


def _rectifier_derivative(xi, eta, phi):
    return (1 - phi.slope) ** 2 * np.arctan2(eta, -xi) / (2 * math.pi) + phi.slope


def _rectifier_sine(xi, eta, phi):
    # With the angle w to the nearer end, c phi^ of relu is max(xi, 0) + rest, where
    # rest = (sin w - w cos w)/pi; that of leaky relu is a mean of it and of xi.
    size = np.abs(xi)
    gap = np.where(size > 0.5, eta * eta / (1 + size), 1 - size)
    below, above = np.where(xi > 0, gap, 2 - gap), np.where(xi > 0, 2 - gap, gap)
    rest = (eta - size * np.arctan2(eta, size)) / math.pi
    straight = 2 * phi.slope / (1 + phi.slope**2)
    from_1 = (1 - straight) * (np.minimum(below, 1) - rest) + straight * below
    from_minus_1 = (1 - straight) * (1 + np.maximum(xi, 0) + rest) + straight * above
    return np.sqrt(np.maximum(from_1, 0) * from_minus_1)


# Tsuchida, Pearce, van der Heide, Roosta & Gallagher (2021) at unit variances. By Gaussian
# integration by parts E[u v F] with F = Phi(u) Phi(v) is xi E[F] + (1 + xi^2) E[F_uv] +
# 2 xi E[F_uu], where E[F] = 1/4 + arcsin(xi/2)/(2 pi), E[F_uv] = 1/(2 pi s),
# E[F_uu] = -xi/(4 pi s) and s = sqrt(4 - xi^2): smooth up to the ends and beyond.
def _gelu(xi, eta, phi):
    s = np.sqrt(4 - xi * xi)
    return xi * (0.25 + np.arcsin(xi / 2) / (2 * math.pi)) + 1 / (2 * math.pi * s)


def _gelu_derivative(xi, eta, phi):
    s = np.sqrt(4 - xi * xi)
    return 0.25 + (np.arcsin(xi / 2) + xi / s + xi / s**3) / (2 * math.pi)


# sin u sin v = (cos(u - v) - cos(u + v))/2, cos u cos v likewise with +, and the characteristic
# function E[cos(u -+ v)] = exp(-(1 -+ xi)) of the normal u -+ v.
def _sin(xi, eta, phi):
    return np.sinh(xi) / math.e


def _cos(xi, eta, phi):
    return np.cosh(xi) / math.e


# Williams (1997); Rasmussen & Williams (2006), equation 4.29, at unit variances.
def _erf(xi, eta, phi):
    return 2 / math.pi * np.arcsin(2 * xi / 3)


def _erf_derivative(xi, eta, phi):
    return 4 / (math.pi * np.sqrt((3 - 2 * xi) * (3 + 2 * xi)))


# E[h_m(u) h_n(v)] = xi^n if m = n, else 0: O'Donnell (2014), section 11.2.
def _hermite(xi, eta, phi):
    return xi**phi.parameter


def _hermite_derivative(xi, eta, phi):
    return phi.parameter * xi ** (phi.parameter - 1)


DUALS = {
    "relu": Dual(_rectifier, _rectifier_derivative, _rectifier_sine),
    "leaky_relu": Dual(_rectifier, _rectifier_derivative, _rectifier_sine),
    "gelu": Dual(_gelu, _gelu_derivative),
    "sin": Dual(_sin, _cos),
    "cos": Dual(_cos, _sin),
    "erf": Dual(_erf, _erf_derivative),
    "hermite": Dual(_hermite, _hermite_derivative),
}
"""By the part of the activation's name before the colon."""
