import numpy as np
import pytest

from spheres import sphere
from widelimit.finite_width.samples import (
    homogeneous_units,
    initial_values,
    normal_points,
    square_root,
)
from widelimit.kernels.gram import nngp_gram, ntk_gram


def test_normal_points_have_the_moments_of_the_normal():
    points = normal_points(1 << 12, 5)
    assert np.isfinite(points).all()
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=2e-3)
    np.testing.assert_allclose(points.T @ points / len(points), np.eye(5), atol=1e-2)
    np.testing.assert_allclose(np.mean(points**4, axis=0), 3, atol=0.05)
    np.testing.assert_array_equal(points, normal_points(1 << 12, 5))
    assert not np.array_equal(points, normal_points(1 << 12, 5, seed=1))


@pytest.mark.parametrize(
    "d, outputs, error", [(2, 1, 3e-3), (3, 1, 0.02), (2, 2, 0.02), (5, 3, 0.05)]
)
def test_homogeneous_units_have_the_limit_kernel(d, outputs, error):
    A, B = homogeneous_units(1 << 13, d, outputs=outputs)
    X = sphere(0, 4, d)
    np.testing.assert_array_equal(A[:, : 1 << 12], -A[:, 1 << 12 :])
    on, U = 1.0 * (B @ X.T > 0), np.maximum(B @ X.T, 0)
    for a in A:
        K = 2 * (U.T @ U + (on * (a * a)[:, None]).T @ on * (X @ X.T)) / len(B)
        np.testing.assert_allclose(K, ntk_gram(X), atol=error)


def test_initial_values_average_quadratic_forms_exactly():
    S = nngp_gram(sphere(1, 5, 3))
    f0 = initial_values(S, 10)
    assert f0.shape == (10, 5, 1)
    np.testing.assert_array_equal(f0[:5], -f0[5:])
    np.testing.assert_allclose(np.einsum("cip,cjp->ij", f0, f0) / 10, S, atol=1e-13)
    # Further ones: again exact at every multiple of n pairs, and not the same ones.
    more = initial_values(S, 20, outputs=2)
    for p in range(2):
        np.testing.assert_allclose(more[:, :, p].T @ more[:, :, p] / 20, S, atol=1e-13)
    assert not np.allclose(more[:5], more[5:10])


def test_square_root_of_a_singular_matrix():
    F = np.random.default_rng(2).standard_normal((5, 2))
    R = square_root(F @ F.T)
    np.testing.assert_allclose(R @ R.T, F @ F.T, atol=1e-14)
