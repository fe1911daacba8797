import tracemalloc

import numpy as np
import pytest
from references import descend
from scipy import special

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.elementwise import evaluator
from widelimit.networks.model import forward, initialise
from widelimit.training import train
from widelimit.training.dense import fused, masks, pairs

ACTIVATIONS = ["relu", "leaky_relu:0.3", "gelu", "sin", "cos", "erf", "hermite:1", "hermite:4"]


def problem(n, d, k, outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    X = sphere(rng, n, d)
    return X, rng.standard_normal((n, outputs)), *initialise(k, d, outputs=outputs, rng=rng)


def assert_agrees_with_the_formula(data, activation, learning_rate=1e-3, steps=60):
    phi = parse_activation(activation)
    reference = descend(*data, phi.value, phi.derivative, phi.scale, learning_rate, steps)
    result = train(
        *data, activation=activation, learning_rate=learning_rate, steps=steps, engine="dense"
    )
    for one, other in zip(result[:3], reference, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("n", "d", "k", "outputs"),
    [
        (1, 1, 1, 1),
        (7, 1, 300, 1),
        (20, 2, 257, 1),
        (33, 3, 600, 1),
        (12, 4, 65, 1),
        (101, 10, 700, 1),
        (5, 12, 40, 1),
        (21, 2, 90, 3),
        (8, 9, 50, 2),
    ],
)
def test_training_agrees_with_the_formula(activation, n, d, k, outputs):
    assert_agrees_with_the_formula(problem(n, d, k, outputs), activation)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("module", "activation", "limit"),
    [(masks, "leaky_relu:0.1", "MOST_MASKS"), (pairs, "gelu", "MOST_KEPT")],
)
def test_what_is_not_kept_is_found_again(monkeypatch, module, activation, limit, kept):
    monkeypatch.setattr(module, limit, 1 << 30 if kept else 0)
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 1000)
    assert_agrees_with_the_formula(problem(30, 6, 200), activation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("outputs", [1, 2])
def test_one_step_follows_the_gradient_by_finite_differences(activation, outputs):
    X, Y, A, B = problem(6, 3, 4, outputs, seed=2)
    rate, h = 1e-4, 1e-6
    result = train(X, Y, A, B, activation=activation, learning_rate=rate, steps=1, engine="dense")
    weights = [A.copy(), B.copy()]
    for W, moved in zip(weights, (result.A - A, result.B - B), strict=True):
        for index in np.ndindex(W.shape):
            at = W[index]
            losses = []
            for W[index] in (at + h, at - h):
                f = forward(X, *weights, activation=activation).reshape(Y.shape)
                losses.append(0.5 * np.sum((Y - f) ** 2))
            W[index] = at
            slope = (losses[0] - losses[1]) / (2 * h)
            assert -moved[index] / rate == pytest.approx(slope, rel=1e-6, abs=1e-7)


def test_what_is_orthogonal_to_the_data_never_moves():
    X, Y, A, B = problem(4, 30, 50)
    result = train(X, Y, A, B, learning_rate=0.1, steps=100)
    _, _, VT = np.linalg.svd(X)
    np.testing.assert_allclose((result.B - B) @ VT[4:].T, 0, atol=1e-14)
    assert np.abs(result.B - B).max() > 0.01


@pytest.mark.parametrize("X", [np.zeros((2, 5)), np.ones((3, 5)), np.eye(5)[[0, 0, 1]]])
def test_points_of_low_rank(X):
    _, Y, A, B = problem(len(X), 5, 30)
    assert_agrees_with_the_formula((X, Y, A, B), "relu")
    assert_agrees_with_the_formula((X, Y, A, B), "cos")


def test_pre_activations_of_zero_are_inactive():
    X = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    A, B = np.array([[1.0, 2.0, -1.0]]), np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1, 0]])
    assert_agrees_with_the_formula((X, np.ones((2, 1)), A, B), "relu", learning_rate=0.1)
    wide = [np.pad(w, ((0, 0), (0, 3))) for w in (X, B)]
    assert_agrees_with_the_formula((wide[0], np.ones((2, 1)), A, wide[1]), "relu", 0.1)


@pytest.mark.parametrize("activation", ["gelu", "erf", "sin", "cos", "hermite:5", "relu"])
def test_values_and_derivatives_are_those_of_the_activation(activation):
    rng = np.random.default_rng(0)
    u = [np.linspace(-12, 12, 4001), 5 * rng.standard_normal(1000), [0.0, -0.0, 1e-300, 1e-9]]
    if activation in ("sin", "cos"):
        u += [np.pi / 4 * np.arange(-400, 400), 1e5 * rng.standard_normal(1000)]
    if activation.startswith("hermite"):
        u[:2] = [np.linspace(-3, 3, 1001)]
    U = np.concatenate(u)[None, :]
    phi = parse_activation(activation)
    value, derivative = U.copy(), np.empty_like(U)
    evaluator(phi)(value, derivative)
    tolerance = 2e-14 if activation.startswith("hermite") else 1e-15
    np.testing.assert_allclose(value, phi.value(U), rtol=4e-15, atol=tolerance)
    np.testing.assert_allclose(derivative, phi.derivative(U), rtol=4e-15, atol=tolerance)


def test_erf_keeps_its_digits_near_0():
    u = np.concatenate([[0.0, 1e-300, 1e-12, 1e-8, 1e-4], np.linspace(0.01, 6, 600)])
    U = np.stack([u, -u])
    value, derivative = U.copy(), np.empty_like(U)
    evaluator(parse_activation("erf"))(value, derivative)
    np.testing.assert_allclose(value, special.erf(U), rtol=1e-15)


@pytest.mark.parametrize("activation", ["gelu", "erf"])
def test_far_out_phi_is_a_line_and_nan_stays_nan(activation):
    U = np.array([[30.0, 1e10, 1e200, -30.0, -1e10, -1e200, np.nan]])
    value, derivative = U.copy(), np.empty_like(U)
    evaluator(parse_activation(activation))(value, derivative)
    ends = np.maximum(U, 0) if activation == "gelu" else np.sign(U)
    slopes = np.where(U > 0, 1.0, 0.0) if activation == "gelu" else np.zeros_like(U)
    slopes[0, -1] = np.nan
    np.testing.assert_allclose(value, ends, rtol=1e-15, atol=1e-90)
    np.testing.assert_allclose(derivative, slopes, rtol=1e-15, atol=1e-90)


@pytest.mark.parametrize("activation", ["sin", "cos"])
def test_angles_of_any_size(activation):
    U = np.array([[1e3, 2.0**20, 1e9, -1e16, 1e18, 1e22, 1e300]])
    value, derivative = U.copy(), np.empty_like(U)
    phi = parse_activation(activation)
    evaluator(phi)(value, derivative)
    np.testing.assert_array_equal(value, phi.value(U))
    np.testing.assert_array_equal(derivative, phi.derivative(U))


def test_gelu_keeps_its_tail():
    U = np.linspace(-8, -4, 100)[None, :]
    value, derivative = U.copy(), np.empty_like(U)
    evaluator(parse_activation("gelu"))(value, derivative)
    np.testing.assert_allclose(value, U * special.ndtr(U), rtol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("activation", "d", "outputs"), [("relu", 3, 1), ("relu", 5, 1), ("erf", 2, 1), ("relu", 2, 2)]
)
def test_memory_stays_bounded_at_width_2_to_the_20(activation, d, outputs):
    X, Y, A, B = problem(20, d, 1 << 20, outputs)
    tracemalloc.start()
    train(X, Y, A, B, activation=activation, learning_rate=1e-3, steps=2, checkpoints=[2], X_test=X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    weights = A.nbytes + B.nbytes
    # The engine's weights, those it returns and their difference, and what is kept of the pairs.
    assert peak < 5 * weights + (1 << 26) + (1 << 25)


def test_sums_do_not_depend_on_where_arrays_lie():
    """A compiled loop that writes is vectorised only where its arrays lie apart, and then sums in
    another order."""
    rng = np.random.default_rng(0)
    *arrays, y, f = rng.standard_normal((8, 12))
    losses, moments = set(), set()
    for gap in range(80):
        room = np.zeros(200)
        x1, residual = room[:12], room[12 + gap : 24 + gap]
        x1[:] = arrays[0]
        losses.add(fused._residuals(x1, *arrays[1:3], y, f, 0.3, 0.2, 0.1, residual, 0.7, 0.1))
        residual[:] = arrays[1]
        s = [part.copy() for part in arrays[2:5]]
        b2, b3 = arrays[3].copy(), arrays[4].copy()
        fused._update(x1, residual, b2, b3, *s, 0.1, 0.2, 0.3, 0.4)
        moments.add(fused._moment(x1, residual, b2, b3))
    assert len(losses) == len(moments) == 1
