"""Duals of activations without a closed form, by quadrature once, then from a Chebyshev series.

phi^ and its derivative, as functions of the angle theta = arccos xi, are analytic on all of
[0, pi] if phi is smooth but for a kink at 0, where xi itself has a square root at its ends.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.polynomial import Chebyshev

from widelimit.kernels.activations import Activation
from widelimit.kernels.quadrature import expectation, pair_expectation

TOLERANCE = 1e-10
"""Of c times both functions: beyond, an activation is refused."""
DEGREE, CHECKS = 90, 33
REFINEMENTS, SLOWEST = (1, 2, 4), 10
"""Nodes are doubled while that makes the error ten times smaller."""

Function = Callable[[np.ndarray], np.ndarray]


@cache
def quadrature_duals(phi: Activation) -> tuple[Function, Function, float]:
    """phi^ and its derivative as functions of theta in [0, pi], and c times their largest error.

    The error is measured between the nodes and at both ends, against a quadrature of twice as many
    nodes in each direction and, at xi = 1, against E[phi(g)^2] and E[phi'(g)^2] in one dimension.
    Raises ValueError where it stays above `TOLERANCE`: phi has a kink or jump away from 0, or bends
    too sharply.
    """
    before = math.inf
    for refinement in REFINEMENTS:
        series = [_interpolate(f, refinement) for f in (phi.value, phi.derivative)]
        error = phi.scale * max(
            _error(f, each, refinement)
            for f, each in zip((phi.value, phi.derivative), series, strict=True)
        )
        if error <= TOLERANCE:
            return *series, error
        if error > before / SLOWEST:
            break
        before = error
    raise ValueError(
        f"activation {phi.name!r} has a dual that quadrature finds to {error:.1g} only, not to"
        f" {TOLERANCE:g}: it must be smooth but for a kink at u = 0, and not bend too sharply"
    )


def _interpolate(f: Function, refinement: int) -> Chebyshev:
    def dual(theta):
        return pair_expectation(f, f, np.cos(theta), refinement=refinement)

    return Chebyshev.interpolate(dual, DEGREE, domain=[0, math.pi]).trim(1e-17)


def _error(f: Function, series: Chebyshev, refinement: int) -> float:
    theta = np.linspace(0, math.pi, CHECKS)
    finer = pair_expectation(f, f, np.cos(theta), refinement=2 * refinement)
    at_1 = expectation(lambda u: f(u) ** 2, panels=128 * refinement)
    error = max(np.abs(series(theta) - finer).max(), abs(series(0.0) - at_1))
    return float(error) if np.isfinite(error) else math.inf
