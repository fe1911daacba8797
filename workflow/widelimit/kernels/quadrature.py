"""E[f(u) g(v)] for standard normal u and v of correlation xi, straight from the definition.

It knows no closed form and no series, so that both can be held against it.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np

from widelimit.validation import finite

MAX_DEGREE = 20
RADIUS, RADIAL_NODES, ANGULAR_NODES = 18.0, 100, 48
"""The density has fallen to 1e-70 at this radius; the nodes are Gauss-Legendre's."""

PANEL_NODES = 20

Function = Callable[[np.ndarray], np.ndarray]


def pair_expectation(f: Function, g: Function, xi, *, refinement: int = 1) -> np.ndarray:
    """E[f(u) g(v)] = 1/(2 pi) int int f(r cos a) g(r cos(a - theta)) r exp(-r^2/2) dr da.

    f, g  : elementwise, smooth but for a kink or a jump at 0, growing no faster than a polynomial
            of degree MAX_DEGREE
    xi    : correlation cos theta in [-1, 1], shape (m,)
    refinement : how many times as many nodes in each direction, for functions that bend sharply
    Returns (m,), right to 1e-13 of sqrt(E[f^2] E[g^2]). Raises ValueError for other xi.
    In polar coordinates a kink at 0 lies along two rays, so that each of the four arcs between
    the rays of f and g has a smooth integrand.
    """
    xi = finite("xi", xi, ("m",), empty=True)
    if (np.abs(xi) > 1).any():
        raise ValueError(f"xi must lie in [-1, 1]; got {xi[np.abs(xi) > 1][0]}")
    theta = np.arctan2(np.sqrt((1 - xi) * (1 + xi)), xi)
    nodes, weights = np.polynomial.legendre.leggauss(RADIAL_NODES * refinement)
    r = RADIUS * (nodes + 1) / 2
    radial = RADIUS / 2 * weights * r * np.exp(-r * r / 2) / (2 * math.pi)
    nodes, angular = np.polynomial.legendre.leggauss(ANGULAR_NODES * refinement)
    total = np.zeros_like(xi)
    quarter = np.full_like(xi, math.pi / 2)
    rays = (-quarter, theta - quarter, quarter, theta + quarter, 3 * quarter)
    for start, end in itertools.pairwise(rays):
        half = (end - start)[:, None] / 2
        a = start[:, None] + half * (nodes + 1)
        values = f(r * np.cos(a)[..., None]) * g(r * np.cos(a - theta[:, None])[..., None])
        total += (values @ radial * (half * angular)).sum(axis=1)
    return total


def expectation(f: Function, *, panels: int = 64) -> float:
    """E[f(u)] for standard normal u, by Gauss-Legendre on panels that meet at 0; f as above."""
    nodes, weights = np.polynomial.legendre.leggauss(PANEL_NODES)
    half = RADIUS / panels
    u = (half * (2 * np.arange(panels) - panels + 1))[:, None] + half * nodes
    density = np.exp(-u * u / 2) / math.sqrt(2 * math.pi)
    return float(np.sum(f(u) * density * weights) * half)
