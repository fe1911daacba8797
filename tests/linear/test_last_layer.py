import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widelimit.data.sources import normalise_rows
from widelimit.linear.gradient_descent import gradient_descent_prediction
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.least_squares import LeastSquares, descend
from widelimit.linear.random_features import neuron_features
from widelimit.networks.model import forward, initialise
from widelimit.networks.tangent import last_layer_kernel

WIDTHS = [5, 12, 40]  # below, at and above the 12 points


def problem(width, n=12, d=6, seed=0):
    rng = np.random.default_rng(seed)
    X, Z = normalise_rows(rng.standard_normal((n, d))), normalise_rows(rng.standard_normal((7, d)))
    B = initialise(width, d, rng=rng)[1]
    return X, Z, B, rng.standard_normal(n)


@given(
    n=st.integers(1, 8),
    k=st.integers(1, 8),
    rank=st.integers(1, 8),
    seed=st.integers(0, 10**6),
)
def test_minimum_norm_is_the_pseudo_inverse(n, k, rank, seed):
    rng = np.random.default_rng(seed)
    F = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, k))
    y = rng.standard_normal(n)
    singular = np.linalg.svd(F, compute_uv=False)[: min(rank, n, k)]
    cut = 1e-10
    if singular[-1] < 1e-4 * singular[0]:
        return  # not to be told from a lower rank
    found = LeastSquares(F, y, rcond=cut)
    assert found.rank == len(singular)
    assert found.condition_number == pytest.approx(singular[0] / singular[-1], rel=1e-6)
    expected = np.linalg.lstsq(F, y, rcond=cut)[0]
    np.testing.assert_allclose(found.solution, expected, atol=1e-9 * (1 + np.abs(expected).max()))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("activation", ["relu", "erf", "hermite:3"])
def test_training_the_last_layer_is_kernel_regression_step_by_step(width, activation):
    X, Z, B, y = problem(width)
    features = {
        name: neuron_features(P, B, activation=activation) for name, P in (("X", X), ("Z", Z))
    }
    K = last_layer_kernel(X, None, B, activation=activation)
    K_test = last_layer_kernel(Z, X, B, activation=activation)
    eta, steps = 1 / np.linalg.eigvalsh(K)[-1], list(range(0, 400, 7))
    A = descend(features["X"], y, learning_rate=eta, steps=steps)
    closed = gradient_descent_prediction(K, K_test, y, learning_rate=eta, steps=steps)
    np.testing.assert_allclose(A @ features["Z"].T, closed, rtol=0, atol=1e-12)


@pytest.mark.parametrize("width", [5, 40])
def test_the_limit_is_kernel_regression(width):
    X, Z, B, y = problem(width)
    F, G = neuron_features(X, B), neuron_features(Z, B)
    K, K_test = F @ F.T, G @ F.T
    expected = kernel_regression(K, K_test, y)
    np.testing.assert_allclose(G @ LeastSquares(F, y).solution, expected, rtol=0, atol=1e-10)
    eta = 1.9 / np.linalg.eigvalsh(K)[-1]
    last = descend(F, y, learning_rate=eta, steps=[60_000])[0]
    np.testing.assert_allclose(G @ last, expected, rtol=0, atol=1e-9)


def test_a_step_is_against_the_gradient_of_the_loss():
    X, _, B, y = problem(5)
    F = neuron_features(X, B)

    def loss(A):
        return np.sum((y - forward(X, A[None], B)) ** 2) / 2

    A, eta, h = np.zeros(5), 0.05, 1e-6
    for kept in descend(F, y, learning_rate=eta, steps=[1, 2, 3]):
        slope = [(loss(A + h * e) - loss(A - h * e)) / (2 * h) for e in np.eye(5)]
        A = A - eta * np.array(slope)
        np.testing.assert_allclose(kept, A, atol=1e-8)
