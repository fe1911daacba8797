import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.linalg

from widelimit.linear.least_squares import (
    LeastSquares,
    descend,
    descend_kernel,
    least_norm_solution,
    matrix_with,
    regime_solution,
)

SHAPES = {"n > d": (9, 4, 4), "n = d": (5, 5, 5), "n < d": (4, 7, 4), "deficient": (6, 5, 3)}
"""n, d and rank."""


def draw(n, d, rank, seed=0, condition=10.0):
    rng = np.random.default_rng(seed)
    X = matrix_with(np.geomspace(1.7, 1.7 / math.sqrt(condition), rank), n, d, rng=rng)
    return X, rng.standard_normal(n), rng.standard_normal(d)


@pytest.fixture(params=SHAPES)
def case(request):
    return draw(*SHAPES[request.param])


def naive_descent(X, y, w, learning_rate, steps):
    """Gradient descent with one sum at a time, in 40 digits."""
    with mpmath.workdps(40):
        n, d = X.shape
        X, w = [[mpmath.mpf(v) for v in row] for row in X], [mpmath.mpf(v) for v in w]
        eta = mpmath.mpf(learning_rate)
        for _ in range(steps):
            rest = [y[i] - sum(X[i][j] * w[j] for j in range(d)) for i in range(n)]
            w = [w[j] + eta * sum(rest[i] * X[i][j] for i in range(n)) for j in range(d)]
        return np.array([float(v) for v in w])


def exact_solve(A, b):
    """Gauss's elimination in rational numbers."""
    rows = [[*map(Fraction, row), Fraction(value)] for row, value in zip(A, b, strict=True)]
    n = len(rows)
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize("share", [-0.01, 0.0, 0.3, 0.99, 1.02])
def test_iterates_are_those_of_gradient_descent(case, start, share):
    X, y, w = case
    fit = LeastSquares(X, y)
    options = {"learning_rate": share * fit.learning_rate_bound, "steps": [40, 0, 7]}
    options["start"] = w if start else None
    closed, walked = fit.iterates(**options), descend(X, y, **options)
    w = w if start else np.zeros_like(w)
    for row, T in enumerate(options["steps"]):
        expected = naive_descent(X, y, w, options["learning_rate"], T)
        np.testing.assert_allclose(closed[row], expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(walked[row], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "X, y, rank",
    [
        ([[1, 2], [3, 4], [5, 7]], [1, -2, 3], 2),
        ([[2, 1], [1, 3]], [1, 2], 2),
        ([[1, 2, 3], [0, 1, -1]], [4, 5], 2),
    ],
)
def test_each_regime_has_its_closed_form_in_exact_numbers(X, y, rank):
    n, d = np.shape(X)
    if n >= d:  # (X'X) w = X'y
        A = [[sum(r[i] * r[j] for r in X) for j in range(d)] for i in range(d)]
        b = [sum(r[i] * v for r, v in zip(X, y, strict=True)) for i in range(d)]
        expected = exact_solve(A, b)
    else:  # w = X'(XX')^-1 y
        alpha = exact_solve(
            [[sum(a * b for a, b in zip(p, q, strict=True)) for q in X] for p in X], y
        )
        expected = [sum(a * r[j] for a, r in zip(alpha, X, strict=True)) for j in range(d)]
    expected = np.array([float(v) for v in expected])
    fit = LeastSquares(X, y)
    assert fit.rank == rank
    np.testing.assert_allclose(regime_solution(X, y), expected, rtol=1e-12)
    np.testing.assert_allclose(fit.solution, expected, rtol=1e-12)
    np.testing.assert_allclose(least_norm_solution(X, y), expected, rtol=1e-12)


def test_the_limit_is_the_minimum_norm_solution(case):
    X, y, _ = case
    fit = LeastSquares(X, y)
    for solution in (fit.solution, least_norm_solution(X, y)):
        np.testing.assert_allclose(solution, np.linalg.pinv(X) @ y, rtol=1e-11, atol=1e-13)
    (w,) = fit.iterates(learning_rate=0.5 * fit.learning_rate_bound, steps=[10_000])
    np.testing.assert_allclose(w, fit.solution, rtol=0, atol=1e-12)
    # Least loss: no direction leads down. Least norm: no part outside the span of the points.
    np.testing.assert_allclose(X.T @ (y - X @ w), 0, atol=1e-12)
    np.testing.assert_allclose(fit.outside(w), 0, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_losses_are_what_each_regime_must_have(shape):
    n, d, rank = SHAPES[shape]
    X, y, w = draw(n, d, rank)
    fit = LeastSquares(X, y)
    residual = y - X @ w
    assert fit.loss(w) == pytest.approx(0.5 * sum(r * r for r in residual), rel=1e-13)
    assert fit.loss(np.stack([w, 0 * w])).shape == (2,)
    # What lies outside the columns of X no weights can fit.
    basis = scipy.linalg.qr(X, pivoting=True)[0][:, :rank]
    unfitted = y - basis @ (basis.T @ y)
    expected = 0.5 * np.sum(unfitted**2)
    assert (expected > 0.01) == (rank < n)
    (end,) = descend(X, y, learning_rate=0.5 * fit.learning_rate_bound, steps=[10_000])
    for loss in (fit.least_loss, fit.loss(end)):
        assert loss == pytest.approx(expected, rel=1e-12, abs=1e-24)


@pytest.mark.parametrize("condition", [1.0, 10.0, 1e4])
@pytest.mark.parametrize("shape", SHAPES)
def test_descent_converges_below_the_threshold_and_not_beyond(shape, condition):
    X, y, _ = draw(*SHAPES[shape], condition=condition)
    fit = LeastSquares(X, y)
    bound = fit.learning_rate_bound
    assert bound == pytest.approx(2 / np.linalg.norm(X, 2) ** 2, rel=1e-13)
    many = [10**6, 10**7]
    for share, grows in ((1 - 1e-5, False), (1 + 1e-5, True), (-1e-5, True)):
        w = fit.iterates(learning_rate=share * bound, steps=many)
        first, last = np.linalg.norm(w - fit.solution, axis=1)
        assert (last > first) == grows
        assert grows or last < 1e-10 * np.linalg.norm(fit.solution)


def test_at_the_threshold_itself_descent_swings_for_ever():
    X, y, _ = draw(6, 4, 4)
    fit = LeastSquares(X, y)
    w = fit.iterates(learning_rate=fit.learning_rate_bound, steps=[1000, 1001])
    along = (w - fit.solution) @ fit.directions[0]
    assert along[0] == pytest.approx(-along[1], rel=1e-9)
    assert abs(along[0]) == pytest.approx(abs(fit.solution @ fit.directions[0]), rel=1e-9)


@pytest.mark.parametrize("shape", ["n < d", "deficient"])
def test_iterates_stay_in_the_span_of_the_points(shape):
    X, y, start = draw(*SHAPES[shape])
    fit = LeastSquares(X, y)
    null = np.linalg.svd(X)[2][fit.rank :]
    options = {"learning_rate": 0.7 * fit.learning_rate_bound, "steps": range(0, 60, 7)}
    assert np.abs(descend(X, y, **options) @ null.T).max() < 1e-13
    w = descend(X, y, start=start, **options)
    np.testing.assert_allclose(w @ null.T, np.tile(null @ start, (len(w), 1)), atol=1e-13)
    np.testing.assert_allclose(fit.outside(w), w @ null.T @ null, atol=1e-13)
    # So from elsewhere it ends with another fit as good, of larger norm.
    (end,) = fit.iterates(learning_rate=options["learning_rate"], steps=[10**5], start=start)
    assert fit.loss(end) == pytest.approx(fit.least_loss, abs=1e-12)
    expected = fit.solution @ fit.solution + np.sum((null @ start) ** 2)
    assert end @ end == pytest.approx(expected, rel=1e-10)
    assert end @ end > 1.01 * fit.solution @ fit.solution


def test_descent_in_a_kernel_is_descent_in_its_features():
    X, y, _ = draw(6, 9, 6)
    options = {"learning_rate": 0.1, "steps": [0, 1, 5, 50]}
    alpha = descend_kernel(X @ X.T, y, **options)
    np.testing.assert_allclose(alpha @ X, descend(X, y, **options), atol=1e-13)


def test_divergence_ends_in_infinity_without_a_warning():
    X, y, _ = draw(4, 4, 4)
    fit = LeastSquares(X, y)
    options = {"learning_rate": 50 * fit.learning_rate_bound, "steps": [10_000]}
    for w in (fit.iterates(**options), descend(X, y, **options)):
        assert not np.isfinite(w).all()
        assert not np.isfinite(fit.loss(w)).all()


def test_points_at_the_origin_have_nothing_to_learn():
    fit = LeastSquares(np.zeros((3, 2)), [1.0, 2.0, 3.0])
    assert fit.learning_rate_bound == math.inf
    assert fit.least_loss == 7.0
    assert fit.iterates(learning_rate=5.0, steps=[9], start=[1.0, 2.0]).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("n, d, rank", [(8, 3, 3), (3, 8, 2), (4, 4, 4)])
def test_matrices_have_the_singular_values_asked_for(n, d, rank):
    sigma = np.geomspace(3, 0.2, rank)
    X = matrix_with(sigma, n, d, rng=np.random.default_rng(1))
    found = np.linalg.svd(X, compute_uv=False)
    np.testing.assert_allclose(found[:rank], sigma, rtol=1e-13)
    np.testing.assert_allclose(found[rank:], 0, atol=1e-14)


def test_directions_of_matrices_prefer_none():
    # E[X_ij^2] = sum of sigma^2 / (n d), for every entry.
    rng = np.random.default_rng(2)
    squares = np.array([matrix_with([2.0, 1.0], 3, 4, rng=rng) ** 2 for _ in range(4000)])
    error = squares.std(axis=0) / math.sqrt(len(squares))
    assert (np.abs(squares.mean(axis=0) - 5 / 12) < 5 * error).all()


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: LeastSquares(np.eye(2), [1, 2], rcond=1), r"rcond must lie in \[0, 1\); got 1"),
        (
            lambda: descend(np.eye(2), [1, 2], learning_rate=1, steps=[3, -1]),
            "steps must be whole numbers >= 0; got -1",
        ),
        (lambda: regime_solution(np.ones((3, 2)), [1, 2, 3]), r"rank min\(n, d\) = 2; got rank 1"),
        (lambda: matrix_with([1, -1], 2, 2, rng=None), "singular_values must be 1 to 2 positive"),
        (lambda: matrix_with([1, 1, 1], 2, 4, rng=None), "singular_values must be 1 to 2 positive"),
    ],
)
def test_bad_arguments_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()
