"""Mean test errors from a spectrum, beside means over fresh data sets."""

import math

import numpy as np
import pytest

from spheres import sphere
from widelimit import ntk_gram
from widelimit.kernels.duals import dual_activation, dual_derivative
from widelimit.linear.eigenframework import (
    Spectrum,
    learning_curve,
    random_feature_error,
    zonal,
    zonal_spectrum,
)

D = 8


def ntk(t):
    return 2 * (dual_activation("relu", t) + t * dual_derivative("relu", t))


def nngp(t):
    return 2 * dual_activation("relu", t)


TARGETS = {
    1: lambda X: math.sqrt(D) * X[:, 0],
    2: lambda X: math.sqrt(D * (D + 2)) * X[:, 0] * X[:, 1],
    4: lambda X: math.sqrt(D * (D + 2) * (D + 4) * (D + 6)) * np.prod(X[:, :4], axis=1),
}
"""Of one degree each, with mean square 1 on the sphere."""


@pytest.mark.parametrize("d", [2, 3, 8])
def test_a_polynomial_kernel_has_the_spectrum_of_its_power(d):
    """t^2 = 1/d + (t^2 - 1/d), whose parts are harmonics of degree 0 and 2; t has degree 1."""
    spectrum = zonal_spectrum(lambda t: 3 * t + t**2, d, 5)
    eigenvalues = [1 / d, 3 / d, (1 - 1 / d) / spectrum.multiplicities[2], 0, 0, 0]
    np.testing.assert_allclose(spectrum.eigenvalues, eigenvalues, atol=1e-14)
    known = {2: [1, 2, 2], 3: [1, 3, 5], 8: [1, 8, 35]}
    assert spectrum.multiplicities[:3].tolist() == known[d]
    assert spectrum.rest == pytest.approx(0, abs=1e-12)


def test_eigenvalues_are_those_of_a_large_gram_matrix():
    rng = np.random.default_rng(0)
    spectrum = zonal_spectrum(ntk, D, 30)
    found = np.linalg.eigvalsh(ntk_gram(sphere(rng, 1500, D)) / 1500)[::-1]
    assert found[0] == pytest.approx(spectrum.eigenvalues[0], rel=0.02)
    assert np.mean(found[1 : 1 + D]) == pytest.approx(spectrum.eigenvalues[1], rel=0.02)


@pytest.mark.parametrize("n", [1, 8, 64, 512, 4096])
def test_learnabilities_sum_to_the_number_of_points(n):
    spectrum = zonal_spectrum(ntk, D, 60)
    curve = learning_curve(spectrum, n)
    total = spectrum.multiplicities @ curve.learnabilities + spectrum.rest / curve.kappa
    assert abs(total - n) <= 1e-10 * n
    assert ((curve.learnabilities >= 0) & (curve.learnabilities <= 1)).all()


@pytest.mark.parametrize("n, draws", [(8, 300), (32, 300), (128, 100)])
def test_learning_curves_are_the_means_over_data_sets(n, draws):
    rng = np.random.default_rng(n)
    errors = {degree: [] for degree in TARGETS}
    for _ in range(draws):
        X, Z = sphere(rng, n, D), sphere(rng, 300, D)
        solve = np.linalg.solve(ntk_gram(X), ntk_gram(X, Z)).T
        for degree, f in TARGETS.items():
            errors[degree].append(np.mean((solve @ f(X) - f(Z)) ** 2))
    curve = learning_curve(zonal_spectrum(ntk, D, 60), n)
    for degree, values in errors.items():
        theory = math.sqrt(curve.errors[degree])
        assert math.sqrt(np.mean(values)) == pytest.approx(theory, rel=0.1), degree


@pytest.mark.parametrize("features", [6, 30, 48, 84, 180, 600])
def test_double_descent_is_the_mean_over_data_sets(features):
    n, noise, draws = 60, 0.25, 100
    rng = np.random.default_rng(features)

    def f(X):
        return 3 * X[:, 0] + 5 * X[:, 1] * X[:, 2]

    errors = []
    for _ in range(draws):
        X, Z, B = sphere(rng, n, D), sphere(rng, 300, D), rng.standard_normal((features, D))
        F, G = (np.maximum(points @ B.T, 0) for points in (X, Z))
        y = f(X) + math.sqrt(noise) * rng.standard_normal(n)
        errors.append(np.mean((G @ np.linalg.lstsq(F, y, rcond=None)[0] - f(Z)) ** 2))
    power = [0, 9 / D, 25 / (D * (D + 2))]
    theory = random_feature_error(
        zonal_spectrum(nngp, D, 60), power, n=n, features=features, noise_variance=noise
    )
    # Of root mean squares; the mean of so many scatters by some percent close to the peak.
    assert math.sqrt(np.mean(errors)) == pytest.approx(math.sqrt(theory), rel=0.1)


def test_many_features_are_the_kernel():
    spectrum = zonal_spectrum(nngp, D, 60)
    power = [0.2, 0.5, 0.3]
    curve = learning_curve(spectrum, 50)
    theory = curve.errors[:3] @ power + (curve.inflation - 1) * 0.1
    many = random_feature_error(spectrum, power, n=50, features=10**9, noise_variance=0.1)
    assert many == pytest.approx(theory, rel=1e-6)


def test_kernels_along_the_circle_are_those_of_the_sphere():
    t = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(zonal(ntk_gram)(t), ntk(t), rtol=1e-13, atol=1e-15)


def test_the_threshold_is_refused():
    with pytest.raises(ValueError, match=r"features must differ from n.*; got 50"):
        random_feature_error(zonal_spectrum(nngp, D, 5), [1], n=50, features=50)


def test_more_points_than_eigenvalues_are_refused_without_a_ridge():
    spectrum = Spectrum(np.array([0.5, 0.1, 0.0]), np.array([1.0, 3.0, 5.0]), 0.0)
    with pytest.raises(ValueError, match=r"n must be below the 4 harmonics .* got n = 10"):
        learning_curve(spectrum, 10)
    assert learning_curve(spectrum, 10, ridge=0.1).kappa > 0
