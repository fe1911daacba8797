import numpy as np
import pytest

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.linear.gradient_descent import gradient_descent_prediction
from widelimit.networks.linearised import linearised_descent
from widelimit.networks.model import forward, initialise
from widelimit.networks.tangent import empirical_ntk, jacobian, ntk_matrix

ACTIVATIONS = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:2"]
STEPS = [0, 1, 2, 7, 200]


@pytest.fixture(params=[1, 3])
def problem(request):
    """X, Z, A, B and y of a network with one output or three."""
    rng = np.random.default_rng(request.param)
    A, B = initialise(20, 3, outputs=request.param, rng=rng)
    shape = (6,) if request.param == 1 else (6, request.param)
    return sphere(rng, 6, 3), sphere(rng, 5, 3), A, B, rng.normal(size=shape)


def columns(f):
    return f[:, None] if f.ndim == 1 else f


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_jacobian_against_finite_differences(activation, problem):
    X, _, A, B, _ = problem
    w, h = np.concatenate([A.ravel(), B.ravel()]), 1e-6

    def f(weights):
        weights = weights[: A.size].reshape(A.shape), weights[A.size :].reshape(B.shape)
        return columns(forward(X, *weights, activation=activation))

    expected = [(f(w + e) - f(w - e)) / (2 * h) for e in h * np.eye(len(w))]
    found = jacobian(X, A, B, activation=activation)
    np.testing.assert_allclose(found, np.stack(expected, axis=2), atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_its_gram_matrix_is_the_empirical_ntk(activation, problem):
    X, Z, A, B, _ = problem
    J, J_test = (jacobian(points, A, B, activation=activation) for points in (X, Z))
    gram = np.einsum("zpw,xqw->zxpq", J_test, J)
    theta = empirical_ntk(Z, X, A, B, activation=activation)
    expected = theta if theta.ndim == 4 else theta[:, :, None, None]
    np.testing.assert_allclose(gram, expected, rtol=0, atol=1e-12)


def naive_descent(X, Z, A, B, y, activation, learning_rate, steps):
    """Linearise in A and B apart, by loops over units, and move both step by step."""
    phi = parse_activation(activation)
    p, k = A.shape
    s = np.sqrt(phi.scale / k)
    start = {id(P): columns(forward(P, A, B, activation=activation)) for P in (X, Z)}
    dA, dB = np.zeros_like(A), np.zeros_like(B)

    def f(points):
        value = start[id(points)].copy()
        for i, x in enumerate(points):
            for q in range(p):
                for j in range(k):
                    u = B[j] @ x
                    value[i, q] += s * dA[q, j] * phi.value(u)
                    value[i, q] += s * A[q, j] * phi.derivative(u) * (dB[j] @ x)
        return value

    for _ in range(steps):
        residual = columns(y) - f(X)
        for i, x in enumerate(X):
            for j in range(k):
                u = B[j] @ x
                dA[:, j] += learning_rate * s * residual[i] * phi.value(u)
                dB[j] += learning_rate * s * (residual[i] @ A[:, j]) * phi.derivative(u) * x
    return f(Z)


def linearised(problem, activation, learning_rate, steps):
    X, Z, A, B, y = problem
    return linearised_descent(
        jacobian(X, A, B, activation=activation),
        jacobian(Z, A, B, activation=activation),
        y,
        f0_train=forward(X, A, B, activation=activation),
        f0_test=forward(Z, A, B, activation=activation),
        learning_rate=learning_rate,
        steps=steps,
    )


@pytest.mark.parametrize("activation", ["relu", "erf"])
def test_against_loops_over_units(activation, problem):
    X, Z, A, B, y = problem
    found = linearised(problem, activation, 0.05, [0, 1, 4])
    for f, steps in zip(found, (0, 1, 4), strict=True):
        expected = naive_descent(X, Z, A, B, y, activation, 0.05, steps)
        np.testing.assert_allclose(columns(f), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_equals_the_corrected_prediction_of_the_empirical_ntk(activation, problem):
    """To rounding: 1e-12 after 200 steps, on values of order 1."""
    X, Z, A, B, y = problem
    K, K_test = (ntk_matrix(P, X, A, B, activation=activation) for P in (X, Z))
    learning_rate = 0.3 / np.linalg.eigvalsh(K)[-1]
    f0, f0_test = (forward(P, A, B, activation=activation).ravel() for P in (X, Z))
    expected = gradient_descent_prediction(
        K,
        K_test,
        y.ravel(),
        learning_rate=learning_rate,
        steps=STEPS,
        f0_train=f0,
        f0_test=f0_test,
    )
    found = linearised(problem, activation, learning_rate, STEPS)
    assert found.shape == (len(STEPS), *forward(Z, A, B).shape)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=0, atol=1e-12)
    assert np.abs(expected[-1] - expected[0]).max() > 0.1


def test_ignoring_f0_costs_what_it_leaves_on_the_test_points():
    """Without f_0 the prediction is off by f_0(x) - M f_0(X), M by powers of a matrix."""
    rng = np.random.default_rng(5)
    X, Z = sphere(rng, 6, 3), sphere(rng, 5, 3)
    A, B = initialise(200, 3, rng=rng)
    y, learning_rate, steps = rng.normal(size=6), 0.05, 40
    K, K_test = empirical_ntk(X, None, A, B), empirical_ntk(Z, X, A, B)
    f0, f0_test = forward(X, A, B), forward(Z, A, B)
    found = linearised((X, Z, A, B, y), "relu", learning_rate, [steps])[0]
    without = gradient_descent_prediction(K, K_test, y, learning_rate=learning_rate, steps=steps)
    power = np.linalg.matrix_power(np.eye(6) - learning_rate * K, steps)
    M = K_test @ np.linalg.solve(K, np.eye(6) - power)
    np.testing.assert_allclose(found - without, f0_test - M @ f0, rtol=0, atol=1e-12)


def test_arguments_are_not_changed(problem):
    before = [part.copy() for part in problem]
    linearised(problem, "relu", 0.05, [3])
    for part, copy in zip(problem, before, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_steps_may_come_in_any_order(problem):
    f = linearised(problem, "relu", 0.05, [7, 0, 3, 7])
    np.testing.assert_array_equal(f, linearised(problem, "relu", 0.05, range(8))[[7, 0, 3, 7]])


@pytest.mark.parametrize("steps", [[-1, 2], [0.5, 1]])
def test_steps_must_be_whole(problem, steps):
    with pytest.raises(ValueError, match="steps must be whole numbers >= 0; got"):
        linearised(problem, "relu", 0.05, steps)
