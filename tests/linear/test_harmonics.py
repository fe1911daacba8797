"""Sums over spherical harmonics, against explicit ones and quadrature."""

import math

import numpy as np
import pytest
from scipy.special import eval_gegenbauer

from widelimit.linear.harmonics import multiplicity, power_by_degree, zonal_polynomials


@pytest.mark.parametrize("d", [3, 8, 20])
def test_polynomials_are_gegenbauers(d):
    t, alpha = np.linspace(-1, 1, 21), (d - 2) / 2
    for degree, P in enumerate(zonal_polynomials(t, d, 7)):
        expected = eval_gegenbauer(degree, alpha, t) / eval_gegenbauer(degree, alpha, 1.0)
        np.testing.assert_allclose(P, expected, atol=1e-13)


def test_on_the_circle_they_are_cosines():
    angle = np.linspace(0, math.pi, 30)
    P = zonal_polynomials(np.cos(angle), 2, 6)
    np.testing.assert_allclose(P, np.cos(np.arange(7)[:, None] * angle), atol=1e-13)
    assert zonal_polynomials(0.3, 5, 0).tolist() == [1.0]


def test_they_are_the_mean_over_the_harmonics_of_a_degree():
    """Of degree 2 in three dimensions: five harmonics, each with mean square 1."""
    rng = np.random.default_rng(0)
    X, Z = (P / np.linalg.norm(P, axis=1, keepdims=True) for P in rng.standard_normal((2, 9, 3)))

    def harmonics(P):
        x, y, z = P.T
        products = [math.sqrt(15) * pair for pair in (x * y, y * z, z * x, (x * x - y * y) / 2)]
        return np.array([*products, math.sqrt(5) / 2 * (3 * z * z - 1)])

    assert multiplicity(3, 2) == 5
    mean = np.mean(harmonics(X) * harmonics(Z), axis=0)
    np.testing.assert_allclose(mean, zonal_polynomials(np.sum(X * Z, axis=1), 3, 2)[2], atol=1e-13)


@pytest.mark.parametrize("d", [2, 3, 8])
def test_powers_of_a_polynomial(d):
    """3 x_0 has degree 1, 5 x_0 x_1 degree 2, 4 degree 0; what is not there is not found."""

    def f(X):
        return 4 + 3 * X[:, 0] + 5 * X[:, 0] * X[:, 1]

    power = power_by_degree(f, d, rng=np.random.default_rng(0))
    expected = np.array([16, 9 / d, 25 / (d * (d + 2))])
    np.testing.assert_allclose(power[:3], expected, rtol=0.03)
    assert np.abs(power[3:]).max() < 1e-12


def test_powers_of_a_kink_against_quadrature():
    d, t = 8, np.cos(math.pi * (np.arange(20_000) + 0.5) / 20_000)
    weights = (1 - t * t) ** ((d - 2) / 2)  # in the angle
    weights /= weights.sum()
    power = power_by_degree(lambda X: np.abs(X[:, 0]), d, rng=np.random.default_rng(1))
    for degree, P in enumerate(zonal_polynomials(t, d, 4)):
        expected = multiplicity(d, degree) * (weights @ (np.abs(t) * P)) ** 2
        assert power[degree] == pytest.approx(expected, rel=0.03, abs=1e-12)
    assert power.sum() == pytest.approx(1 / d, rel=0.02)
