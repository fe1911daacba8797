"""Units orthogonal to points: phi'(0) is the slope of the negative side, to the last bit of x.b."""

import numpy as np
import pytest
from circle_cases import LAYOUTS, points
from references import descend_leaky, rounded_products

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.networks.tangent import empirical_ntk, jacobian
from widelimit.training import train


def orthogonal(x, rng):
    """A b for every row x, orthogonal to it and of any length."""
    b, row = np.zeros_like(x), np.arange(len(x))
    i, j = rng.permuted(np.tile(np.arange(x.shape[1]), (len(x), 1)), axis=1)[:, :2].T
    b[row, i], b[row, j] = -x[row, j], x[row, i]
    return b * 2.0 ** rng.integers(-2, 3, (len(x), 1))


def network(X, rng, units=120):
    """Units orthogonal to points, a quarter of them off by a unit in the last place; where a = 0
    they are still so after the first step."""
    A, B = rng.standard_normal((1, units)), orthogonal(X[rng.integers(0, len(X), units)], rng)
    A[0, ::2] = 0
    B[::4] = np.nextafter(B[::4], np.inf)
    return A, B


def assert_follows_plain_descent(X, y, A, B, slope, engine, steps=100):
    activation = f"leaky_relu:{slope}" if slope else "relu"
    result = train(X, y, A, B, activation=activation, learning_rate=0.1, steps=steps, engine=engine)
    for one, other in zip(result[:3], descend_leaky(X, y, A, B, slope, 0.1, steps), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("engine", "d"), [("circle", 2), ("dense", 2), ("dense", 3)])
def test_a_unit_orthogonal_to_the_only_point_stays(engine, d):
    rng = np.random.default_rng(1)
    X = sphere(rng, 400, d)
    for x, b in zip(X, orthogonal(X, rng), strict=True):
        A, B = np.array([[rng.standard_normal()]]), b[None]
        result = train(x[None], np.ones(1), A, B, learning_rate=0.5, steps=70, engine=engine)
        np.testing.assert_array_equal(result.A, A)
        np.testing.assert_array_equal(result.B, B)
        np.testing.assert_allclose(result.losses, 0.5, rtol=1e-15)


@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("layout", ["full", "half", "duplicates"])
def test_the_circle_engine_decides_as_plain_descent(layout, slope):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = points(layout, 9, rng)
        A, B = network(X, rng)
        assert_follows_plain_descent(X, rng.standard_normal(9), A, B, slope, "circle")


@pytest.mark.parametrize("layout", [*LAYOUTS, 1, 2, 3])
@pytest.mark.parametrize("outputs", [1, 2])
def test_the_dense_engines_decide_as_plain_descent(layout, outputs):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X = sphere(rng, layout, 3) if isinstance(layout, int) else points(layout, 9, rng)
        A, B = network(X, rng)
        A = np.tile(A, (outputs, 1))
        y = rng.standard_normal((len(X), outputs))
        assert_follows_plain_descent(X, y, A, B, 0.3 * (seed % 2), "dense")


@pytest.mark.parametrize("layout", ["antipodal", "axes", "equispaced"])
def test_auto_leaves_units_between_antipodal_points_to_dense(layout):
    rng = np.random.default_rng(3)
    X = points(layout, 12, rng)
    A, B = network(X, rng)
    assert train(X, np.ones(12), A, B, learning_rate=0.1, steps=1).engine == "dense"
    assert_follows_plain_descent(X, rng.standard_normal(12), A, B, 0.0, "auto")


@pytest.mark.parametrize("layout", [*LAYOUTS, "sphere"])
@pytest.mark.parametrize("units", [120, 5000])
def test_kernels_and_jacobians_decide_alike(layout, units):
    rng = np.random.default_rng(4)
    X = sphere(rng, 9, 3) if layout == "sphere" else points(layout, 9, rng)
    A, B = network(X, rng, units)
    active = rounded_products(X, B) > 0
    phi = np.where(active, rounded_products(X, B), 0)
    K = 2 / units * (phi @ phi.T + X @ X.T * ((active * A**2) @ active.T))
    np.testing.assert_allclose(empirical_ntk(X, X, A, B), K, rtol=0, atol=1e-12)
    if units < 1000:
        J = jacobian(X, A, B)[:, 0]
        np.testing.assert_allclose(J @ J.T, K, rtol=0, atol=1e-12)


def test_the_activation_itself_has_the_slope_of_the_negative_side():
    for slope in (0.0, 0.3):
        assert parse_activation(f"leaky_relu:{slope}").derivative(np.zeros(1)) == slope
