import itertools
import math

import numpy as np
import pytest
from scipy.special import erf

import networks
from spheres import sphere
from widelimit.finite_width.fluctuation import (
    fourier_fluctuation,
    nngp_fluctuation,
    nngp_variance,
    ntk_fluctuation,
    ntk_variance,
)
from widelimit.finite_width.fourth_moments import fourth_moments
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import gaussian_gram, nngp_gram, ntk_gram
from widelimit.kernels.quadrature import pair_expectation
from widelimit.linear.random_features import draw_fourier, fourier_features

ACTIVATIONS = ["relu", "leaky_relu:0.3", "gelu", "sin", "cos", "erf", "hermite:3"]
XI = np.array([-1, -0.999, -0.6, 0, 0.2, 0.9, 0.999999, 1])

# phi and phi' once more, by hand.
BY_HAND = {
    "relu": (lambda u: u * (u > 0), lambda u: 1.0 * (u > 0)),
    "leaky_relu:0.3": (lambda u: np.where(u > 0, u, 0.3 * u), lambda u: 0.3 + 0.7 * (u > 0)),
    "gelu": (
        lambda u: u * (1 + erf(u / math.sqrt(2))) / 2,
        lambda u: (1 + erf(u / math.sqrt(2))) / 2 + u * np.exp(-u * u / 2) / math.sqrt(2 * math.pi),
    ),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda u: -np.sin(u)),
    "erf": (erf, lambda u: 2 / math.sqrt(math.pi) * np.exp(-u * u)),
    "hermite:3": (
        lambda u: (u**3 - 3 * u) / math.sqrt(6),
        lambda u: (3 * u * u - 3) / math.sqrt(6),
    ),
}


def second_moment_of_a_unit(activation: str, theta: float, last_layer_only: bool) -> float:
    """E[(phi phi + a^2 xi phi' phi')^2] over a and b in R^2, for two points at the angle theta: in
    polar coordinates of b, piece by piece between the kinks."""
    phi, slope = BY_HAND[activation]
    nodes, weights = np.polynomial.legendre.leggauss(60)
    r, radial = 7.5 * (nodes + 1), 7.5 * weights
    quarter, total = math.pi / 2, 0.0
    rays = [-quarter, theta - quarter, quarter, theta + quarter, 3 * quarter]
    for start, end in itertools.pairwise(rays):
        angle = start + (end - start) * (nodes[:, None] + 1) / 2
        u, v = r * np.cos(angle), r * np.cos(angle - theta)
        features = phi(u) * phi(v)
        slopes = 0 if last_layer_only else math.cos(theta) * slope(u) * slope(v)
        over_a = features**2 + 2 * features * slopes + 3 * slopes**2
        total += (end - start) / 2 * weights @ (over_a * r * np.exp(-r * r / 2)) @ radial
    return total / (2 * math.pi)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_variance_for_two_points_by_quadrature(activation):
    theta = 0.7
    X = networks.circle(np.array([0.2, 0.2 + theta]))
    for variance, gram, last in ((ntk_variance, ntk_gram, False), (nngp_variance, nngp_gram, True)):
        second = second_moment_of_a_unit(activation, theta, last)
        expected = parse_activation(activation).scale ** 2 * second
        expected -= gram(X, activation=activation)[0, 1] ** 2
        assert variance(X, activation=activation)[0, 1] == pytest.approx(expected, rel=1e-10)
        assert variance(X, X, activation=activation)[1, 0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "leaky_relu:1", "hermite:1", "hermite:4"])
def test_fourth_moments_from_the_definition(activation):
    phi = parse_activation(activation)
    functions = (
        lambda u: phi.value(u) ** 2,
        lambda u: phi.value(u) * phi.derivative(u),
        lambda u: phi.derivative(u) ** 2,
    )
    for moment, function in zip(fourth_moments(phi, XI), functions, strict=True):
        expected = pair_expectation(function, function, XI)
        np.testing.assert_allclose(moment, expected, rtol=0, atol=1e-12 * expected[-1])


@pytest.mark.parametrize("degree", [5, 30, 100])
def test_fourth_moment_of_high_hermite_polynomials(degree):
    # He_n^2 = sum_j (n over j)^2 j! He_(2n-2j)
    terms = [
        (math.comb(degree, j) ** 2 * math.factorial(j)) ** 2 * math.factorial(2 * degree - 2 * j)
        for j in range(degree + 1)
    ]
    expected = sum(terms) / math.factorial(degree) ** 2
    moments = fourth_moments(parse_activation(f"hermite:{degree}"), np.array([1.0]))
    assert moments.value[0] == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_plain_networks_have_this_mean_and_variance(activation):
    phi, width, count = parse_activation(activation), 12, 20_000
    X = sphere(1, 3, 3)
    A, B = networks.initialise(count, width, 3, seed=2)
    K = networks.kernel(X, X, A, B, phi)
    variance = ntk_variance(X, activation=activation)
    error = np.sqrt(variance / (width * count))
    assert np.all(np.abs(K.mean(axis=0) - ntk_gram(X, activation=activation)) < 5 * error)
    squares = width * np.square(K - ntk_gram(X, activation=activation))
    error = squares.std(axis=0) / math.sqrt(count)
    assert np.all(np.abs(squares.mean(axis=0) - variance) < 5 * error)
    total = squares.sum(axis=(1, 2)) / np.linalg.norm(ntk_gram(X, activation=activation)) ** 2
    fluctuation = ntk_fluctuation(X, activation=activation)
    assert abs(total.mean() - fluctuation**2) < 5 * total.std() / math.sqrt(count)


def test_random_fourier_features_by_drawing_them():
    X, width, draws = sphere(1, 4, 3), 6, 20_000
    rng = np.random.default_rng(2)
    G = gaussian_gram(X, scale=0.5)
    W, b = draw_fourier(width * draws, 3, scale=0.5, rng=rng)
    F = fourier_features(X, W, b).reshape(4, draws, width) * math.sqrt(draws)
    K = np.einsum("xdk,zdk->dxz", F, F)
    squares = np.sum((K - G) ** 2, axis=(1, 2)) * width / np.linalg.norm(G) ** 2
    error = squares.std() / math.sqrt(draws)
    assert abs(squares.mean() - fourier_fluctuation(X, scale=0.5) ** 2) < 4 * error


@pytest.mark.parametrize("activation", ["relu", "erf"])
def test_several_outputs(activation):
    phi, width, count, outputs = parse_activation(activation), 10, 20_000, 3
    X = sphere(3, 3, 4)
    A, B = networks.initialise(count, width, 4, seed=4, outputs=outputs)
    U = X @ B.swapaxes(1, 2)
    value, slope = phi.value(U), phi.derivative(U)
    total = 0
    for p, q in itertools.product(range(outputs), repeat=2):
        block = (slope * A[:, p, None] * A[:, q, None]) @ slope.swapaxes(1, 2) * (X @ X.T)
        if p == q:
            block = block + value @ value.swapaxes(1, 2)
        block = phi.scale / width * block
        if p == q:
            block = block - ntk_gram(X, activation=activation)
        total = total + np.square(block).sum(axis=(1, 2))
    total *= width / (outputs * np.linalg.norm(ntk_gram(X, activation=activation)) ** 2)
    fluctuation = ntk_fluctuation(X, activation=activation, outputs=outputs)
    assert abs(total.mean() - fluctuation**2) < 5 * total.std() / math.sqrt(count)


def test_homogeneous_kernels_leave_the_sphere():
    X, sizes = sphere(5, 4, 3), np.array([0.5, 1.0, 2.0, 3.0])
    for variance in (ntk_variance, nngp_variance):
        scaled = variance(sizes[:, None] * X, activation="leaky_relu:0.2")
        expected = variance(X, activation="leaky_relu:0.2") * np.outer(sizes, sizes) ** 2
        np.testing.assert_allclose(scaled, expected, rtol=1e-10)
    with pytest.raises(ValueError, match="unit norm"):
        ntk_variance(2 * X, activation="gelu")


def test_a_single_point():
    # E[(2 relu(u)^2 + 2 a^2 [u > 0])^2] - 2^2 = 4 (3/2 + 2/2 + 3/2) - 4, and 4 * 3/2 - 1
    x = np.array([[0.6, 0.8]])
    assert ntk_fluctuation(x) == pytest.approx(math.sqrt(12) / 2, rel=1e-14)
    assert nngp_fluctuation(x) == pytest.approx(math.sqrt(5), rel=1e-14)


def test_refuses():
    with pytest.raises(ValueError, match="outputs must be a whole number >= 1; got 0"):
        ntk_fluctuation(np.eye(2), outputs=0)
    with pytest.raises(ValueError, match="activation must be one of"):
        nngp_fluctuation(np.eye(2), activation="tanhh")
