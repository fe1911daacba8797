"""Kernels of several hidden layers."""

import math

import mpmath as mp
import numpy as np
import pytest

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram

pytestmark = pytest.mark.usefixtures("way")

ACTIVATIONS = ["relu", "leaky_relu:0.2", "gelu", "sin", "cos", "erf", "hermite:3"]


def mp_layer(activation, xi):
    """c phi^ and c phi^' in the closed forms of `duals`, written again."""
    phi = parse_activation(activation)
    s = mp.mpf(phi.slope or 0)
    pi, root = mp.pi, mp.sqrt(1 - xi**2)
    if phi.slope is not None:
        rest = (pi - mp.acos(xi)) / pi
        scale, relu = 1 / (1 + s**2), xi * rest + root / pi
        return scale * ((1 - s) ** 2 * relu + 2 * s * xi), scale * ((1 - s) ** 2 * rest + 2 * s)
    if phi.family == "gelu":
        t = mp.sqrt(4 - xi**2)
        value = xi * (mp.mpf(1) / 4 + mp.asin(xi / 2) / (2 * pi)) + 1 / (2 * pi * t)
        slope = mp.mpf(1) / 4 + (mp.asin(xi / 2) + xi / t + xi / t**3) / (2 * pi)
        one = mp.mpf(1) / 3 + 1 / (2 * pi * mp.sqrt(3))
        return value / one, slope / one
    if phi.family == "erf":
        return mp.asin(2 * xi / 3) / mp.asin(mp.mpf(2) / 3), 2 / (
            mp.asin(mp.mpf(2) / 3) * mp.sqrt(9 - 4 * xi**2)
        )
    if phi.family in ("sin", "cos"):
        value, slope = (mp.sinh, mp.cosh) if phi.family == "sin" else (mp.cosh, mp.sinh)
        return value(xi) / value(mp.mpf(1)), slope(xi) / value(mp.mpf(1))
    n = int(phi.parameter)
    return xi**n, n * xi ** (n - 1)


def mp_recursion(activation, depth, x, z):
    """Sigma_L and Theta_L of the doubles as they are, by the definition."""
    x, z = (mp.matrix([mp.mpf(t) for t in v]) for v in (x, z))
    sigma = theta = mp.fdot(x, z) / (mp.norm(x) * mp.norm(z))
    for _ in range(depth):
        value, slope = mp_layer(activation, sigma)
        sigma, theta = value, value + theta * slope
    return float(sigma), float(theta)


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_depth_against_a_plain_recursion_in_50_digits(activation, depth):
    angles = np.concatenate([10.0 ** -np.arange(0, 17, 2), np.linspace(0.02, 3.12, 60)])
    angles = np.concatenate([angles, np.pi - angles[:9]])
    Z = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    x = np.array([[1.0, 0.0]])
    with mp.workdps(50):
        sigma, theta = np.array([mp_recursion(activation, depth, x[0], z) for z in Z]).T
        steepest = float(mp_layer(activation, mp.mpf(1))[1])
    # An error of a correlation grows by the slope of c phi^ from layer to layer.
    tolerance = 4e-15 * steepest**depth * depth
    options = {"activation": activation, "depth": depth}
    np.testing.assert_allclose(nngp_gram(x, Z, **options)[0], sigma, rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        ntk_gram(x, Z, **options)[0], theta, rtol=0, atol=tolerance * theta.max()
    )
    on_diagonal = sum(steepest**layer for layer in range(depth + 1))
    np.testing.assert_allclose(np.diag(nngp_gram(Z, **options)), 1, rtol=1e-14)
    np.testing.assert_allclose(np.diag(ntk_gram(Z, **options)), on_diagonal, rtol=1e-13)


def deep_network_kernels(X, activation, depth, width, rng):
    """Last hidden layers' x.z and gradients' x.z of one random network, backpropagated by hand."""
    phi = parse_activation(activation)
    s = math.sqrt(phi.scale / width)
    layers, slopes, weights = [X], [], []
    for _ in range(depth):
        W = rng.standard_normal((width, layers[-1].shape[1]))
        U = layers[-1] @ W.T
        weights.append(W)
        slopes.append(s * phi.derivative(U))
        layers.append(s * phi.value(U))
    delta = rng.standard_normal(width)  # df / d layer
    ntk = nngp = layers[-1] @ layers[-1].T
    for below, slope, W in zip(layers[-2::-1], slopes[::-1], weights[::-1], strict=True):
        at_U = delta * slope
        ntk = ntk + (at_U @ at_U.T) * (below @ below.T)
        delta = at_U @ W
    return nngp, ntk


@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.2", "gelu", "erf", "cos"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_depth_against_wide_networks(activation, depth):
    rng = np.random.default_rng(depth)
    X, width, count = sphere(rng, 4, 3), 256, 200
    samples = np.array(
        [deep_network_kernels(X, activation, depth, width, rng) for _ in range(count)]
    )
    error = samples.std(axis=0) / math.sqrt(count)
    for mean, se, gram in zip(samples.mean(axis=0), error, (nngp_gram, ntk_gram), strict=True):
        K = gram(X, activation=activation, depth=depth)
        # Four standard errors, and for several layers the mean's own distance, of order L^2 / k.
        bound = 4 * se + (depth - 1) * depth / width * np.abs(K).max()
        assert (np.abs(mean - K) <= bound).all()
        assert bound.max() < 0.15 * np.abs(K).max()


def test_homogeneous_kernels_scale_with_the_norms_at_any_depth():
    rng = np.random.default_rng(0)
    X, norms = sphere(rng, 6, 3), np.exp(rng.normal(size=6))
    for gram in (nngp_gram, ntk_gram):
        expected = gram(X, depth=3) * norms[:, None] * norms
        np.testing.assert_allclose(gram(norms[:, None] * X, depth=3), expected, rtol=1e-13)


@pytest.mark.parametrize("depth", [0, -1, 1.5, math.nan, "2", True])
def test_bad_depth(depth):
    for gram in (nngp_gram, ntk_gram):
        with pytest.raises(ValueError, match="depth must be a whole number >= 1; got"):
            gram(np.eye(2), depth=depth)
