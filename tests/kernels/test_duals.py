import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widelimit.kernels.activations import NAMES, parse_activation
from widelimit.kernels.duals import DUALS, dual_activation, dual_derivative

DIGITS = 40
RECTIFIERS = ["relu", "leaky_relu:0.1", "leaky_relu:1"]
SMOOTH = ["gelu", "sin", "cos", "erf", "hermite:1", "hermite:2", "hermite:3", "hermite:7"]
ENDS = [1 - 10.0**-k for k in (15, 12, 8, 4, 2)]
NEAR_ZERO = [0.0, -0.0, 1e-300, 1e-9, -1e-9]
GRID = np.array([-1.0, 1.0, *NEAR_ZERO, *ENDS, *np.negative(ENDS), *np.linspace(-0.95, 0.95, 14)])


def rectifier_definition(name, xi):
    """phi^ and its derivative as integrals over the angle, where E[r^2] = 2, in 40 digits."""
    theta = mp.acos(mp.mpf(xi))
    slope = mp.mpf(parse_activation(name).slope)
    kinks = [mp.pi / 2, 3 * mp.pi / 2]
    kinks += [(theta + k) % (2 * mp.pi) for k in kinks]
    pieces = sorted({mp.mpf(0), 2 * mp.pi, *kinks})

    def gate(u):
        return mp.mpf(1) if u > 0 else slope

    def derivatives(a):
        return gate(mp.cos(a)) * gate(mp.cos(a - theta))

    def values(a):
        return derivatives(a) * mp.cos(a) * mp.cos(a - theta)

    return 2 * mp.quad(values, pieces) / (2 * mp.pi), mp.quad(derivatives, pieces) / (2 * mp.pi)


MP_ACTIVATIONS = {
    "gelu": lambda u: u * mp.ncdf(u),
    "sin": mp.sin,
    "cos": mp.cos,
    "erf": mp.erf,
}


@cache
def squared_hermite_coefficients(name):
    """E[phi(g) h_n(g)]^2 for n < 180, by the trapezoidal rule, exponentially accurate here."""
    with mp.workdps(DIGITS):
        step, terms = mp.mpf(1) / 9, 180
        nodes = [step * k for k in range(-180, 181)]
        lower = [mp.mpf(0)] * len(nodes)
        # The coefficient is a sum of weights times h_n; carry the weighted h_n by recurrence.
        weighted = [step * mp.npdf(u) * MP_ACTIVATIONS[name](u) for u in nodes]
        squares = []
        for n in range(terms):
            squares.append(mp.fsum(weighted) ** 2)
            a, b = 1 / mp.sqrt(n + 1), mp.sqrt(n) / mp.sqrt(n + 1)
            following = [a * u * w - b * v for u, w, v in zip(nodes, weighted, lower, strict=True)]
            lower, weighted = weighted, following
        return squares


@pytest.mark.parametrize("name", MP_ACTIVATIONS)
def test_smooth_duals_against_their_hermite_series(name):
    squares = squared_hermite_coefficients(name)
    with mp.workdps(DIGITS):
        powers = [[mp.mpf(xi) ** n for n in range(len(squares))] for xi in GRID]
        value = [float(mp.fdot(squares, power)) for power in powers]
        slopes = [n * a for n, a in enumerate(squares)][1:]
        derivative = [float(mp.fdot(slopes, power[:-1])) for power in powers]
    np.testing.assert_allclose(dual_activation(name, GRID), value, rtol=0, atol=1e-15)
    np.testing.assert_allclose(dual_derivative(name, GRID), derivative, rtol=0, atol=1e-15)


def smooth_definition(name, xi):
    """The same by the trapezoidal rule over the plane of u and w, v = xi u + sqrt(1 - xi^2) w."""
    phi = parse_activation(name)
    nodes, step = np.linspace(-15, 15, 301, retstep=True)
    weights = step * np.exp(-(nodes**2) / 2) / math.sqrt(2 * math.pi)
    v = xi * nodes[:, None] + math.sqrt(1 - xi**2) * nodes
    return [(weights * f(nodes)) @ f(v) @ weights for f in (phi.value, phi.derivative)]


@pytest.mark.parametrize("name", RECTIFIERS + SMOOTH)
def test_duals_against_their_definition(name):
    if name in RECTIFIERS:
        definition, at, tolerance = rectifier_definition, GRID, 1e-15
    else:
        definition, at, tolerance = smooth_definition, GRID[::2], 1e-13
    with mp.workdps(DIGITS):
        expected = np.array([definition(name, xi) for xi in at], dtype=float).T
    for dual, values in zip((dual_activation, dual_derivative), expected, strict=True):
        np.testing.assert_allclose(dual(name, at), values, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", RECTIFIERS + SMOOTH)
def test_derivative_against_central_differences(name):
    xi, h = np.linspace(-0.9, 0.9, 37), 1e-4
    points = xi + h * np.array([-2, -1, 1, 2])[:, None]
    differences = np.array([1, -8, 8, -1]) @ dual_activation(name, points) / (12 * h)
    np.testing.assert_allclose(dual_derivative(name, xi), differences, rtol=0, atol=1e-10)


@pytest.mark.parametrize("degree", [1, 2, 30, 100])
def test_hermite_duals_are_powers(degree):
    name = f"hermite:{degree}"
    with mp.workdps(DIGITS):
        value = [float(mp.mpf(xi) ** degree) for xi in GRID]
        derivative = [float(degree * mp.mpf(xi) ** (degree - 1)) for xi in GRID]
    np.testing.assert_allclose(dual_activation(name, GRID), value, rtol=0, atol=1e-15)
    np.testing.assert_allclose(dual_derivative(name, GRID), derivative, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("name", RECTIFIERS + SMOOTH)
def test_dual_at_one_is_the_second_moment(name):
    moment = parse_activation(name).second_moment
    assert dual_activation(name, 1.0) == pytest.approx(moment, rel=1e-15)


def test_relu_ends_are_exact():
    assert dual_activation("relu", [-1.0, 1.0]).tolist() == [0.0, 0.5]
    assert dual_derivative("relu", [-1.0, 0.0, 1.0]).tolist() == [0.0, 0.25, 0.5]


@given(
    name=st.sampled_from(RECTIFIERS + SMOOTH),
    a=st.floats(0, 1),
    b=st.floats(0, 1),
    weight=st.floats(0, 1),
)
def test_duals_are_increasing_and_convex_on_the_positive_half(name, a, b, weight):
    # A power series with coefficients a_n^2 >= 0.
    a, b = min(a, b), max(a, b)
    between = weight * a + (1 - weight) * b
    values = dual_activation(name, [a, between, b])
    assert values[0] <= values[2] + 1e-15
    assert values[1] <= weight * values[0] + (1 - weight) * values[2] + 1e-14
    assert abs(dual_activation(name, -b)) <= values[2] + 1e-15


@pytest.mark.parametrize("dual", [dual_activation, dual_derivative])
def test_shapes_follow_xi(dual):
    assert isinstance(dual("relu", 0.3), float)
    assert isinstance(dual("gelu", np.float32(0.5)), float)
    assert dual("erf", [[0.1, 0.2, 0.3]]).shape == (1, 3)
    assert dual("cos", np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert dual("hermite:2", [0, 1]).dtype == float


@pytest.mark.parametrize("dual", [dual_activation, dual_derivative])
def test_xi_outside_its_range(dual):
    assert dual("relu", 1 + 1e-13) == dual("relu", 1.0)
    assert dual("relu", -1 - 1e-13) == dual("relu", -1.0)
    for xi in (1 + 1e-11, -1.5, math.nan, math.inf, [0.0, 2.0]):
        with pytest.raises(ValueError, match=r"xi must lie in \[-1, 1\]; got"):
            dual("relu", xi)


def test_every_activation_has_a_dual():
    assert set(DUALS) == {name.partition(":")[0] for name in NAMES.split(", ")}
