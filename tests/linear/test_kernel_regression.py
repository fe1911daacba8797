import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widelimit.linear.kernel_regression import eigensystem, kernel_regression, spectrum


def factors(rng, n=12, m=7, rank=20):
    return rng.normal(size=(n, rank)), rng.normal(size=(m, rank))


@pytest.mark.parametrize("shape", [(12,), (12, 1), (12, 3)])
@pytest.mark.parametrize("rank", [3, 12, 20])
def test_minimum_norm_regression_is_least_squares_in_the_features(rank, shape):
    rng = np.random.default_rng(0)
    F, G = factors(rng, rank=rank)
    y = rng.normal(size=shape)
    weights = np.linalg.lstsq(F, y)[0]  # the one of least norm, as K^+ = (F F')^+
    f = kernel_regression(F @ F.T, G @ F.T, y, rcond=1e-10)
    assert f.shape == (7, *shape[1:])
    singular_values = np.linalg.svd(F, compute_uv=False)
    rounding = 1e-14 * (singular_values[0] / singular_values[-1]) ** 2
    np.testing.assert_allclose(f, G @ weights, rtol=0, atol=rounding)
    if rank >= 12:
        at_train = kernel_regression(F @ F.T, F @ F.T, y)
        np.testing.assert_allclose(at_train, y, rtol=0, atol=rounding)


@pytest.fixture
def as_if_large(monkeypatch):
    monkeypatch.setattr("widelimit.linear.kernel_regression.LARGE", 0)


def test_large_matrices_have_the_same_solution(request):
    rng = np.random.default_rng(2)
    F, G = factors(rng, n=60, rank=80)
    y = rng.normal(size=60)
    arguments = F @ F.T, G @ F.T, y
    small = [kernel_regression(*arguments, **more) for more in ({}, {"ridge": 0.1})]
    request.getfixturevalue("as_if_large")
    for expected, more in zip(small, ({}, {"ridge": 0.1}), strict=True):
        K = arguments[0].copy()
        f = kernel_regression(K, *arguments[1:], **more)
        np.testing.assert_allclose(f, expected, rtol=0, atol=1e-10)
        assert np.array_equal(K, arguments[0])


def test_large_matrices_take_two_more_of_memory(as_if_large):
    K = np.diag(np.arange(1.0, 701))
    kernel_regression(K[:2, :2], K[:1, :2], [1.0, 2.0])  # imports
    tracemalloc.start()
    f = kernel_regression(K, K[:3], np.ones(700))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(f, 1, rtol=1e-13)
    assert peak < 2.3 * K.nbytes


@pytest.mark.parametrize("ridge", [1e-3, 1.0, 50.0])
def test_ridge_is_least_squares_with_extra_rows(ridge):
    rng = np.random.default_rng(1)
    F, G = factors(rng)
    y = rng.normal(size=(12, 2))
    rows = np.vstack([F, math.sqrt(ridge) * np.eye(20)])
    weights = np.linalg.lstsq(rows, np.vstack([y, np.zeros((20, 2))]))[0]
    f = kernel_regression(F @ F.T, G @ F.T, y, ridge=ridge)
    np.testing.assert_allclose(f, G @ weights, rtol=0, atol=1e-11)


def test_ridge_holds_on_a_singular_matrix():
    F = np.random.default_rng(2).normal(size=(12, 3))
    y = np.arange(12.0)
    f = kernel_regression(F @ F.T, F @ F.T, y, ridge=1e-8)
    np.testing.assert_allclose(f, kernel_regression(F @ F.T, F @ F.T, y), atol=1e-6)


def test_the_cut_off_drops_what_it_says():
    K = np.diag([1.0, 1e-3, 1e-6, 0.0])
    y = np.ones(4)
    for rcond, kept in ((None, 3), (0.0, 3), (1e-5, 2), (1e-3, 1), (0.5, 1)):
        assert kernel_regression(K, np.eye(4), y, rcond=rcond) @ np.diag(K) == pytest.approx(kept)
        assert spectrum(K, rcond=rcond).rank == kept


@given(seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3))
def test_regression_is_linear_and_ignores_the_scale_of_the_kernel(seed, scale):
    rng = np.random.default_rng(seed)
    F, G = factors(rng, n=6)
    y = rng.normal(size=(6, 2))
    K, k = F @ F.T, G @ F.T
    f = kernel_regression(K, k, y)
    np.testing.assert_allclose(kernel_regression(K, k, y @ [2.0, -1.0]), f @ [2.0, -1.0], atol=1e-9)
    np.testing.assert_allclose(kernel_regression(scale * K, scale * k, y), f, atol=1e-9)


def test_spectrum_of_known_eigenvalues():
    eigenvalues = np.array([5.0, 2.0, 1e-3])
    Q = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    s = spectrum(Q * eigenvalues @ Q.T)
    np.testing.assert_allclose(s.eigenvalues, eigenvalues, rtol=1e-12)
    assert s.lambda_max == pytest.approx(5)
    assert s.lambda_min == pytest.approx(1e-3)
    assert s.condition_number == pytest.approx(5e3)
    assert s.rank == 3
    assert s.rcond == 3 * 2.0**-52


def test_spectrum_of_singular_matrices():
    s = spectrum(np.ones((4, 4)))
    assert s.rank == 1
    assert s.condition_number == math.inf
    assert abs(s.lambda_min) < 1e-15
    zero = spectrum(np.zeros((2, 2)))
    assert (zero.rank, zero.lambda_max, zero.condition_number) == (0, 0.0, math.inf)
    assert np.all(kernel_regression(np.zeros((2, 2)), np.zeros((3, 2)), [1.0, 2.0]) == 0)


def test_single_precision_kernels_are_taken():
    F = np.random.default_rng(4).normal(size=(12, 3)).astype(np.float32)
    K = F @ F.T
    K[0, 1] *= 1 + np.finfo(np.float32).eps
    f = kernel_regression(K, K, K[:, 0], rcond=1e-5)
    np.testing.assert_allclose(f, K[:, 0], rtol=1e-4)


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        (([[1, 2], [0, 1]], np.eye(2), [1, 2]), {}, "K_train must be symmetric"),
        (([[1, 0], [0, -1]], np.eye(2), [1, 2]), {}, "K_train must be positive semidefinite"),
        ((np.eye(2), np.eye(2), [1, 2]), {"ridge": -1e-3}, r"ridge must lie in \[0, inf\)"),
        ((np.eye(2), np.eye(2), [1, 2]), {"rcond": -1}, r"rcond must lie in \[0, 1\); got -1"),
    ],
)
def test_bad_arguments(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        kernel_regression(*arguments, **options)


def test_spectrum_refuses_what_has_none():
    with pytest.raises(ValueError, match="K must be symmetric"):
        spectrum([[1, 2], [0, 1]])
    with pytest.raises(ValueError, match="rcond must lie in"):
        spectrum(np.eye(2), rcond=2)


@pytest.mark.parametrize("options", [{}, {"ridge": 0.1}, {"rcond": 1e-3}])
def test_a_decomposition_is_taken_in_place_of_its_matrix(options):
    rng = np.random.default_rng(5)
    F, G = factors(rng)
    K, k, y = F @ F.T, G @ F.T, rng.normal(size=(12, 2))
    system = eigensystem(K)
    assert eigensystem(system) is system
    f = kernel_regression(K, k, y, **options)
    assert np.array_equal(kernel_regression(system, k, y, **options), f)
    assert spectrum(system).rank == spectrum(K).rank
    np.testing.assert_allclose(spectrum(system).eigenvalues, spectrum(K).eigenvalues, rtol=1e-12)
    # All columns of the identity: the matrix that takes targets to predictions.
    smoother = kernel_regression(K, k, np.eye(12), **options)
    np.testing.assert_allclose(smoother @ y, f, rtol=0, atol=1e-11)
