import math

import numpy as np
import pytest

from spheres import sphere
from widelimit.kernels.gram import gaussian_gram, nngp_gram
from widelimit.linear.random_features import draw_fourier, fourier_features, neuron_features
from widelimit.measure.distances import relative_frobenius
from widelimit.measure.slopes import fit_slope
from widelimit.networks.model import forward
from widelimit.networks.tangent import last_layer_kernel

ACTIVATIONS = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_network_is_linear_in_its_features(activation):
    rng = np.random.default_rng(1)
    X, A, B = sphere(0, 6, 3), rng.standard_normal((1, 9)), rng.standard_normal((9, 3))
    F = neuron_features(X, B, activation=activation)
    np.testing.assert_allclose(F @ A[0], forward(X, A, B, activation=activation), atol=1e-14)
    np.testing.assert_allclose(
        F @ F.T, last_layer_kernel(X, None, B, activation=activation), atol=1e-14
    )


def test_fourier_features_entry_by_entry():
    X = np.random.default_rng(0).standard_normal((4, 3))
    W, b = draw_fourier(5, 3, scale=0.7, rng=np.random.default_rng(2))
    F = fourier_features(X, W, b)
    for i in range(4):
        for j in range(5):
            angle = sum(X[i, m] * W[j, m] for m in range(3)) + b[j]
            assert F[i, j] == pytest.approx(math.sqrt(2 / 5) * math.cos(angle), abs=1e-15)


@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
def test_fourier_features_have_the_gaussian_kernel_as_mean(scale):
    # Off the sphere too. Four standard errors of the average over all features.
    X = np.random.default_rng(0).standard_normal((6, 3))
    width = 200_000
    F = fourier_features(X, *draw_fourier(width, 3, scale=scale, rng=np.random.default_rng(3)))
    products = width * F[:, None] * F[None]
    error = 4 * products.std(axis=2) / math.sqrt(width)
    assert (np.abs(F @ F.T - gaussian_gram(X, scale=scale)) <= error).all()


def test_without_random_phases_the_mean_is_another():
    X = sphere(0, 6, 3)
    W, b = draw_fourier(50_000, 3, scale=1.0, rng=np.random.default_rng(3))
    F = fourier_features(X, W, 0 * b)
    assert np.abs(F @ F.T - gaussian_gram(X, scale=1.0)).max() > 0.1


def deviations(gram, features, widths, seeds=12):
    X = sphere(0, 20, 5)
    limit = gram(X)
    for width in widths:
        for seed in range(seeds):
            F = features(X, width, np.random.default_rng([width, seed]))
            yield width, relative_frobenius(F @ F.T, limit)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_kernels_of_neurons_approach_nngp_with_slope_minus_one_half(activation):
    measured = deviations(
        lambda X: nngp_gram(X, activation=activation),
        lambda X, k, rng: neuron_features(X, rng.standard_normal((k, 5)), activation=activation),
        [256, 1024, 4096, 16384],
    )
    fit = fit_slope(*zip(*measured, strict=True))
    assert abs(fit["slope"] + 0.5) < 0.1
    assert fit["slope_high"] - fit["slope_low"] < 0.15


def test_kernels_of_random_cosines_approach_the_gaussian_with_slope_minus_one_half():
    measured = deviations(
        lambda X: gaussian_gram(X, scale=0.5),
        lambda X, k, rng: fourier_features(X, *draw_fourier(k, 5, scale=0.5, rng=rng)),
        [64, 256, 1024, 4096],
    )
    assert abs(fit_slope(*zip(*measured, strict=True))["slope"] + 0.5) < 0.1


def test_mean_square_deviation_is_exactly_that_of_an_average():
    # E|K_k - K|^2 = (1/k) sum of Var[c phi(u) phi(v)]: with one unit, and with many.
    X = sphere(0, 8, 4)
    limit = nngp_gram(X)
    rng = np.random.default_rng(5)
    one = [np.sum((f @ f.T - limit) ** 2) for f in _draws(X, 1, 40_000, rng)]
    many = [16 * np.sum((f @ f.T - limit) ** 2) for f in _draws(X, 16, 10_000, rng)]
    error = math.hypot(np.std(one) / 200, np.std(many) / 100)
    assert abs(np.mean(one) - np.mean(many)) < 4 * error


def _draws(X, width, times, rng):
    for _ in range(times):
        yield neuron_features(X, rng.standard_normal((width, X.shape[1])))


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"width": 0}, "width must be a whole number >= 1; got 0"),
        ({"d": 1.5}, "d must be a whole number >= 1; got 1.5"),
        ({"scale": 0.0}, "scale must be positive and finite; got 0.0"),
        ({"scale": math.inf}, "scale must be positive"),
    ],
)
def test_draws_refuse(changes, match):
    with pytest.raises(ValueError, match=match):
        draw_fourier(
            **{"width": 3, "d": 2, "scale": 1.0, "rng": np.random.default_rng(0)} | changes
        )
