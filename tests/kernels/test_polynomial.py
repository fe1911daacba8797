import itertools
import math

import numpy as np
import pytest

from widelimit.kernels.polynomial import polynomial_features, polynomial_gram


def test_features_of_degree_two_in_the_plane():
    x, z = 3.0, -2.0
    r = math.sqrt(2)
    expected = sorted([1, r * x, r * z, x * x, r * x * z, z * z])
    assert sorted(polynomial_features([[x, z]], degree=2)[0]) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("degree", [1, 2, 3, 7])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_features_span_the_kernel(degree, d):
    rng = np.random.default_rng(degree)
    # Whole numbers: both sides are exact in integers.
    X, Z = rng.integers(-3, 4, (6, d)), rng.integers(-3, 4, (4, d))
    psi_x, psi_z = (polynomial_features(P, degree=degree) for P in (X, Z))
    assert psi_x.shape == (6, math.comb(d + degree, degree))
    for i, j in itertools.product(range(6), range(4)):
        exact = (1 + sum(int(a) * int(b) for a, b in zip(X[i], Z[j], strict=True))) ** degree
        size = (1 + np.abs(X[i]) @ np.abs(Z[j])) ** degree
        assert psi_x[i] @ psi_z[j] == pytest.approx(exact, abs=1e-14 * size)
        assert polynomial_gram(X, Z, degree=degree)[i, j] == exact


def test_features_are_counted_once_each():
    # On generic points, the features of degree 4 are linearly independent.
    X = np.random.default_rng(0).standard_normal((80, 3))
    assert np.linalg.matrix_rank(polynomial_features(X, degree=4)) == math.comb(7, 4) == 35


def test_gram_matrix_is_symmetric_and_positive_semidefinite():
    X = np.random.default_rng(1).standard_normal((30, 2))
    K = polynomial_gram(X, degree=3)
    assert (K == K.T).all()
    values = np.linalg.eigvalsh(K)
    assert values[0] > -1e-13 * values[-1]
    np.testing.assert_allclose(np.diag(K), (1 + np.sum(X**2, axis=1)) ** 3, rtol=1e-14)


@pytest.mark.parametrize(
    "call, match",
    [
        (
            lambda: polynomial_features([[1.0]], degree=0),
            "degree must be a whole number >= 1; got 0",
        ),
        (
            lambda: polynomial_gram([[1.0]], degree=1.5),
            "degree must be a whole number >= 1; got 1.5",
        ),
        (lambda: polynomial_features(np.ones((2, 50)), degree=8), "at most 100000 features; got 8"),
        (lambda: polynomial_features([1.0, 2.0], degree=2), "X must"),
        (lambda: polynomial_features([[math.inf]], degree=2), "X must be finite"),
    ],
)
def test_bad_arguments_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()
