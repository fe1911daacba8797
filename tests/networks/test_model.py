import math
import tracemalloc

import numpy as np
import pytest

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.networks.cell_sums import CellSums
from widelimit.networks.model import forward, initialise
from widelimit.networks.pair_sums import PairSums
from widelimit.networks.tangent import (
    empirical_ntk,
    last_layer_kernel,
    network_kernels,
    ntk_matrix,
)

ACTIVATIONS = ["relu", "leaky_relu:0.2", "gelu", "sin", "cos", "erf", "hermite:3"]


def network(x, A, B, activation):
    phi = parse_activation(activation)
    s = math.sqrt(phi.scale / len(B))
    return [
        s * sum(float(a * phi.value(np.dot(b, x))) for a, b in zip(row, B, strict=True))
        for row in A
    ]


def gradient(x, A, B, activation, h=1e-5):
    """d f_p / d w by central differences, (p, weights)."""
    W = [A.copy(), B.copy()]
    columns = []
    for V in W:
        for index in np.ndindex(V.shape):
            at = V[index]
            V[index] = at + h
            up = forward(x[None], *W, activation=activation).ravel()
            V[index] = at - h
            down = forward(x[None], *W, activation=activation).ravel()
            V[index] = at
            columns.append((up - down) / (2 * h))
    return np.array(columns).T


def test_initial_weights_are_standard_normal():
    A, B = initialise(2e4, 3, outputs=2, rng=np.random.default_rng(0))
    assert A.shape == (2, 20_000)
    assert B.shape == (20_000, 3)
    for w in (A.ravel(), B.ravel()):
        assert abs(w.mean()) < 5 / math.sqrt(w.size)
        assert abs(w.var() - 1) < 5 * math.sqrt(2 / w.size)
    again = initialise(20_000, 3, outputs=2, rng=np.random.default_rng(0))
    assert np.array_equal(A, again[0])
    assert np.array_equal(B, again[1])


@pytest.mark.parametrize("name", ["width", "d", "outputs"])
@pytest.mark.parametrize("value", [0, -1, 1.5, math.inf, math.nan, None, "3", True])
def test_initialise_names_a_bad_size(name, value):
    sizes = {"width": 3, "d": 2, "outputs": 1} | {name: value}
    with pytest.raises(ValueError, match=f"{name} must be"):
        initialise(**sizes, rng=np.random.default_rng(0))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("outputs", [1, 3])
def test_forward_is_the_formula(activation, outputs):
    rng = np.random.default_rng(1)
    X, (A, B) = sphere(rng, 5, 3), initialise(7, 3, outputs=outputs, rng=rng)
    f = forward(X, A, B, activation=activation)
    expected = np.array([network(x, A, B, activation) for x in X])
    np.testing.assert_allclose(f, expected[:, 0] if outputs == 1 else expected, rtol=1e-13)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("outputs", [1, 2])
def test_empirical_ntk_is_the_product_of_gradients(activation, outputs):
    rng = np.random.default_rng(2)
    X, Z = sphere(rng, 3, 2), sphere(rng, 2, 2)
    A, B = initialise(6, 2, outputs=outputs, rng=rng)
    theta = empirical_ntk(X, Z, A, B, activation=activation)
    JX, JZ = (np.array([gradient(x, A, B, activation) for x in P]) for P in (X, Z))
    expected = np.einsum("npw,mqw->nmpq", JX, JZ)
    if outputs == 1:
        expected = expected[:, :, 0, 0]
    assert theta.shape == expected.shape
    np.testing.assert_allclose(theta, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_last_layer_kernel_is_the_formula(activation):
    rng = np.random.default_rng(3)
    X, Z, B = sphere(rng, 3, 4), sphere(rng, 5, 4), rng.standard_normal((9, 4))
    phi = parse_activation(activation)
    K = last_layer_kernel(X, Z, B, activation=activation)
    for i, j in np.ndindex(K.shape):
        terms = [float(phi.value(b @ X[i]) * phi.value(b @ Z[j])) for b in B]
        assert K[i, j] == pytest.approx(phi.scale * math.fsum(terms) / 9, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("width", [50, 5000])
@pytest.mark.parametrize("outputs", [1, 2])
def test_kernels_of_one_set_are_symmetric_and_those_of_two(width, outputs):
    rng = np.random.default_rng(4)
    X, (A, B) = sphere(rng, 9, 2), initialise(width, 2, outputs=outputs, rng=rng)
    for K, of_two in (
        (empirical_ntk(X, None, A, B), empirical_ntk(X, X, A, B)),
        (last_layer_kernel(X, None, B), last_layer_kernel(X, X, B)),
    ):
        assert np.array_equal(K, K.swapaxes(0, 1))
        np.testing.assert_allclose(K, of_two, rtol=0, atol=1e-13)


@pytest.mark.parametrize("width, activation", [(50, "relu"), (5000, "relu"), (50, "gelu")])
@pytest.mark.parametrize("outputs", [1, 2])
def test_all_kernels_at_once_are_each_by_itself(width, activation, outputs):
    rng = np.random.default_rng(7)
    X, Z, (A, B) = (
        sphere(rng, 6, 2),
        sphere(rng, 4, 2),
        initialise(width, 2, outputs=outputs, rng=rng),
    )
    kernels = network_kernels(X, Z, A, B, activation=activation)
    for K, expected in (
        (kernels.ntk_train, ntk_matrix(X, None, A, B, activation=activation)),
        (kernels.ntk_test_train, ntk_matrix(Z, X, A, B, activation=activation)),
        (kernels.last_layer_train, last_layer_kernel(X, None, B, activation=activation)),
        (kernels.last_layer_test_train, last_layer_kernel(Z, X, B, activation=activation)),
    ):
        np.testing.assert_allclose(K, expected, rtol=0, atol=1e-13)
    for K in (kernels.ntk_train, kernels.last_layer_train):
        assert np.array_equal(K, K.T)


POINTS = {
    "half": lambda rng: np.pi * rng.random((2, 15)),
    "full": lambda rng: 2 * np.pi * rng.random((2, 15)),
    "same": lambda rng: np.tile(2 * np.pi * rng.random(15), (2, 1)),
    "opposite": lambda rng: 2 * np.pi * rng.random(15) + np.array([[0.0], [np.pi]]),
    "repeated": lambda rng: np.repeat(2 * np.pi * rng.random((2, 5)), 3, axis=1),
    "one line": lambda rng: np.full((2, 2), 0.7),
}


@pytest.mark.parametrize("layout", POINTS)
@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_sums_over_cells_are_those_over_pairs(layout, slope):
    rng = np.random.default_rng(5)
    X, Z = (np.stack([np.cos(t), np.sin(t)], 1) for t in POINTS[layout](rng))
    A, B = initialise(5000, 2, outputs=2, rng=rng)
    phi = parse_activation(f"leaky_relu:{slope}")
    together, rows, columns = np.concatenate([X, Z]), slice(0, len(X)), slice(len(X), None)
    cells, pairs = CellSums.where_possible(together, B, phi), PairSums(together, B, phi)
    assert cells is not None
    (last, first), (last_pairs, first_pairs) = (
        sums.kernels(rows, columns, A) for sums in (cells, pairs)
    )
    assert first.keys() == first_pairs.keys() == {(0, 0), (1, 0), (1, 1)}
    for one, other in (
        (cells.prediction(A), pairs.prediction(A)),
        (last, last_pairs),
        (cells.features(rows, columns), pairs.features(rows, columns)),
        *((first[outputs], first_pairs[outputs]) for outputs in first),
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)  # of sums of 5000 terms


@pytest.mark.parametrize(
    ("points", "weights", "activation"),
    [
        (np.array([[1.0, 1.0]]), np.ones((5000, 2)), "relu"),
        (np.array([[1.0, 0.0]]), np.ones((50, 2)), "relu"),
        (np.array([[1.0, 0.0]]), np.ones((5000, 2)), "gelu"),
        (np.array([[1.0, 0.0]]), np.zeros((5000, 2)), "relu"),
        (np.array([[1.0, 0.0], [-1.0, 0.0]]), np.tile([0.0, 1.0], (5000, 1)), "relu"),
        (np.empty((0, 2)), np.ones((5000, 2)), "relu"),
    ],
)
def test_all_else_goes_over_pairs(points, weights, activation):
    assert CellSums.where_possible(points, weights, parse_activation(activation)) is None


def test_a_huge_unit_leaves_nothing_where_it_is_not_active():
    rng = np.random.default_rng(0)
    angle = np.linspace(0.1, 3.0, 7)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    A, B = initialise(5000, 2, rng=rng)
    B[17] = [1e8, -1e8]  # not active on the last points
    off = points @ B[17] < 0
    assert off.any()
    assert not off.all()
    expected = np.sqrt(2 / 5000) * np.maximum(points @ B.T, 0) @ A[0]
    np.testing.assert_allclose(forward(points, A, B)[off], expected[off], rtol=1e-11)


@pytest.mark.parametrize("slope", [0, 0.1])
def test_a_huge_unit_leaves_nothing_in_kernels_either(slope):
    t = np.linspace(0.3, 2.7, 7)
    X = np.column_stack([np.cos(t), np.sin(t)])
    A, B = initialise(5000, 2, rng=np.random.default_rng(1))
    A[0, 0], B[0] = 1e9, (0.01, -1)
    phi = parse_activation(f"leaky_relu:{slope}" if slope else "relu")
    rows, columns = slice(0, 4), slice(2, 7)
    fast, plain = CellSums.where_possible(X, B, phi), PairSums(X, B, phi)
    for weights, atol in ((A, 0), (B.T, 1e-12)):
        (_, first), (_, plainly) = (sums.kernels(rows, columns, weights) for sums in (fast, plain))
        for outputs in first:
            np.testing.assert_allclose(first[outputs], plainly[outputs], rtol=1e-12, atol=atol)


def test_units_on_a_line_have_derivative_zero():
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.6, 0.8]])
    A, B = np.ones((1, 5000)), np.tile([0.0, 1.0], (5000, 1))
    theta = empirical_ntk(X, None, A, B)
    np.testing.assert_allclose(theta, np.diag([0, 0, 2 * 0.64 + 2]), atol=1e-12)


@pytest.mark.parametrize("d", [2, 3])
def test_memory_does_not_grow_with_the_width(d):
    rng = np.random.default_rng(6)
    X, (A, B) = sphere(rng, 40, d), initialise(1 << 20, d, rng=rng)
    tracemalloc.start()
    forward(X, A, B)
    empirical_ntk(X, None, A, B)
    last_layer_kernel(X[:20], X[20:], B)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 2**20


def test_no_points_make_empty_arrays():
    A, B = np.ones((1, 5000)), np.ones((5000, 2))
    assert forward(np.empty((0, 2)), A, B).shape == (0,)
    assert last_layer_kernel(np.empty((0, 2)), np.ones((3, 2)), B).shape == (0, 3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_at_no_points_and_at_points_far_out(activation):
    A, B = initialise(6, 3, outputs=1, rng=np.random.default_rng(0))
    assert forward(np.empty((0, 3)), A, B, activation=activation).shape == (0,)
    far = np.full((1, 3), 1e4)
    # Sines there keep the digits that the angles keep.
    expected = network(far[0], A, B, activation)
    np.testing.assert_allclose(forward(far, A, B, activation=activation), expected, rtol=1e-9)
