import math

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from widelimit.kernels.gram import nngp_gram, ntk_gram
from widelimit.linear.gradient_descent import (
    GradientDescent,
    GradientFlow,
    gradient_descent_prediction,
    gradient_flow_prediction,
)
from widelimit.linear.kernel_regression import kernel_regression

STEPS = [0, 1, 2, 7, 1000]


@pytest.mark.parametrize("gram", [ntk_gram, nngp_gram])
def test_the_flow_against_the_matrix_exponential(problem, gram):
    """exp of [[-eta K, 0], [-eta K(x, X), 0]] moves residual and test values at once."""
    X, Z, y, f0_train, f0_test = problem
    K, K_test = gram(X), gram(Z, X)
    flow_values = gradient_flow_prediction(
        K, K_test, y, learning_rate=0.02, steps=STEPS, f0_train=f0_train, f0_test=f0_test
    )
    assert flow_values.shape == (5, 6, 2)
    generator = np.zeros((15, 15))
    generator[:9, :9], generator[9:, :9] = -0.02 * K, 0.02 * K_test
    start = np.concatenate([y - f0_train, f0_test])
    for f, steps in zip(flow_values, STEPS, strict=True):
        expected = expm(steps * generator) @ start
        np.testing.assert_allclose(f, expected[9:], rtol=0, atol=1e-12)


def test_the_flow_against_the_differential_equation(problem):
    X, Z, y, f0_train, f0_test = problem
    K, K_test = ntk_gram(X), ntk_gram(Z, X)
    y, f0_train, f0_test = y[:, 0], f0_train[:, 0], f0_test[:, 0]

    def derivative(t, state):
        residual = y - state[:9]
        return np.concatenate([K @ residual, K_test @ residual])

    start = np.concatenate([f0_train, f0_test])
    solution = solve_ivp(derivative, (0, 1.5), start, method="DOP853", rtol=1e-11, atol=1e-12)
    flow_values = gradient_flow_prediction(
        K, K_test, y, learning_rate=0.015, steps=100, f0_train=f0_train, f0_test=f0_test
    )
    np.testing.assert_allclose(flow_values, solution.y[9:, -1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("steps", [0, 1, 10, 10**4, 10**9])
def test_the_flow_at_every_eigenvalue_against_mpmath(steps):
    eigenvalues, learning_rate = [0.0, 1e-14, 1e-6, 1e-2, 1.0, 30.0], 0.01
    K, y = np.diag(eigenvalues), np.ones(6)
    flow = GradientFlow(K, learning_rate=learning_rate)
    with mp.workdps(40):
        decay = [mp.exp(-mp.mpf(learning_rate) * steps * mp.mpf(v)) for v in eigenvalues]
        gain = [
            (1 - d) / mp.mpf(v) if v else mp.mpf(learning_rate) * steps
            for d, v in zip(decay, eigenvalues, strict=True)
        ]
    residual = flow.residual(y, steps=steps)
    np.testing.assert_allclose(residual, [float(d) for d in decay], rtol=1e-12, atol=1e-300)
    prediction = flow.prediction(np.eye(6), y, steps=steps)
    np.testing.assert_allclose(prediction, [float(g) for g in gain], rtol=1e-12)
    assert flow.loss(y, steps=steps) == pytest.approx(float(sum(d * d for d in decay)) / 2)


def test_small_steps_approach_the_flow_in_the_first_order(problem):
    X, Z, y, f0_train, f0_test = problem
    K, K_test = ntk_gram(X), ntk_gram(Z, X)
    start = {"f0_train": f0_train, "f0_test": f0_test}
    flow = gradient_flow_prediction(K, K_test, y, learning_rate=0.02, steps=10, **start)
    distances = []
    for finer in (10, 20, 40, 80):
        f = gradient_descent_prediction(
            K, K_test, y, learning_rate=0.02 / finer, steps=10 * finer, **start
        )
        distances.append(np.abs(f - flow).max())
    ratios = np.array(distances[:-1]) / distances[1:]
    np.testing.assert_allclose(ratios, 2, atol=0.1)


def test_the_limit_of_the_flow_is_regression_at_any_learning_rate(problem):
    X, Z, y, *_ = problem
    K, K_test = ntk_gram(X), ntk_gram(Z, X)
    expected = kernel_regression(K, K_test, y)
    for learning_rate in (0.01, 100.0):
        flow_values = gradient_flow_prediction(
            K, K_test, y, learning_rate=learning_rate, steps=math.inf
        )
        np.testing.assert_allclose(flow_values, expected, rtol=0, atol=1e-9)
    unstable = GradientDescent(K, learning_rate=100.0)
    with pytest.raises(ValueError, match="stability bound"):
        unstable.prediction(K_test, y, steps=math.inf)
    assert GradientFlow(K, learning_rate=100.0).residual(y, steps=1000).max() < 1
