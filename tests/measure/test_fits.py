import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linprog

from table_checks import check_tables
from widelimit.data.concentric import best_line, concentric_circles, with_radius
from widelimit.data.points import Points
from widelimit.measure.regression.fits import WORKED_KERNEL, fit
from widelimit.tables.regression import TABLES

OPTIONS = {"gaussian_scale": 10.0, "laplace_scale": 2.0, "scales": [30.0, 3.0]}


def points_at(t):
    t = np.asarray(t, dtype=float)
    X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
    return Points(X, (t + np.sin(10 * t))[:, None], t)


TRAIN = points_at([-0.9, -0.62, -0.41, -0.1, 0.17, 0.38, 0.55, 0.93])
TEST = points_at(np.linspace(-1, 1, 41))


@pytest.fixture(scope="module")
def fitted():
    return fit(TRAIN, TEST, activation="relu", **OPTIONS)


def naive_kernel(kernel, scale, x, z):
    distance = math.dist(x, z)
    xi = max(-1.0, min(1.0, sum(a * b for a, b in zip(x, z, strict=True))))
    angle = math.acos(xi)
    nngp = (math.sin(angle) + (math.pi - angle) * xi) / math.pi
    return {
        "linear": lambda: xi,
        "gaussian": lambda: math.exp(-scale * distance**2),
        "laplace": lambda: math.exp(-scale * distance),
        "nngp": lambda: nngp,
        "ntk": lambda: nngp + xi * (math.pi - angle) / math.pi,
    }[kernel]()


def naive_gram(kernel, scale, X, Z):
    return np.array([[naive_kernel(kernel, scale, x, z) for z in Z] for x in X])


def each(table):
    return table.groupby(["part", "kernel", "scale"], dropna=False, sort=False)


def test_every_kernel_and_scale_is_there_once(fitted):
    expected = [
        ("kernels", "linear", None),
        ("kernels", "gaussian", 10.0),
        ("kernels", "laplace", 2.0),
        ("kernels", "nngp", None),
        ("kernels", "ntk", None),
        *(("scales", kernel, s) for kernel in ("gaussian", "laplace") for s in (3.0, 30.0)),
    ]
    for name in ("predictions", "gram", "spectra"):
        found = [(part, k, None if np.isnan(s) else s) for (part, k, s), _ in each(fitted[name])]
        assert found[: len(expected)] == expected
        sliders = found[len(expected) :]
        assert all(part == "slider" for part, _, _ in sliders)
        assert bool(sliders) == (name != "gram")


@pytest.mark.parametrize(
    "scales, low, high, most",
    [([3.0, 30.0], 3, 30, 31), ([2.0], 0.2, 20, 31), ([1.0, 1.3], 1, 1.3, 4)],
)
def test_sliders_run_from_the_smallest_to_the_largest_scale(scales, low, high, most):
    tables = fit(TRAIN, TEST, activation="relu", **(OPTIONS | {"scales": scales}))
    rows = tables["predictions"].query("part == 'slider'")
    for _, of_kernel in rows.groupby("kernel"):
        places = of_kernel["scale"].unique()
        assert (places[0], places[-1]) == (low, high)
        assert len(places) == most
        assert (np.diff(places) > 0).all()


def test_gram_matrices_are_those_of_the_formulas(fitted):
    for (_, kernel, scale), rows in each(fitted["gram"]):
        K = rows.pivot(index="row", columns="column", values="value").to_numpy()
        np.testing.assert_allclose(K, naive_gram(kernel, scale, TRAIN.X, TRAIN.X), atol=2e-8)


def test_predictions_are_minimum_norm_least_squares(fitted):
    for (_, kernel, scale), rows in each(fitted["predictions"]):
        K = naive_gram(kernel, scale, TRAIN.X, TRAIN.X)
        # lstsq cuts singular values off relative to the largest; acos leaves 1e-8 in the others.
        cut_off = 1e-12 if kernel == "linear" else None
        alpha = np.linalg.lstsq(K, TRAIN.y[:, 0], rcond=cut_off)[0]
        for split, points in (("train", TRAIN), ("test", TEST)):
            part = rows[rows["split"] == split]
            np.testing.assert_array_equal(part["t"], points.t)
            expected = naive_gram(kernel, scale, points.X, TRAIN.X) @ alpha
            np.testing.assert_allclose(part["f"], expected, atol=1e-4 if kernel == "nngp" else 1e-6)


def test_linear_kernel_is_least_squares_in_the_inputs(fitted):
    w = np.linalg.lstsq(TRAIN.X, TRAIN.y[:, 0], rcond=None)[0]
    rows = fitted["predictions"].query("kernel == 'linear' and split == 'test'")
    np.testing.assert_allclose(rows["f"], TEST.X @ w, atol=1e-12)


def test_spectra(fitted):
    for (_, kernel, scale), rows in each(fitted["spectra"]):
        K = naive_gram(kernel, scale, TRAIN.X, TRAIN.X)
        singular = np.linalg.svd(K, compute_uv=False)
        np.testing.assert_allclose(rows["eigenvalue"].abs(), singular, atol=1e-7)
        rank = 2 if kernel == "linear" else len(K)
        assert rows["kept"].tolist() == [True] * rank + [False] * (len(K) - rank)
        condition = np.inf if kernel == "linear" else np.linalg.cond(K)
        np.testing.assert_allclose(rows["condition_number"], condition, rtol=1e-3)


def test_worked_numbers_add_up(fitted):
    worked = fitted["worked"]
    assert set(worked["kernel"]) == {WORKED_KERNEL}
    scale = worked["scale"].iloc[0]
    assert scale == OPTIONS[f"{WORKED_KERNEL}_scale"]
    part = {name: rows for name, rows in worked.groupby("quantity")}
    K = part["gram"].pivot(index="i", columns="j", values="value").to_numpy()
    alpha = part["alpha"]["value"].to_numpy()
    np.testing.assert_allclose(K, naive_gram(WORKED_KERNEL, scale, TRAIN.X, TRAIN.X), atol=1e-14)
    np.testing.assert_allclose(K @ alpha, TRAIN.y[:, 0], atol=1e-12)
    np.testing.assert_array_equal(part["y"]["value"], TRAIN.y[:, 0])
    np.testing.assert_array_equal(part["y"]["t"], TRAIN.t)
    x = part["kernel"]["j"].iloc[0]
    by_hand = 0.0
    for i, row in part["kernel"].set_index("i").iterrows():
        expected = naive_kernel(WORKED_KERNEL, scale, TRAIN.X[i], TEST.X[x])
        assert row["value"] == pytest.approx(expected, abs=1e-14)
        assert row["t"] == TEST.t[x]
        term = part["term"].set_index(["i", "j"]).loc[(i, x), "value"]
        assert term == pytest.approx(alpha[i] * expected, abs=1e-13)
        by_hand += term
    f = part["f"].set_index("j")["value"]
    assert f[x] == pytest.approx(by_hand, abs=1e-12)
    predicted = fitted["predictions"].query("part == 'kernels' and kernel == @WORKED_KERNEL")
    predicted = predicted[predicted["split"] == "test"]
    np.testing.assert_allclose(f, predicted["f"], atol=1e-12)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5, 6, 7], [3, 7, 0, 5, 1, 2, 6, 4]])
def test_worked_point_lies_between_two_samples(order):
    train = Points(TRAIN.X[order], TRAIN.y[order], TRAIN.t[order])
    worked = fit(train, TEST, activation="relu", **OPTIONS)["worked"]
    t = worked.loc[worked["quantity"] == "kernel", "t"].iloc[0]
    # Samples 0.38 and 0.55 are the sixth and seventh of eight along the way.
    assert t == min(TEST.t, key=lambda at: abs(at - (0.38 + 0.55) / 2))


@pytest.mark.parametrize("n", [2, 3, 20])
def test_tables_hold_to_their_schemas(n, tmp_path):
    train = points_at(np.linspace(-0.95, 0.9, n))
    frames = fit(train, TEST, activation="gelu", **OPTIONS)
    kinds = {name: table for name, table in TABLES.items() if table.path.startswith("step3/")}
    check_tables(frames, kinds, tmp_path)


def test_points_without_position_are_refused():
    with pytest.raises(ValueError, match="test must have positions t"):
        fit(TRAIN, Points(TEST.X, TEST.y, None), activation="relu", **OPTIONS)


def test_circles_are_separable_after_the_map_only(fitted):
    circles = fitted["circles"]
    np.testing.assert_allclose(np.hypot(circles["x_0"], circles["x_1"]), circles["radius"])
    heights = circles.groupby("circle")["radius"].agg(["min", "max"])
    assert heights.loc[0, "max"] < heights.loc[1, "min"]
    points = circles[["x_0", "x_1"]].to_numpy()
    assert best_line(points, 2 * circles["circle"].to_numpy() - 1)[2] < len(points)


def test_kernel_of_the_feature_map():
    x, z = np.random.default_rng(0).standard_normal((2, 7, 2))
    expected = [[a @ b + np.sqrt(a @ a) * np.sqrt(b @ b) for b in z] for a in x]
    np.testing.assert_allclose(with_radius(x) @ with_radius(z).T, expected, atol=1e-13)


def most_right(points, labels):
    """Every way to call the points -1 or +1 that some line gives, by linear programming."""
    best = 0
    for called in itertools.product((-1, 1), repeat=len(points)):
        sides = np.array(called)[:, None]
        constraints = -sides * np.column_stack([points, np.ones(len(points))])
        found = linprog(np.zeros(3), constraints, -np.ones(len(points)), bounds=(None, None))
        if found.status == 0:
            best = max(best, int(np.sum(called == labels)))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_best_line_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    points, labels = rng.standard_normal((6, 2)), rng.choice((-1, 1), 6)
    normal, offset, right = best_line(points, labels)
    assert np.sum(np.sign(points @ normal - offset) == labels) == right
    assert right == most_right(points, labels)


@pytest.mark.parametrize(
    "points, labels, right",
    [
        ([[0, 0], [1, 1], [0, 1], [1, 0]], [1, 1, -1, -1], 3),
        ([[0, 0], [1, 0], [2, 0], [3, 0]], [-1, 1, -1, 1], 3),
        ([[0, 0], [1, 0], [2, 0]], [1, 1, -1], 3),
        ([[0, 0]], [1], 1),
    ],
)
def test_best_line_of_few_points(points, labels, right):
    normal, offset, found = best_line(points, labels)
    assert found == right
    assert np.sum(np.sign(np.array(points) @ normal - offset) == labels) == right


def test_no_random_line_beats_the_best_on_the_circles():
    points, circle = concentric_circles((1.0, 2.0), 40)
    labels = 2 * circle - 1
    normal, offset, right = best_line(points, labels)
    assert np.linalg.norm(normal) == pytest.approx(1)
    assert np.sum(np.sign(points @ normal - offset) == labels) == right
    rng = np.random.default_rng(3)
    angles, offsets = rng.uniform(0, 2 * np.pi, 20_000), rng.uniform(-2, 2, 20_000)
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ points.T
    scores = np.sum(np.sign(along - offsets[:, None]) == labels, axis=1)
    assert scores.max() == right


@pytest.mark.parametrize(
    "points, labels, match",
    [
        (np.zeros((3, 3)), np.ones(3), "points"),
        (np.zeros((3, 2)), np.ones(2), "points"),
        (np.zeros((3, 2)), np.zeros(3), "labels"),
    ],
)
def test_best_line_refuses(points, labels, match):
    with pytest.raises(ValueError, match=match):
        best_line(points, labels)


@pytest.mark.parametrize("radii, n", [((1.0, 0.0), 4), ((1.0,), 0)])
def test_circles_refuse(radii, n):
    with pytest.raises(ValueError, match="radii must be positive"):
        concentric_circles(radii, n)
