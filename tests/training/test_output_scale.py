"""alpha (f - f_0) on L / alpha^2, against plain loops over steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spheres import sphere
from widelimit import forward, initialise, train
from widelimit.kernels.activations import parse_activation


def plain(X, Y, A, B, alpha, *, activation, learning_rate, steps):
    """Weights, losses L and outputs F after each step, by the definition."""
    phi = parse_activation(activation)
    s = np.sqrt(1 / (phi.second_moment * A.shape[1]))
    A, B = A.copy(), B.copy()
    f0 = s * phi.value(X @ B.T) @ A.T
    losses, outputs = [], []
    for step in range(steps + 1):
        U = X @ B.T
        F = alpha * (s * phi.value(U) @ A.T - f0)
        losses.append(0.5 * np.sum((Y - F) ** 2))
        outputs.append(F)
        if step == steps:
            return A, B, np.array(losses), np.array(outputs)
        # d (L / alpha^2) / d f = -(y - F) / alpha
        R = (Y - F) / alpha
        dA = s * R.T @ phi.value(U)
        dB = s * ((R @ A) * phi.derivative(U)).T @ X
        A, B = A + learning_rate * dA, B + learning_rate * dB


@settings(max_examples=25)
@given(
    alpha=st.floats(0.05, 20),
    width=st.integers(1, 60),
    n=st.integers(1, 8),
    seed=st.integers(0, 10**6),
    problem=st.sampled_from(
        [
            ("circle", "relu", 2, 1),
            ("circle", "leaky_relu:0.3", 2, 1),
            ("dense", "relu", 3, 1),
            ("dense", "relu", 2, 2),
            ("dense", "erf", 3, 2),
            ("dense", "gelu", 2, 1),
            ("dense", "hermite:2", 4, 1),
        ]
    ),
)
def test_the_identity_against_plain_loops(alpha, width, n, seed, problem):
    engine, activation, d, outputs = problem
    rng = np.random.default_rng(seed)
    X = sphere(rng, n, d)
    Y = rng.standard_normal((n, outputs))
    A, B = initialise(width, d, outputs=outputs, rng=rng)
    options = {"activation": activation, "learning_rate": 1e-3 * min(1, alpha), "steps": 40}
    Ap, Bp, losses, outputs_at = plain(X, Y, A, B, alpha, **options)
    y = Y[:, 0] if outputs == 1 else Y
    result = train(
        X, y, A, B, engine=engine, checkpoints=[0, 40], X_test=X, output_scale=alpha, **options
    )
    tolerance = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(result.A, Ap, **tolerance)
    np.testing.assert_allclose(result.B, Bp, **tolerance)
    np.testing.assert_allclose(result.losses, losses, rtol=1e-12, atol=1e-12 * (1 + alpha**2))
    for F in (result.f_train, result.f_test):
        expected = outputs_at[[0, 40]].reshape(F.shape)
        np.testing.assert_allclose(F, expected, rtol=1e-12, atol=1e-12 * (1 + alpha))


def test_at_scale_one_a_network_that_starts_at_zero_is_trained_as_it_is():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5, 3))
    A, B = initialise(20, 3, rng=rng)
    options = {"learning_rate": 1e-3, "steps": 30}
    one = train(X, X[:, 0], 0 * A, B, **options)
    two = train(X, X[:, 0], 0 * A, B, output_scale=1.0, **options)
    for a, b in zip(one[:3], two[:3], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("alpha", [0, -1.0, np.inf, np.nan])
def test_other_scales_are_refused(alpha):
    A, B = initialise(4, 2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="output_scale must be positive and finite; got"):
        train(np.eye(2), [0, 1], A, B, learning_rate=0.1, steps=1, output_scale=alpha)


def test_lazy_networks_stay_and_rich_ones_move():
    """At alpha sqrt(k) = 1000 the kernel hardly moves; at 1 it is another one."""
    t = np.linspace(-0.9, 0.9, 10)
    X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
    A, B = initialise(1024, 2, rng=np.random.default_rng(0))
    assert not np.allclose(forward(X, A, B), 0)
    movement = []
    for g in (1, 1000):
        result = train(
            X,
            t + np.sin(5 * t),
            A,
            B,
            learning_rate=1e-3,
            steps=3000,
            checkpoints=[3000],
            output_scale=g / 32,
        )
        movement.append(result.weight_movement[0])
    assert movement[0] > 100 * movement[1]
