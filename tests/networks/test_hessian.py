import math
from functools import partial
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad

from widelimit.kernels.activations import parse_activation
from widelimit.networks.hessian import hessian_norm, median_hessian_norm, median_largest_readout
from widelimit.networks.model import forward

SMOOTH = ["gelu", "sin", "cos", "erf", "hermite:1", "hermite:2", "hermite:3", "hermite:7"]
KINKED = ["relu", "leaky_relu:0.1"]

PHI = {
    "gelu": lambda u: u * mp.ncdf(u),
    "sin": mp.sin,
    "cos": mp.cos,
    "erf": mp.erf,
    "hermite:1": lambda u: u,
    "hermite:2": lambda u: (u**2 - 1) / mp.sqrt(2),
    "hermite:3": lambda u: (u**3 - 3 * u) / mp.sqrt(6),
    "hermite:7": lambda u: (u**7 - 21 * u**5 + 105 * u**3 - 105 * u) / mp.sqrt(5040),
}


@pytest.fixture(params=SMOOTH)
def activation(request):
    return request.param


@pytest.fixture
def network():
    """Six units, three inputs of any norm."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(1, 6)), rng.normal(size=(6, 3)), rng.normal(size=(4, 3))


@pytest.mark.parametrize("u", [-3.7, -1.0, -0.2, 0.0, 0.6, 2.0, 4.5])
def test_second_derivatives_against_mpmath(activation, u):
    with mp.workdps(40):
        expected = float(mp.diff(PHI[activation], u, 2))
    found = parse_activation(activation).second_derivative(np.array([u]))[0]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


def dense_hessian(activation, x, a, B):
    """The matrix of all second derivatives, entry by entry, from derivatives of phi by mpmath.

    The weights in the order of `jacobian`: all of A, then B row by row.
    """
    k, d = B.shape
    s = math.sqrt(parse_activation(activation).scale / k)
    H = np.zeros((k + k * d, k + k * d))
    with mp.workdps(30):
        for j in range(k):
            u = mp.fdot(map(mp.mpf, B[j]), map(mp.mpf, x))
            first, second = (float(mp.diff(PHI[activation], u, n)) for n in (1, 2))
            for i in range(d):
                at = k + j * d + i
                H[j, at] = H[at, j] = s * first * x[i]
                for other in range(d):
                    H[at, k + j * d + other] = s * a[j] * second * x[i] * x[other]
    return H


def test_norm_against_the_dense_matrix(activation, network):
    A, B, X = network
    dense = [np.linalg.norm(dense_hessian(activation, x, A[0], B), 2) for x in X]
    np.testing.assert_allclose(hessian_norm(X, A, B, activation=activation), dense, rtol=1e-12)


def test_norm_against_finite_differences_of_the_network(activation, network):
    """Second differences of f over all pairs of weights: nothing is known but f itself."""
    A, B, X = network
    w = np.concatenate([A.ravel(), B.ravel()])
    h = 1e-3

    def f(weights):
        weights = weights[: A.size].reshape(A.shape), weights[A.size :].reshape(B.shape)
        return forward(X, *weights, activation=activation)

    steps = h * np.eye(len(w))
    H = np.empty((len(w), len(w), len(X)))
    for i, one in enumerate(steps):
        for j, two in enumerate(steps):
            difference = f(w + one + two) - f(w + one - two) - f(w - one + two) + f(w - one - two)
            H[i, j] = difference / (4 * h * h)
    dense = [np.linalg.norm(H[..., n], 2) for n in range(len(X))]
    np.testing.assert_allclose(hessian_norm(X, A, B, activation=activation), dense, rtol=1e-4)


def test_no_second_derivative_mixes_two_units(network):
    A, B, X = network
    H = dense_hessian("gelu", X[0], A[0], B)
    k, d = B.shape
    unit = np.concatenate([np.arange(k), np.repeat(np.arange(k), d)])
    order = np.argsort(unit, kind="stable")
    blocks = H[np.ix_(order, order)].reshape(k, d + 1, k, d + 1)
    norms = [np.linalg.norm(blocks[j, :, j], 2) for j in range(k)]
    assert np.linalg.norm(H, 2) == pytest.approx(max(norms), rel=1e-13)
    assert all(np.linalg.matrix_rank(blocks[j, :, j]) == 2 for j in range(k))


def test_blocks_of_units_make_no_difference(monkeypatch, network):
    A, B, X = network
    whole = hessian_norm(X, A, B, activation="erf")
    monkeypatch.setattr("widelimit.networks.pair_sums.BLOCK_ENTRIES", 8)
    np.testing.assert_allclose(hessian_norm(X, A, B, activation="erf"), whole, rtol=1e-15)


@pytest.mark.parametrize("width", [1, 3, 30, 1000])
@pytest.mark.parametrize("name", ["gelu", "sin", "cos", "erf", "hermite:2", "hermite:3"])
def test_median_against_networks(name, width):
    """The share of networks below the median is 1/2, within four standard errors."""
    rng = np.random.default_rng(width)
    members = 4000 if width < 1000 else 400
    median = median_hessian_norm(width, activation=name)
    x = np.array([[0.6, 0.8]])
    below = sum(
        hessian_norm(x, rng.normal(size=(1, width)), rng.normal(size=(width, 2)), activation=name)[
            0
        ]
        < median
        for _ in range(members)
    )
    assert abs(below / members - 0.5) < 4 * 0.5 / math.sqrt(members)


@pytest.mark.parametrize("width", [1, 64, 16384, 2**26])
@pytest.mark.parametrize("name", ["sin", "erf", "hermite:2"])
def test_median_against_adaptive_quadrature(name, width):
    phi = parse_activation(name)
    t = median_hessian_norm(width, activation=name) / math.sqrt(phi.scale / width)

    def exceeds(u, t):
        first, second = phi.derivative(u), abs(phi.second_derivative(u))
        if first**2 >= t**2:
            share = 1.0
        elif second == 0:
            share = 0.0
        else:
            share = math.erfc((t * t - first**2) / (t * second) / math.sqrt(2))
        return share * math.exp(-u * u / 2) / math.sqrt(2 * math.pi)

    def share(t):
        edges = np.linspace(-12, 12, 97)
        return sum(
            quad(partial(exceeds, t=t), *ends, epsabs=0, epsrel=1e-9, limit=200)[0]
            for ends in pairwise(edges)
        )

    wanted = -math.expm1(-math.log(2) / width)
    assert share(t * (1 + 1e-6)) < wanted < share(t * (1 - 1e-6))


def test_a_linear_activation_has_the_norm_of_its_mixed_derivative():
    # phi(u) = u: the Hessian is s [[0, x'], [x, 0]] in each block, whatever the weights.
    for width in (1, 10):
        found = median_hessian_norm(width, activation="hermite:1")
        assert found == pytest.approx(1 / math.sqrt(width), rel=1e-6)


@pytest.mark.parametrize("width", [1, 2, 64, 16384, 10**9])
def test_largest_readout_against_mpmath(width):
    with mp.workdps(40):
        t = mp.mpf(median_largest_readout(width))
        assert float(mp.erf(t / mp.sqrt(2)) ** width) == pytest.approx(0.5, rel=1e-11)


def test_the_largest_readout_approaches_its_asymptote_from_below():
    ratios = [median_largest_readout(k) / math.sqrt(2 * math.log(k)) for k in (10, 10**3, 10**6)]
    assert 0.7 < ratios[0] < ratios[1] < ratios[2] < 1


@pytest.mark.parametrize("name", KINKED)
def test_a_kink_has_no_hessian(name, network):
    A, B, X = network
    for call in (
        lambda: hessian_norm(X, A, B, activation=name),
        lambda: median_hessian_norm(10, activation=name),
    ):
        with pytest.raises(ValueError, match=f"activation must have a second derivative.*{name}"):
            call()


def test_bad_arguments(network):
    _, B, X = network
    with pytest.raises(ValueError, match=r"A must be \(1, width\)"):
        hessian_norm(X, np.ones((2, 6)), B, activation="sin")
    for width in (0, 1.5):
        with pytest.raises(ValueError, match="width must be a whole number >= 1"):
            median_hessian_norm(width, activation="sin")
        with pytest.raises(ValueError, match="width must be a whole number >= 1"):
            median_largest_readout(width)
