import math
import tracemalloc
from functools import partial

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spheres import sphere
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.duals import dual_activation, dual_derivative
from widelimit.kernels.gram import gaussian_gram, laplace_gram, linear_gram, nngp_gram, ntk_gram

pytestmark = pytest.mark.usefixtures("way")

ACTIVATIONS = ["relu", "leaky_relu:0.2", "gelu", "sin", "cos", "erf", "hermite:3"]
HOMOGENEOUS = ["relu", "leaky_relu:0.2"]


def nngp(x, z, activation):
    return parse_activation(activation).scale * dual_activation(activation, np.clip(x @ z, -1, 1))


def ntk(x, z, activation):
    xi = np.clip(x @ z, -1, 1)
    scale = parse_activation(activation).scale
    return nngp(x, z, activation) + scale * xi * dual_derivative(activation, xi)


GRAMS = {
    "linear": (linear_gram, {}, lambda x, z: x @ z),
    "gaussian": (gaussian_gram, {"scale": 0.7}, lambda x, z: math.exp(-0.7 * sum((x - z) ** 2))),
    "laplace": (laplace_gram, {"scale": 0.7}, lambda x, z: math.exp(-0.7 * math.dist(x, z))),
}
for name in ACTIVATIONS:
    options = {"activation": name}
    GRAMS[f"nngp {name}"] = (nngp_gram, options, lambda x, z, name=name: nngp(x, z, name))
    GRAMS[f"ntk {name}"] = (ntk_gram, options, lambda x, z, name=name: ntk(x, z, name))


@pytest.fixture(params=GRAMS)
def kernel(request):
    gram, options, entry = GRAMS[request.param]
    return lambda X, Z=None, **more: gram(X, Z, **options, **more), entry


@pytest.mark.parametrize("d", [1, 2, 3, 40])
def test_gram_against_a_double_loop(kernel, d):
    gram, entry = kernel
    rng = np.random.default_rng(d)
    X, Z = sphere(rng, 7, d), sphere(rng, 9, d)
    expected = [[entry(x, z) for z in Z] for x in X]
    np.testing.assert_allclose(gram(X, Z), expected, rtol=0, atol=3e-14)
    expected = [[entry(x, z) for z in X] for x in X]
    # The loop's arccos loses half the digits of its diagonal, hence the tolerance.
    np.testing.assert_allclose(gram(X), expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_diagonals(activation):
    X = sphere(0, 30, 3)
    at_one = 1 + parse_activation(activation).scale * dual_derivative(activation, 1.0)
    np.testing.assert_allclose(np.diag(nngp_gram(X, activation=activation)), 1, rtol=1e-15)
    np.testing.assert_allclose(np.diag(ntk_gram(X, activation=activation)), at_one, rtol=1e-15)


def test_diagonals_are_exact():
    X = np.random.default_rng(0).normal(size=(30, 3))
    assert np.all(np.diag(gaussian_gram(X, scale=3.0)) == 1)
    assert np.all(np.diag(laplace_gram(X, scale=3.0)) == 1)
    np.testing.assert_allclose(np.diag(linear_gram(X)), np.sum(X * X, axis=1), rtol=1e-15)
    np.testing.assert_allclose(np.diag(ntk_gram(X)), 2 * np.sum(X * X, axis=1), rtol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("d", [1, 2, 17, 300])
def test_duplicates_and_antipodes(activation, d):
    rng = np.random.default_rng(d)
    X = sphere(rng, 40, d)
    order = rng.permutation(40)
    for gram, slope_weight in ((nngp_gram, 0), (ntk_gram, 1)):
        for sign in (1.0, -1.0):
            expected = dual_activation(activation, sign)
            expected += slope_weight * sign * dual_derivative(activation, sign)
            expected *= parse_activation(activation).scale
            K = gram(X, sign * X[order], activation=activation)
            np.testing.assert_allclose(K[order, np.arange(40)], expected, rtol=0, atol=1e-14)
            joint = gram(np.vstack([X, sign * X]), activation=activation)
            np.testing.assert_allclose(np.diag(joint, 40), expected, rtol=0, atol=1e-14)


def relu_limit(x, z):
    """The NNGP and tangent kernels of ReLU, for the doubles as they are."""
    x, z = (mp.matrix([mp.mpf(t) for t in v]) for v in (x, z))
    norms = mp.norm(x) * mp.norm(z)
    xi = mp.fdot(x, z) / norms
    rest = mp.pi - mp.acos(max(-1, min(1, xi)))
    nngp = (xi * rest + mp.sqrt(max(0, 1 - xi**2))) / mp.pi
    return float(norms * nngp), float(norms * (nngp + xi * rest / mp.pi))


@pytest.mark.parametrize("d", [2, 50])
@pytest.mark.parametrize("sign", [1, -1])
def test_small_angles_keep_their_digits(d, sign):
    rng = np.random.default_rng(d)
    angles = np.concatenate([10.0 ** -np.arange(17), np.linspace(0.05, 1.6, 40)])
    x = sphere(rng, 1, d)[0]
    across = rng.normal(size=d)
    across -= (across @ x) * x
    across /= np.linalg.norm(across)
    Z = np.cos(angles)[:, None] * x + np.sin(angles)[:, None] * across
    Z *= sign / np.linalg.norm(Z, axis=1, keepdims=True)
    with mp.workdps(60):
        expected = np.array([relu_limit(x, z) for z in Z])
    np.testing.assert_allclose(nngp_gram(x[None], Z)[0], expected[:, 0], rtol=0, atol=2e-15)
    np.testing.assert_allclose(ntk_gram(x[None], Z)[0], expected[:, 1], rtol=0, atol=4e-15)


def test_small_distances_keep_their_digits():
    x = np.array([[1000.0, -700.0, 300.0]])
    steps = 10.0 ** -np.arange(12)
    Z = x + steps[:, None] * [1.0, 2.0, -2.0]
    distances = np.array([math.dist(x[0], z) for z in Z])
    for scale in (1.0, 1e6):
        for gram, power in ((laplace_gram, 1), (gaussian_gram, 2)):
            expected = np.exp(-scale * distances**power)
            np.testing.assert_allclose(gram(x, Z, scale=scale)[0], expected, rtol=1e-9, atol=1e-15)


def test_laplace_has_the_euclidean_norm():
    assert laplace_gram([[0.0, 0.0]], [[3.0, 4.0]], scale=0.1)[0, 0] == pytest.approx(
        math.exp(-0.5)
    )


@pytest.mark.parametrize("gram", [nngp_gram, ntk_gram])
@pytest.mark.parametrize("activation", HOMOGENEOUS)
@given(seed=st.integers(0, 10**6), d=st.integers(1, 5), powers=st.tuples(*[st.floats(-8, 8)] * 2))
def test_homogeneous_kernels_scale_with_the_norms(gram, activation, seed, d, powers):
    rng = np.random.default_rng(seed)
    X, Z = sphere(rng, 4, d), sphere(rng, 5, d)
    r, s = 10.0 ** np.array(powers)
    scaled = gram(r * X, s * Z, activation=activation)
    expected = gram(X, Z, activation=activation)
    np.testing.assert_allclose(scaled / (r * s), expected, rtol=0, atol=1e-14)
    K = gram(r * X, activation=activation)
    np.testing.assert_allclose(K / r**2, gram(X, activation=activation), rtol=0, atol=1e-14)


@pytest.mark.parametrize("gram", [nngp_gram, ntk_gram])
@pytest.mark.parametrize("activation", HOMOGENEOUS)
def test_zero_rows_give_zero(gram, activation):
    X = np.array([[0.0, 0.0], [3.0, 4.0]])
    K = gram(X, activation=activation)
    assert np.all(K[0] == 0)
    assert K[1, 1] > 0
    assert np.all(gram(X, X, activation=activation)[0] == 0)


def test_the_raw_interval_has_rank_two():
    t = np.linspace(-1, 1, 21)[:, None]
    assert np.linalg.matrix_rank(ntk_gram(t)) == 2
    right, left = np.maximum(t, 0), np.minimum(t, 0)
    expected = 2 * right @ right.T + 2 * left @ left.T
    np.testing.assert_allclose(ntk_gram(t), expected, rtol=0, atol=1e-15)


@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(GRAMS)), d=st.integers(1, 6))
def test_grams_are_symmetric_and_positive_semidefinite(seed, name, d):
    gram, options, _ = GRAMS[name]
    rng = np.random.default_rng(seed)
    X = sphere(rng, 12, d)
    X[1], X[2] = X[0], -X[0]
    X[3] = X[0] + 1e-9 * rng.normal(size=d)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    K = gram(X, **options)
    assert np.array_equal(K, K.T)
    assert np.linalg.eigvalsh(K)[0] > -1e-13 * np.trace(K)
    np.testing.assert_allclose(gram(X, X, **options), K, rtol=0, atol=1e-14)
    order = rng.permutation(12)
    np.testing.assert_allclose(gram(X[order], **options), K[np.ix_(order, order)], atol=1e-14)


@pytest.mark.parametrize("spread", [1.0, 1e-6])
def test_memory_stays_that_of_the_gram_matrix(spread, way):
    rng = np.random.default_rng(0)
    X = sphere(rng, 900, 200)
    X = X[0] + spread * (X - X[0])
    ntk_gram(X[:300], X[:300])  # compiles
    tracemalloc.start()
    K = ntk_gram(X, X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Eight Gram matrices and a block; all differences would be 200. Tiles need a few of X.
    assert peak < (10 * K.nbytes if way == "NumPy" else K.nbytes + 6 * X.nbytes)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (130, 257), (400, 5)])
def test_tiles_of_every_shape_agree_with_one_entry_at_a_time(kernel, shape):
    gram, _ = kernel
    rng = np.random.default_rng(0)
    X, Z = sphere(rng, shape[0], 3), sphere(rng, shape[1], 3)
    K = gram(X, Z)
    for i, j in [(0, 0), (-1, -1), *zip(*(rng.integers(0, m, 20) for m in shape), strict=True)]:
        assert K[i, j] == pytest.approx(gram(X[i][None], Z[j][None]).item(), rel=0, abs=1e-14)
    joint = gram(np.vstack([X, Z]))
    assert np.array_equal(joint, joint.T)
    np.testing.assert_allclose(joint[: shape[0], shape[0] :], K, rtol=0, atol=1e-14)


def test_out_is_filled_and_returned(kernel):
    gram, _ = kernel
    rng = np.random.default_rng(0)
    X, Z = sphere(rng, 150, 3), sphere(rng, 140, 3)
    for arguments in ((X,), (X, Z)):
        expected = gram(*arguments)
        out = np.full_like(expected, np.nan)
        assert gram(*arguments, out=out) is out
        assert np.array_equal(out, expected)
        for wrong in (out[:-1], out[:, ::-1], np.asfortranarray(out), out.astype(int), [1.0]):
            with pytest.raises(
                ValueError, match=r"out must be a C-contiguous float64 array \(150,"
            ):
                gram(*arguments, out=wrong)


def test_threads_change_no_bit(kernel):
    gram, _ = kernel
    X = sphere(0, 700, 3)
    assert np.array_equal(gram(X, threads=3), gram(X))
    assert np.array_equal(gram(X, X[:300], threads=2), gram(X, X[:300]))
    with pytest.raises(ValueError, match="threads must be a whole number >= 1; got 0"):
        gram(X, threads=0)


@pytest.mark.parametrize("depth", [1, 3])
def test_what_has_no_compiled_form_goes_by_numpy(monkeypatch, depth):
    X = sphere(0, 150, 3)
    grams = [partial(gaussian_gram, scale=0.7), partial(laplace_gram, scale=0.7)]
    for name in ACTIVATIONS:
        grams += [partial(gram, activation=name, depth=depth) for gram in (nngp_gram, ntk_gram)]
    expected = [gram(X) for gram in grams]
    monkeypatch.setattr("widelimit.kernels.tiles.LAYERS", {})
    monkeypatch.setattr("widelimit.kernels.tiles.RADIAL", {})
    for gram, K in zip(grams, expected, strict=True):
        np.testing.assert_allclose(gram(X), K, rtol=1e-13, atol=1e-14)


def test_a_matrix_that_does_not_fit():
    X = np.full((10**6, 1), 2.0)
    with pytest.raises(MemoryError, match=r"\(1000000, 1000000\) takes 8,000,000,000,000 bytes; "):
        gaussian_gram(X, scale=1.0)


@pytest.mark.parametrize("activation", ["gelu", "sin", "cos", "erf", "hermite:2"])
@pytest.mark.parametrize("gram", [nngp_gram, ntk_gram])
def test_points_off_the_sphere_are_refused(gram, activation):
    X = sphere(0, 5, 3)
    Z = X.copy()
    Z[2] *= 1.5
    with pytest.raises(ValueError, match=r"Z must have rows of unit norm .* got norms .* to 1\.5"):
        gram(X, Z, activation=activation)
    with pytest.raises(ValueError, match="X must have rows of unit norm"):
        gram(Z, activation=activation)
    gram(X * (1 + 1e-12), activation=activation)


def test_bad_arguments(kernel):
    gram, _ = kernel
    with pytest.raises(ValueError, match=r"X must be 1e\+140 at most in size; got 1e\+200"):
        gram([[1e200, 1.0]])


@pytest.mark.parametrize("gram", [nngp_gram, ntk_gram])
def test_points_too_small_to_have_a_direction(gram):
    assert gram([[0.0, 0.0], [1e-100, 0.0]])[1, 1] == pytest.approx(gram([[1e-100, 0]]).item())
    with pytest.raises(ValueError, match="X must have rows of 0 or of 1e-140 at least; got 1e-200"):
        gram([[1e-200, 0.0], [1.0, 0.0]])
