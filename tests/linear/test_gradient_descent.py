import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spheres import circle
from widelimit.kernels.gram import nngp_gram, ntk_gram
from widelimit.linear.gradient_descent import (
    GradientDescent,
    ensemble_moments,
    gradient_descent_loss,
    gradient_descent_prediction,
    stability_bound,
)
from widelimit.linear.kernel_regression import kernel_regression

STEPS = [0, 1, 2, 7, 1000]


def residual_of(K, y, *, learning_rate, **options):
    return GradientDescent(K, learning_rate=learning_rate).residual(y, **options)


def descend(K_train, K_test_train, y, learning_rate, steps, f_train, f_test):
    """Gradient descent in function space, a step at a time."""
    for _ in range(steps):
        residual = y - f_train
        f_train = f_train + learning_rate * K_train @ residual
        f_test = f_test + learning_rate * K_test_train @ residual
    return f_train, f_test


@pytest.mark.parametrize("learning_rate", [1e-2, 0.15])
@pytest.mark.parametrize("gram", [ntk_gram, nngp_gram])
def test_against_steps_in_function_space(problem, gram, learning_rate):
    X, Z, y, f0_train, f0_test = problem
    K, k = gram(X), gram(Z, X)
    assert learning_rate < stability_bound(K)
    options = {"learning_rate": learning_rate, "steps": STEPS}
    f = gradient_descent_prediction(K, k, y, f0_train=f0_train, f0_test=f0_test, **options)
    residual = residual_of(K, y, f0_train=f0_train, **options)
    loss = gradient_descent_loss(K, y, f0_train=f0_train, **options)
    assert (f.shape, residual.shape, loss.shape) == ((5, 6, 2), (5, 9, 2), (5,))
    for i, steps in enumerate(STEPS):
        f_train, f_test = descend(K, k, y, learning_rate, steps, f0_train, f0_test)
        np.testing.assert_allclose(f[i], f_test, rtol=0, atol=1e-12)
        np.testing.assert_allclose(residual[i], y - f_train, rtol=0, atol=1e-12)
        assert loss[i] == pytest.approx(np.sum((y - f_train) ** 2) / 2, rel=1e-11)


@pytest.mark.parametrize("features", [4, 9, 15])
def test_against_a_linear_model_trained_in_its_weights(features):
    rng = np.random.default_rng(features)
    F, G = rng.normal(size=(9, features)), rng.normal(size=(4, features))
    y, w0 = rng.normal(size=9), rng.normal(size=features)
    K = F @ F.T
    learning_rate = 0.9 * stability_bound(K)
    descent = GradientDescent(K, learning_rate=learning_rate)
    w = w0.copy()
    for steps in range(60):
        f = descent.prediction(G @ F.T, y, steps=steps, f0_train=F @ w0, f0_test=G @ w0)
        np.testing.assert_allclose(f, G @ w, rtol=0, atol=1e-12)
        loss = descent.loss(y, steps=steps, f0_train=F @ w0)
        assert loss == pytest.approx(np.sum((y - F @ w) ** 2) / 2, rel=1e-12)
        w -= learning_rate * F.T @ (F @ w - y)


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 10, 99, 100, 10**6, 10**7, 10**9])
def test_every_eigenvalue_against_exact_powers(steps):
    # On a diagonal kernel f_T = (1 - (1 - eta lambda)^T) / lambda and the residual the power.
    x = np.array([0, 1e-300, 1e-20, 1e-12, 1e-7, 1e-3, 0.3, 0.49, 0.51, 1, 1 + 1e-9, 1.5, 1.999])
    K, learning_rate = np.diag(x / 0.25), 0.25
    with mp.workdps(340):
        factors = [1 - mp.mpf(learning_rate) * mp.mpf(v) for v in np.diag(K)]
        powers = [f**steps for f in factors]
        gains = [
            (1 - p) / mp.mpf(v) if v else mp.mpf(learning_rate) * steps
            for p, v in zip(powers, np.diag(K), strict=True)
        ]
    y = np.ones(len(x))
    options = {"learning_rate": learning_rate, "steps": steps}
    f = gradient_descent_prediction(K, np.eye(len(x)), y, **options)
    np.testing.assert_allclose(f, np.array(gains, dtype=float), rtol=1e-13)
    residual = residual_of(K, y, **options)
    np.testing.assert_allclose(residual, np.array(powers, dtype=float), rtol=1e-12, atol=1e-300)


def test_the_limit_is_minimum_norm_regression(problem):
    X, Z, y, f0_train, f0_test = problem
    K, k = ntk_gram(X), ntk_gram(Z, X)
    options = {"learning_rate": 0.1, "steps": math.inf}
    f = gradient_descent_prediction(K, k, y, f0_train=f0_train, f0_test=f0_test, **options)
    np.testing.assert_allclose(
        f, f0_test + kernel_regression(K, k, y - f0_train), rtol=0, atol=1e-12
    )
    assert gradient_descent_loss(K, y, **options) == 0
    long = gradient_descent_prediction(K, k, y, learning_rate=0.1, steps=10**9)
    limit = gradient_descent_prediction(K, k, y, **options)
    np.testing.assert_allclose(long, limit, atol=1e-9)


def test_the_limit_leaves_what_a_singular_kernel_cannot_fit():
    t = np.linspace(-1, 1, 11)[:, None]
    K, y = ntk_gram(t), np.sin(5 * t[:, 0]) + 1
    F = np.hstack([np.maximum(t, 0), np.minimum(t, 0)])
    unfitted = y - F @ np.linalg.lstsq(F, y)[0]
    for steps in (10**7, math.inf):
        options = {"learning_rate": 0.01, "steps": steps}
        np.testing.assert_allclose(residual_of(K, y, **options), unfitted, atol=1e-12)
        f = gradient_descent_prediction(K, K, y, **options)
        np.testing.assert_allclose(y - f, unfitted, atol=1e-8)


def test_negative_eigenvalues_of_rounding_count_as_zero():
    residual = residual_of(np.diag([1.0, -1e-8]), [1.0, 1.0], learning_rate=1.0, steps=[10, 10**10])
    np.testing.assert_allclose(residual, [[0, 1], [0, 1]], rtol=0, atol=1e-15)


@given(
    seed=st.integers(0, 10**6),
    first=st.integers(0, 50),
    second=st.integers(0, 50),
    rate=st.floats(0.01, 1.1),
)
def test_steps_add_up(seed, first, second, rate):
    rng = np.random.default_rng(seed)
    F, G = rng.normal(size=(5, 6)), rng.normal(size=(3, 6))
    y, K, k = rng.normal(size=5), F @ F.T, G @ F.T
    descent = GradientDescent(K, learning_rate=rate * stability_bound(K))
    f_train = descent.prediction(K, y, steps=first)
    f_test = descent.prediction(k, y, steps=first)
    f = descent.prediction(k, y, steps=second, f0_train=f_train, f0_test=f_test)
    np.testing.assert_allclose(
        f, descent.prediction(k, y, steps=first + second), rtol=1e-8, atol=1e-8
    )


@given(seed=st.integers(0, 10**6), rate=st.floats(0.01, 0.5))
def test_loss_falls_and_is_convex_in_the_steps(seed, rate):
    rng = np.random.default_rng(seed)
    F, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 2))
    K = F @ F.T
    loss = gradient_descent_loss(K, y, learning_rate=rate * stability_bound(K), steps=range(20))
    assert np.all(np.diff(loss) <= 1e-14)
    assert np.all(np.diff(loss, 2) >= -1e-14)
    assert loss[0] == pytest.approx(np.sum(y**2) / 2)


def test_the_stability_bound_separates():
    rng = np.random.default_rng(5)
    F, y = rng.normal(size=(6, 8)), rng.normal(size=6)
    K = F @ F.T
    bound = stability_bound(K)
    assert bound == pytest.approx(2 / np.linalg.norm(F, 2) ** 2, rel=1e-12)
    steps = [10, 1000, 1001]
    below = gradient_descent_loss(K, y, learning_rate=0.99 * bound, steps=steps)
    above = gradient_descent_loss(K, y, learning_rate=1.01 * bound, steps=steps)
    assert below[1] < below[0]
    assert above[2] > above[1] > above[0]
    assert stability_bound(np.zeros((3, 3))) == math.inf


def test_the_bound_of_a_large_matrix_is_that_of_all_its_eigenvalues():
    X = circle(np.random.default_rng(7).uniform(-1, 1, 700))
    K = ntk_gram(X)
    assert stability_bound(K) == pytest.approx(2 / np.linalg.eigvalsh(K)[-1], rel=1e-12)
    assert stability_bound(np.zeros((700, 700))) == math.inf


def test_divergence_is_told():
    K, y = np.eye(2), [1.0, 2.0]
    # (1 - 3)^T = (-2)^T fits until about 2^166.
    residual = residual_of(K, y, learning_rate=3.0, steps=[3, 161])
    np.testing.assert_allclose(residual[0], [-8, -16])
    np.testing.assert_allclose(residual[1], [-(2.0**161), -(2.0**162)], rtol=1e-12)
    assert np.isfinite(gradient_descent_loss(K, y, learning_rate=3.0, steps=166))
    for function in (residual_of, gradient_descent_loss):
        with pytest.raises(OverflowError, match=r"learning_rate 3 exceeds .* bound 2: after 600"):
            function(K, y, learning_rate=3.0, steps=[10, 600])
    with pytest.raises(OverflowError, match="learning_rate 3 exceeds"):
        gradient_descent_prediction(K, K, y, learning_rate=3.0, steps=600)
    for rate in (2.0, 3.0):
        with pytest.raises(ValueError, match=r"steps must be finite .* bound 2; got learning_rate"):
            gradient_descent_prediction(K, K, y, learning_rate=rate, steps=math.inf)


def test_shapes_follow_y_and_steps(problem):
    X, Z, y, f0_train, f0_test = problem
    K, k = ntk_gram(X), ntk_gram(Z, X)

    def shape(y, steps, **f0):
        f = gradient_descent_prediction(K, k, y, learning_rate=0.01, steps=steps, **f0)
        return f.shape

    assert shape(y[:, 0], 3) == (6,)
    assert shape(y[:, :1], 3) == (6, 1)
    assert shape(y, [3]) == (1, 6, 2)
    assert shape(y[:, 0], np.array([0, 5, 9])) == (3, 6)
    assert shape(y[:, 0], (0, 1e5, math.inf)) == (3, 6)
    assert shape(y, 3, f0_train=f0_train, f0_test=f0_test) == (6, 2)
    assert shape(y, 3, f0_train=1.0, f0_test=1.0) == (6, 2)


def test_columns_are_independent(problem):
    X, Z, y, f0_train, f0_test = problem
    descent = GradientDescent(ntk_gram(X), learning_rate=0.05)
    k = ntk_gram(Z, X)
    both = descent.prediction(k, y, steps=[2, 30], f0_train=f0_train, f0_test=f0_test)
    for p in range(2):
        one = descent.prediction(
            k, y[:, p], steps=[2, 30], f0_train=f0_train[:, p], f0_test=f0_test[:, p]
        )
        np.testing.assert_allclose(both[..., p], one, rtol=0, atol=1e-14)


def test_smoother_maps_targets_to_predictions(problem):
    X, Z, y, _, _ = problem
    descent, k = GradientDescent(ntk_gram(X), learning_rate=0.05), ntk_gram(Z, X)
    M = descent.smoother(k, steps=[0, 4, math.inf])
    assert M.shape == (3, 6, 9)
    np.testing.assert_allclose(M @ y, descent.prediction(k, y, steps=[0, 4, math.inf]), atol=1e-12)


@pytest.mark.parametrize("steps", [0, 3, 40])
def test_ensemble_moments_against_trained_ensembles(steps):
    # Models f(x) = f_0(x) + J(x) w from w = 0, trained in w: tangent kernel J J', and f_0 drawn
    # from the Gaussian process of S.
    rng = np.random.default_rng(steps)
    n, m, draws = 5, 4, 40_000
    X, Z = circle(rng.uniform(-1, 1, n)), circle(rng.uniform(-1, 1, m))
    S = nngp_gram(np.vstack([X, Z]))
    J = rng.normal(size=(n + m, 7))
    y = rng.normal(size=n)
    K = J @ J.T
    learning_rate = 0.5 * stability_bound(K[:n, :n])

    f0 = np.linalg.cholesky(S + 1e-13 * np.eye(n + m)) @ rng.normal(size=(n + m, draws))
    w = np.zeros((7, draws))
    for _ in range(steps):
        w -= learning_rate * J[:n].T @ (f0[:n] + J[:n] @ w - y[:, None])
    f = (f0 + J @ w)[n:]

    blocks = (K[:n, :n], K[n:, :n], S[:n, :n], S[n:, :n])
    options = {"learning_rate": learning_rate, "steps": steps}
    mean, covariance = ensemble_moments(*blocks, S[n:, n:], y, **options)
    variance = np.diag(covariance)
    assert np.all(np.abs(f.mean(axis=1) - mean) < 5 * np.sqrt(variance / draws))
    # A Gaussian sample covariance has variance (C_ii C_jj + C_ij^2) / draws.
    standard_error = np.sqrt((np.outer(variance, variance) + covariance**2) / draws)
    assert np.all(np.abs(np.cov(f) - covariance) < 5 * standard_error)

    same_mean, pointwise = ensemble_moments(*blocks, np.diag(S[n:, n:]), y, **options)
    np.testing.assert_array_equal(same_mean, mean)
    np.testing.assert_allclose(pointwise, variance, rtol=0, atol=1e-12)


def test_trained_last_layers_are_the_posterior():
    # With K = S and T = inf: the Gaussian process conditioned on the targets without noise.
    rng = np.random.default_rng(1)
    X, Z = circle(np.linspace(-0.9, 0.9, 5)), circle(rng.uniform(-1, 1, 4))
    S, s, y = nngp_gram(X), nngp_gram(Z, X), rng.normal(size=(5, 2))
    options = {"learning_rate": 0.1, "steps": math.inf}
    mean, covariance = ensemble_moments(S, s, S, s, nngp_gram(Z), y, **options)
    weights = np.linalg.solve(S, s.T)
    np.testing.assert_allclose(mean, weights.T @ y, rtol=0, atol=1e-9)
    np.testing.assert_allclose(covariance, nngp_gram(Z) - s @ weights, rtol=0, atol=1e-9)
    assert np.array_equal(covariance, covariance.T)
    _, at_train = ensemble_moments(S, S, S, S, np.diag(S), y, **options)
    assert np.all((at_train >= 0) & (at_train < 1e-12))


K2 = np.eye(2)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"steps": -1}, "steps must be whole numbers >= 0 or math.inf; got -1"),
        ({"steps": 1.5}, "steps must be whole numbers"),
        ({"steps": math.nan}, "steps must be whole numbers"),
        ({"steps": [1, -2]}, "steps must be whole numbers"),
        ({"steps": []}, "steps must be a number or a non-empty sequence"),
        ({"steps": [[1]]}, "steps must be a number or a non-empty sequence"),
        ({"K_train": [[1, 0], [0, -1]]}, "K_train must be positive semidefinite"),
    ],
)
def test_bad_arguments(changes, message):
    arguments = {"K_train": K2, "K_test_train": K2, "y": [1, 2], "learning_rate": 0.1, "steps": 3}
    with pytest.raises(ValueError, match=message):
        gradient_descent_prediction(**{**arguments, **changes})


@pytest.mark.parametrize(
    "S_train, S_test_train, S_test, steps, message",
    [
        ([[1, 2], [3, 4]], K2, K2, 1, "S_train must be symmetric"),
        (K2, K2, [[1, 2], [3, 4]], 1, "S_test must be symmetric"),
        (K2, K2, K2, [1, 2], "steps must be whole numbers"),
    ],
)
def test_bad_ensembles(S_train, S_test_train, S_test, steps, message):
    with pytest.raises(ValueError, match=message):
        ensemble_moments(
            K2, K2, S_train, S_test_train, S_test, [1, 2], learning_rate=0.1, steps=steps
        )
