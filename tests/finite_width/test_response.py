import itertools

import numpy as np
import pytest

from spheres import sphere
from widelimit.finite_width.response import KernelResponse, Strides, power_sums, strides
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.gradient_descent import gradient_descent_prediction


@pytest.fixture
def kernels():
    X, Z = sphere(0, 6, 3), sphere(1, 4, 3)
    return ntk_gram(X), ntk_gram(Z, X)


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 7, 50])
def test_power_sums_against_the_sums(steps):
    x = np.array([0, 1e-9, 1e-3, 1e-3 + 1e-15, 0.4, 0.4, 1, 1.7])
    mu = 1 - x
    single, double = np.zeros(8), np.zeros((8, 8))
    for t in range(steps):
        single += mu**t
        for s in range(t):
            double += np.outer(mu ** (t - 1 - s), mu**s)
    total, differences = power_sums(x, steps)
    np.testing.assert_allclose(total, single, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(differences, double, rtol=1e-12, atol=1e-12)


def test_power_sums_of_many_steps():
    x, T = np.array([0, 1e-7, 1e-3, 0.5]), 10**6
    total, differences = power_sums(x, T)
    np.testing.assert_allclose(total[1:], -np.expm1(T * np.log1p(-x[1:])) / x[1:], rtol=1e-9)
    assert total[0] == T
    assert differences[0, 0] == pytest.approx(T * (T - 1) / 2, rel=1e-12)
    assert differences[2, 3] == pytest.approx((total[2] - total[3]) / (x[3] - x[2]), rel=1e-9)


@pytest.mark.parametrize("steps", [0, 1, 5, 300])
def test_the_effect_is_the_derivative_of_descent(kernels, steps):
    K, K_Z = kernels
    rng = np.random.default_rng(2)
    dK = rng.standard_normal((6, 6))
    dK, dK_Z, r = dK + dK.T, rng.standard_normal((4, 6)), rng.standard_normal((6, 2))
    options = {"learning_rate": 0.05, "steps": steps}
    h = 1e-5
    after, before = (
        gradient_descent_prediction(K + e * dK, K_Z + e * dK_Z, r, **options) for e in (h, -h)
    )
    effect = KernelResponse(K, K_Z, learning_rate=0.05).effect(dK, dK_Z, r, steps=steps)
    np.testing.assert_allclose(effect, (after - before) / (2 * h), rtol=1e-6, atol=1e-8)


def test_the_answer_to_a_drive_step_by_step(kernels):
    K, K_Z = kernels
    steps = [0, 7, 150, 400]
    response = KernelResponse(K, K_Z, learning_rate=0.05)
    descent = Strides(response, steps)
    lengths = np.diff(descent.marks)
    assert lengths.max() > 4
    rng = np.random.default_rng(3)
    drive = rng.standard_normal((len(lengths), 6, 2))
    change, total, expected = np.zeros((6, 2)), np.zeros((4, 2)), [np.zeros((4, 2))]
    for q, length in zip(drive, lengths, strict=True):
        for _ in range(length):
            total = total - 0.05 * K_Z @ change
            change = change - 0.05 * K @ change + q / length
        expected.append(total)
    expected = np.array(expected)[np.isin(descent.marks, steps)]
    np.testing.assert_allclose(descent.answer(drive), expected, rtol=1e-12, atol=1e-12)
    residual = rng.standard_normal(6)
    sums = (descent.sums * (response.vectors.T @ residual)) @ response.vectors.T
    for i, (start, end) in enumerate(itertools.pairwise(descent.marks)):
        powers = [np.linalg.matrix_power(np.eye(6) - 0.05 * K, t) for t in range(start, end)]
        np.testing.assert_allclose(sums[i], 0.05 * sum(powers) @ residual, atol=1e-13)


def test_strides_come_to_every_step_asked_for():
    marks = strides([0, 7, 1000, 1001, 10**5])
    assert set([0, 7, 1000, 1001, 10**5]) <= set(marks.tolist())
    lengths = np.diff(marks)
    assert (lengths > 0).all()
    assert (lengths[:100] == 1).all()
    assert (lengths <= np.maximum(1, 0.02 * marks[:-1])).all()
    assert len(marks) < 1000
