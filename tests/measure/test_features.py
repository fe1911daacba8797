import math

import numpy as np
import pandas as pd
import pytest

from step4_study import ACTIVATIONS, RATIOS, make_points, make_step4
from table_checks import where
from widelimit.data.sources import points as points_of
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import gaussian_gram, nngp_gram
from widelimit.linear.eigenframework import (
    learning_curve,
    random_feature_error,
    zonal,
    zonal_spectrum,
)
from widelimit.linear.random_features import draw_fourier, fourier_features, neuron_features
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.measure.slopes import slopes_table
from widelimit.report.claims import CLAIMS, judge
from widelimit.report.pages.quoted import random_feature_numbers
from widelimit.report.verdict import FAILS, HOLDS, OPEN
from widelimit.seeds import generator

ROOT = 3


@pytest.fixture(scope="module")
def made():
    return make_step4()


@pytest.fixture(scope="module")
def points():
    return make_points(ROOT)


def numbers(made, metric, **fixed):
    return where(made["metrics"], metric=metric, **fixed)["value"].to_numpy()


def features_of(points, kind, width, seed, activation="relu"):
    """F of training and test points, drawn here from the streams that the stage documents."""
    X, Z = points["train"].X, points["test"].X
    if kind == "network":
        B = generator(ROOT, "features", width, seed).standard_normal((width, X.shape[1]))
        return [neuron_features(P, B, activation=activation) for P in (X, Z)]
    rng = generator(ROOT, "fourier features", width, seed)
    W, b = draw_fourier(width, X.shape[1], scale=0.5, rng=rng)
    return [fourier_features(P, W, b) for P in (X, Z)]


def test_every_metric_is_explained(made):
    assert set(made["metrics"]["metric"]) <= set(METRIC_MEANINGS)
    named = {name for name in METRIC_MEANINGS if name.startswith(("dual_", "fourier_"))}
    assert named <= set(made["metrics"]["metric"])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_duals_are_averages_over_the_plane(made, activation):
    phi = parse_activation(activation)
    rows = made["duals"][made["duals"]["activation"] == activation]
    u, w = np.random.default_rng(0).standard_normal((2, 100_000))
    for quantity, f in (
        ("closed", phi.value),
        ("definition", phi.value),
        ("derivative", phi.derivative),
        ("derivative_definition", phi.derivative),
    ):
        at = rows[rows["quantity"] == quantity].set_index("xi")["value"]
        for xi in at.index[::16]:
            drawn = f(u) * f(xi * u + math.sqrt(1 - xi * xi) * w)
            error = 5 * drawn.std() / math.sqrt(len(u)) + 1e-12
            assert at[xi] == pytest.approx(drawn.mean(), abs=error), (quantity, xi)


def test_monte_carlo_is_the_kernel_of_features_at_that_angle(made):
    drawn = made["duals"].query("activation == 'gelu' and quantity == 'monte_carlo'")
    drawn = drawn[drawn["seed"] == 4]
    u, w = generator(ROOT, "dual pairs", 64, 4).standard_normal((2, 64))
    phi = parse_activation("gelu").value
    for row in drawn.itertuples():
        products = [
            phi(a) * phi(row.xi * a + math.sqrt(1 - row.xi**2) * b)
            for a, b in zip(u, w, strict=True)
        ]
        assert row.value == pytest.approx(sum(products) / 64, abs=1e-13)
    closed = made["duals"].query("activation == 'gelu' and quantity == 'closed'")
    exact = closed.set_index("xi")["value"][drawn["xi"]].to_numpy()
    error = np.sqrt(np.mean((drawn["value"].to_numpy() - exact) ** 2))
    found = numbers(made, "dual_monte_carlo_error", activation="gelu", width=64, seed=4)
    assert found == pytest.approx([error])


def test_the_smoothness_bound_tells_a_kink(made):
    # For phi itself the bound is broken, as it must be for a function that is not analytic.
    rows = made["chebyshev"].query("activation == 'relu'")
    ratio = rows["coefficient"].abs() / rows["bound"]
    assert ratio[rows["function"] == "activation"].max() > 1e6
    assert numbers(made, "dual_smoothness_ratio").max() <= 1
    # The bound is 2 phi^(1) rho^-n with rho the sum of the half axes of the ellipse / 0.9.
    rho = (1 + math.sqrt(0.19)) / 0.9
    np.testing.assert_allclose(rows["bound"], rho ** -rows["degree"].to_numpy(float), rtol=1e-12)


def test_deviations_are_those_of_the_kernels(made, points):
    X = points["train"].X
    table = made["deviations"]
    for kind, activation, limit in (
        ("network", "erf", nngp_gram(X, activation="erf")),
        ("fourier", None, gaussian_gram(X, scale=0.5)),
    ):
        F, _ = features_of(points, kind, 256, 5, activation)
        expected = math.sqrt(np.sum((F @ F.T - limit) ** 2) / np.sum(limit**2))
        rows = where(table, features=kind, width=256, seed=5, activation=activation)
        assert rows["deviation"].tolist() == pytest.approx([expected], rel=1e-12)


def test_the_last_layer_is_trained_step_by_step(made, points):
    y = points["train"].y[:, 0]
    F, G = features_of(points, "network", 40, 1)
    A, eta = np.zeros(40), 1 / np.linalg.norm(F, 2) ** 2
    limit = np.linalg.pinv(F) @ y
    rows = made["last_layer"].query("width == 40 and seed == 1").set_index("step")
    assert rows["learning_rate"].to_numpy() == pytest.approx(eta)
    for step in range(1, 201):
        A = A + eta * F.T @ (y - F @ A)
        if step in rows.index:
            distance = np.sqrt(np.mean((G @ (A - limit)) ** 2))
            assert rows.loc[step, "to_limit"] == pytest.approx(distance, rel=1e-8)
            assert rows.loc[step, "kernel_to_limit"] == pytest.approx(distance, rel=1e-8)
            assert rows.loc[step, "difference"] < 1e-12
    assert {1, 10, 100, 200} <= set(rows.index.dropna())
    end = rows[rows.index.isna()].iloc[0]
    assert end["to_limit"] == 0
    assert end["condition_number"] == pytest.approx(np.linalg.cond(F) ** 2)


@pytest.mark.parametrize("kind", ["network", "fourier"])
@pytest.mark.parametrize("width", [4, 20, 80])
def test_fits_are_least_squares_of_least_norm(made, points, kind, width):
    y, target = points["train"].y[:, 0], points["test"].y[:, 0]
    table = made["double_descent"].query("points == 'sphere' and model == 'features'")
    rows = where(table, features=kind, width=width)
    assert rows["seed"].tolist() == list(range(6))
    for row in rows.itertuples():
        F, G = features_of(points, kind, width, row.seed)
        A = np.linalg.pinv(F) @ y
        assert row.rank == np.linalg.matrix_rank(F) == min(width, 20)
        assert row.train_rmse == pytest.approx(np.sqrt(np.mean((F @ A - y) ** 2)), abs=1e-8)
        error = np.sqrt(np.mean((G @ A - target) ** 2))
        assert row.test_rmse == pytest.approx(error, rel=1e-4 if width == 20 else 1e-8)


def test_limits_and_the_error_of_predicting_0(made, points):
    X, Z = points["train"].X, points["test"].X
    y, target = points["train"].y[:, 0], points["test"].y[:, 0]
    table = made["double_descent"].query("points == 'sphere'").set_index(["features", "model"])
    for kind, K, K_test in (
        ("network", nngp_gram(X), nngp_gram(Z, X)),
        ("fourier", gaussian_gram(X, scale=0.5), gaussian_gram(Z, X, scale=0.5)),
    ):
        error = np.sqrt(np.mean((K_test @ np.linalg.solve(K, y) - target) ** 2))
        assert table.loc[(kind, "limit"), "test_rmse"].item() == pytest.approx(error, rel=1e-8)
        zero = np.sqrt(np.mean(target**2))
        assert table.loc[(kind, "zero"), "test_rmse"].item() == pytest.approx(zero)
    assert not np.array_equal(target, y[: len(target)])


def test_data_sets_are_drawn_and_fitted_one_by_one(made):
    rows = made["data_sets"].query("features == 'network' and data_set == 2").set_index("width")
    own = int(generator(ROOT, "data set", seed=2).integers(2**62))
    drawn = make_points(own)
    y, target = drawn["train"].y[:, 0], drawn["test"].y[:, 0]
    for width in (4, 40):
        F, G = features_of(drawn, "network", width, 2)
        error = np.sqrt(np.mean((G @ np.linalg.pinv(F) @ y - target) ** 2))
        assert rows.loc[width, "test_rmse"] == pytest.approx(error, rel=1e-8)
    assert rows.index.max() == 200  # ten features per point
    assert rows["theory"].isna().sum() == 1
    n, power = 20, [0, 9 / 8, 25 / 80]
    spectrum = zonal_spectrum(zonal(nngp_gram), 8, 60)
    theory = random_feature_error(spectrum, power, n=n, features=40, noise_variance=0.25)
    assert rows.loc[40, "theory"] == pytest.approx(np.sqrt(theory), rel=0.01)
    curve = learning_curve(spectrum, n)
    limit = curve.errors[:3] @ power + (curve.inflation - 1) * 0.25
    assert rows.loc[rows.index.isna(), "theory"].item() == pytest.approx(np.sqrt(limit), rel=0.01)


def test_means_over_data_sets_are_summed_up(made):
    table = made["data_sets"].query("features == 'fourier'")
    worst = 0
    for width, rows in table.groupby("width", dropna=False):
        squares = rows["test_rmse"].to_numpy(float) ** 2
        mean = math.sqrt(squares.mean())
        limit = pd.isna(width)
        if limit:
            share = np.mean(np.sqrt(squares) < numbers(made, "fourier_limit_test_rmse"))
            assert numbers(made, "fourier_share_of_smaller_errors") == [share]
        else:
            assert numbers(made, "fourier_mean_test_rmse", width=width) == pytest.approx([mean])
        if limit or abs(width / 20 - 1) > 0.2 + 1e-9:
            ratio = mean / rows["theory"].iloc[0]
            error = ratio * squares.std(ddof=1) / 2 / squares.mean() / math.sqrt(len(squares))
            worst = max(worst, abs(ratio - 1) + 2 * error)
    assert numbers(made, "fourier_theory_deviation") == pytest.approx([worst])


def test_units_that_cut_the_circle_alike_span_two_dimensions(made):
    rng = generator(ROOT, "circle inputs")
    X, _ = points_of("circle", 20, design="uniform", dimension=2, rng=rng)
    rows = made["double_descent"].query("points == 'circle' and model == 'features'")
    for row in rows[rows["width"].isin([8, 20, 40])].itertuples():
        B = generator(ROOT, "features", row.width, row.seed).standard_normal((row.width, 2))
        halves = {}
        for b in B:
            active = tuple(X @ b > 0)
            halves[active] = halves.get(active, 0) + 1
        at_most = sum(min(count, 2, sum(active)) for active, count in halves.items())
        assert row.rank <= min(at_most, 20)
        assert row.rank == np.linalg.matrix_rank(np.maximum(X @ B.T, 0))
    ranks = rows[rows["width"] == 20]["rank"]
    assert ranks.max() < 20  # on the sphere all are 20


def test_turning_points_are_those_of_the_medians(made):
    for kind, prefix in (("network", "last_layer"), ("fourier", "fourier")):
        rows = made["double_descent"].query("points == 'sphere'")
        rows = rows[rows["features"] == kind]
        limit, rows = (rows[rows["model"] == model] for model in ("limit", "features"))
        test = {k: np.median(part["test_rmse"]) for k, part in rows.groupby("width")}
        train = {k: np.median(part["train_rmse"]) for k, part in rows.groupby("width")}
        first = min(k for k in train if all(train[w] < 1e-6 for w in train if w >= k))
        peak = max(test, key=test.get)
        best = min((k for k in test if k < first), key=test.get)
        expected = {
            "interpolation_ratio": first / 20,
            "peak_ratio": peak / 20,
            "classical_ratio": best / 20,
            "peak_test_rmse": test[peak],
            "classical_test_rmse": test[best],
            "peak_to_classical": test[peak] / test[best],
            "widest_test_rmse": test[max(test)],
            "peak_to_widest": test[peak] / test[max(test)],
        }
        for metric, value in expected.items():
            assert numbers(made, f"{prefix}_{metric}") == pytest.approx([value]), metric
        ratios = numbers(made, f"{prefix}_widest_to_limit")
        assert np.median(ratios) * limit["test_rmse"].item() == pytest.approx(test[max(test)])
        widths = sorted({max(1, round(r * 20)) for r in RATIOS})
        assert sorted(test) == widths
        (critical,) = numbers(made, f"{prefix}_critical_last_ratio")
        (zero,) = numbers(made, f"{prefix}_zero_test_rmse")
        beyond = [k for k in widths if k > critical * 20]
        assert test[round(critical * 20)] > zero >= test[beyond[0]]


def test_every_claim_of_the_page_holds(made):
    claims = judge("step4", made["metrics"], made["slopes"])
    assert len(claims) == len(CLAIMS["step4"])
    open_ones, others = claims[claims["verdict"] == OPEN], claims[claims["verdict"] == FAILS]
    # Six seeds leave the kernel of hermite:3 open and how near its limit a curve ends, and four
    # data sets say little of a mean.
    assert set(open_ones["metric"]) <= {"nngp_deviation", "last_layer_widest_to_limit"}
    assert set(others["metric"]) <= {"last_layer_theory_deviation", "fourier_theory_deviation"}
    assert set(claims["verdict"]) == {HOLDS, OPEN, FAILS}


def test_a_broken_closed_form_is_told(made):
    broken = made["metrics"].copy()
    row = broken["metric"].eq("dual_closed_form_error") & broken["activation"].eq("erf")
    broken.loc[row, "value"] = 1e-9
    first = judge("step4", broken, made["slopes"]).iloc[0]
    assert first["verdict"] == FAILS
    assert first["count"] == len(ACTIVATIONS)


def test_slopes_are_those_of_every_activation(made):
    slopes = slopes_table(made["metrics"], "step4").query("widths == 'widest'")
    fitted = slopes[slopes["metric"] == "nngp_deviation"].set_index("activation")["slope"]
    assert set(fitted.index) == set(ACTIVATIONS)
    assert (fitted + 0.5).abs().max() < 0.1
    (fourier,) = slopes.loc[slopes["metric"] == "fourier_deviation", "slope"]
    assert abs(fourier + 0.5) < 0.1


def test_numbers_for_the_page(made):
    found = random_feature_numbers(made["metrics"])
    assert [row.Index for row in found["duals"]] == sorted(ACTIVATIONS)
    expected = numbers(made, "dual_range", activation="sin")
    assert [row.dual_range for row in found["duals"] if row.Index == "sin"] == expected
    assert found["fits"]["fourier_peak_ratio"] == numbers(made, "fourier_peak_ratio")


def test_more_seeds_leave_the_others_as_they_are(made):
    few = make_step4(activations=("gelu",), seeds=2, trained_seeds=1)
    for name in ("deviations", "last_layer", "double_descent"):
        whole = made[name]
        known = whole[whole["seed"].isna() | whole["seed"].lt(1)].reset_index(drop=True)
        mine = few[name]
        mine = mine[mine["seed"].isna() | mine["seed"].lt(1)].reset_index(drop=True)
        if name == "deviations":
            known = known[known["activation"].isin(["gelu"]) | known["activation"].isna()]
            known = known.reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, known)


def test_fits_that_never_interpolate_have_no_threshold():
    # The features of a linear activation in 8 dimensions have rank 8 at any width.
    made = make_step4(
        activations=("relu",), activation="hermite:1", n_train=30, seeds=2, ratios=(0.1, 0.5, 3.0)
    )
    assert numbers(made, "last_layer_interpolation_ratio").size == 0
    assert numbers(made, "last_layer_rank").max() == 8
    assert numbers(made, "fourier_interpolation_ratio").tolist() == [3.0]
