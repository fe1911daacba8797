import math

import numpy as np
import pytest
from scipy.special import eval_hermitenorm, roots_hermitenorm

from widelimit.kernels.activations import NAMES, parse_activation
from widelimit.kernels.duals import dual_activation
from widelimit.kernels.hermite import dual_series, hermite_coefficients, truncation_error

ALL = [
    "relu",
    "leaky_relu:0.1",
    "leaky_relu:1",
    "gelu",
    "sin",
    "cos",
    "erf",
    "hermite:3",
    "hermite:17",
]
XI = np.linspace(-1, 1, 41)


def by_quadrature(name, degree):
    """a_n = int phi(u) h_n(u) density(u) du; a kink at 0 is an end of the four intervals."""
    nodes, weights = np.polynomial.legendre.leggauss(70)
    total = 0.0
    for low, high in ((-15, -6), (-6, 0), (0, 6), (6, 15)):
        u = (low + high) / 2 + (high - low) / 2 * nodes
        density = np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi) * weights * (high - low) / 2
        h = eval_hermitenorm(degree, u) / math.sqrt(math.factorial(degree))
        total += np.sum(density * h * parse_activation(name).value(u))
    return total


@pytest.mark.parametrize("name", ALL)
def test_coefficients_against_quadrature(name):
    expected = [by_quadrature(name, n) for n in range(41)]
    np.testing.assert_allclose(hermite_coefficients(name, 40), expected, rtol=0, atol=1e-13)


def test_every_family_is_tested():
    assert {name.partition(":")[0] for name in ALL} == {
        name.partition(":")[0] for name in NAMES.split(", ")
    }


@pytest.mark.parametrize("name", ["gelu", "sin", "cos", "erf", "hermite:3", "leaky_relu:1"])
def test_series_of_smooth_duals_is_the_closed_form(name):
    series = dual_series(hermite_coefficients(name, 150), XI)
    np.testing.assert_allclose(series, dual_activation(name, XI), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["relu", "leaky_relu:0.1"])
def test_series_of_kinked_duals_approaches_the_closed_form(name):
    # a_n^2 is of the order n^-5/2 for even n: what is left out falls as N^-3/2.
    exact = dual_activation(name, XI)
    errors = [
        np.abs(dual_series(hermite_coefficients(name, degree), XI) - exact).max()
        for degree in (100, 400, 1600)
    ]
    np.testing.assert_allclose(np.diff(np.log2(errors)) / 2, -1.5, atol=0.02)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 5, 10, 30])
def test_truncation_error_is_the_largest_difference(name, degree):
    series = dual_series(hermite_coefficients(name, degree), XI)
    measured = np.abs(dual_activation(name, XI) - series).max()
    assert truncation_error(name, degree) == pytest.approx(measured, rel=0, abs=1e-12)


def test_shorter_series_are_beginnings_of_longer_ones():
    whole = hermite_coefficients("gelu", 9)
    for degree in range(9):
        np.testing.assert_array_equal(hermite_coefficients("gelu", degree), whole[: degree + 1])


def test_polynomials_are_orthonormal():
    """E[h_m(g) h_n(g)] is 1 for m = n and 0 elsewhere, by a rule exact for polynomials."""
    nodes, weights = roots_hermitenorm(40)
    h = [parse_activation(f"hermite:{n}").value(nodes) for n in range(1, 11)]
    h = np.stack([np.ones_like(nodes), *h])
    gram = (h * weights / np.sqrt(2 * np.pi)) @ h.T
    np.testing.assert_allclose(gram, np.eye(11), atol=1e-12)


def test_hermite_activations_are_single_terms():
    assert hermite_coefficients("hermite:4", 6).tolist() == [0, 0, 0, 0, 1, 0, 0]
    assert hermite_coefficients("hermite:7", 3).tolist() == [0, 0, 0, 0]
    assert truncation_error("hermite:7", 3) == 1


def test_coefficients_rebuild_the_activation():
    # Convergence in the mean: the density-weighted distance is the truncation error.
    a, u = hermite_coefficients("erf", 60), np.linspace(-9, 9, 2001)
    rebuilt = sum(
        a_n * eval_hermitenorm(n, u) / math.sqrt(math.factorial(n)) for n, a_n in enumerate(a)
    )
    density = np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi) * (u[1] - u[0])
    distance = np.sum(density * (parse_activation("erf").value(u) - rebuilt) ** 2)
    assert distance == pytest.approx(truncation_error("erf", 60), abs=1e-13)


@pytest.mark.parametrize("degree", [-1, 2.5])
def test_refuses(degree):
    with pytest.raises(ValueError, match="degree must be a whole number >= 0"):
        hermite_coefficients("relu", degree)
    with pytest.raises(ValueError, match="activation must be one of"):
        hermite_coefficients("tanhh", 3)
