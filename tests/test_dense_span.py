"""Fewer points than dimensions: the dense engine steps in the span of the points."""

import numpy as np
import pytest

from widelimit.network import initialise
from widelimit.training import train


def descend(X, Y, A, B, rate, steps):
    """Full-batch gradient descent with ReLU, unit by unit, in all coordinates."""
    A, B, s = A.copy(), B.copy(), np.sqrt(2 / len(B))
    for _ in range(steps):
        f = np.array([s * A @ np.maximum(B @ x, 0) for x in X])
        dA, dB = np.zeros_like(A), np.zeros_like(B)
        for x, r in zip(X, Y - f, strict=True):
            for j, b in enumerate(B):
                dA[:, j] += s * r * max(b @ x, 0)
                dB[j] += s * (r @ A[:, j]) * (b @ x > 0) * x
        A, B = A + rate * dA, B + rate * dB
    return A, B


@pytest.mark.parametrize("n, d", [(3, 7), (4, 5), (5, 5), (1, 3)])
@pytest.mark.parametrize("p", [1, 2])
def test_weights_and_outputs_are_those_in_all_coordinates(n, d, p):
    rng = np.random.default_rng(n + d)
    X, Z, Y = (rng.standard_normal(shape) for shape in ((n, d), (6, d), (n, p)))
    A, B = initialise(8, d, outputs=p, rng=rng)
    y = Y[:, 0] if p == 1 else Y
    run = train(X, y, A, B, learning_rate=0.02, steps=30, checkpoints=[0, 30], X_test=Z)
    expected = descend(X, Y, A, B, 0.02, 30)
    np.testing.assert_allclose(run.A, expected[0], atol=1e-13)
    np.testing.assert_allclose(run.B, expected[1], atol=1e-13)
    f = np.array([0.5 * expected[0] @ np.maximum(expected[1] @ z, 0) for z in Z])
    np.testing.assert_allclose(run.f_test[1].reshape(6, p), f, atol=1e-12)
    moved = np.sqrt(np.sum((expected[0] - A) ** 2) + np.sum((expected[1] - B) ** 2))
    start = np.sqrt(np.sum(A**2) + np.sum(B**2))
    np.testing.assert_allclose(run.weight_movement, [0, moved / start], atol=1e-13)


def test_points_may_repeat():
    """Their span is smaller still."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(6)
    X, Y = np.stack([x, x, -x]), rng.standard_normal((3, 1))
    A, B = initialise(5, 6, rng=rng)
    run = train(X, Y[:, 0], A, B, learning_rate=0.01, steps=20)
    expected = descend(X, Y, A, B, 0.01, 20)
    np.testing.assert_allclose(run.B, expected[1], atol=1e-13)
