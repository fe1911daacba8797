import math

import numpy as np
import pandas as pd
import pytest

from widelimit.measure.linear_regression import cases as step1_data
from widelimit.measure.linear_regression.cases import REGIMES, regime, spectra
from widelimit.measure.linear_regression.numbers import stable_range
from widelimit.measure.linear_regression.statements import measure
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.report.claims import CLAIMS, judge
from widelimit.seeds import generator

OPTIONS = {
    "root": 5,
    "dimension": 6,
    "condition_numbers": [8, 1],
    "condition_number": 5,
    "steps": 200,
    "draws": 4,
}


@pytest.fixture(scope="module")
def made():
    return measure(**OPTIONS)


@pytest.fixture(scope="module")
def value(made):
    return made["measured"].set_index("metric")["value"]


def loop(X, y, eta, steps, w=None):
    """Every iterate, by the plainest loop."""
    w = np.zeros(X.shape[1]) if w is None else np.asarray(w, dtype=float)
    found = [w]
    for _ in range(steps):
        gradient = sum((np.dot(x, w) - target) * x for x, target in zip(X, y, strict=True))
        w = w - eta * gradient
        found.append(w)
    return np.array(found)


def test_every_metric_is_measured_and_explained(value):
    named = {name for name in METRIC_MEANINGS if name.startswith("linear_")}
    assert set(value.index) == named
    assert np.isfinite(value).all()


def test_the_data_sets_have_the_spectra_they_are_named_for():
    cases = spectra(5, 6, [8, 1])
    assert list(cases) == ["condition 1", "condition 8", "gaussian", "deficient"]
    for name, case in cases.items():
        sigma = np.linalg.svd(case.X, compute_uv=False)
        rank = 3 if name == "deficient" else 6
        assert np.linalg.matrix_rank(case.X) == rank
        assert (sigma[0] / sigma[rank - 1]) ** 2 == pytest.approx(case.condition_number)
    assert cases["condition 8"].condition_number == pytest.approx(8)


@pytest.mark.parametrize("name", REGIMES)
def test_regimes_have_the_shape_they_are_named_for(name):
    case = regime(name, 6, 5.0, np.random.default_rng(0))
    n, d = case.X.shape
    rank = np.linalg.matrix_rank(case.X)
    assert d == 6
    assert {"overdetermined": n > d, "square": n == d, "underdetermined": n < d}.get(name, n == d)
    assert rank == (3 if name == "deficient" else min(n, d))


def test_targets_have_a_share_in_every_direction():
    shares = []
    for seed in range(400):
        case = regime("overdetermined", 4, 5.0, np.random.default_rng(seed))
        U = np.linalg.svd(case.X, full_matrices=False)[0]
        inside = U.T @ case.y
        shares.append([*inside**2, np.sum((case.y - U @ inside) ** 2)])
    # w is standard normal: E (u_i.y)^2 = sigma_i^2 + noise^2; outside noise^2 (n - d).
    sigma = np.sqrt(8) * np.geomspace(1, 5**-0.5, 4)
    expected = [*(sigma**2 + step1_data.NOISE**2), 4 * step1_data.NOISE**2]
    error = np.std(shares, axis=0) / math.sqrt(len(shares))
    assert (np.abs(np.mean(shares, axis=0) - expected) < 5 * error).all()


def test_the_sweep_is_gradient_descent(made):
    case = spectra(5, 6, [8, 1])["condition 8"]
    sweep = made["threshold"].query("spectrum == 'condition 8'")
    assert set(sweep["step"]) == {10, 100, 200}
    limit = np.linalg.pinv(case.X) @ case.y
    rates = np.unique(sweep["relative_learning_rate"])
    assert {0.0, 2.0} <= set(rates)
    for rate in rates[::12]:
        rows = sweep[sweep["relative_learning_rate"] == rate].set_index("step")
        walk = loop(case.X, case.y, rate / np.linalg.norm(case.X, 2) ** 2, 200)
        for T in (10, 100, 200):
            expected = np.linalg.norm(walk[T] - limit) / np.linalg.norm(limit)
            for column in ("distance", "closed_form"):
                assert rows.loc[T, column] == pytest.approx(expected, rel=1e-8, abs=1e-13)


def test_the_distance_shrinks_below_the_threshold_and_grows_above(value):
    ratios = []
    for case in spectra(5, 6, [8, 1]).values():
        limit = np.linalg.pinv(case.X) @ case.y
        for share in (0.99, 1.01):
            walk = loop(case.X, case.y, 2 * share / np.linalg.norm(case.X, 2) ** 2, 200)
            half, end = np.linalg.norm(walk[[100, 200]] - limit, axis=1)
            ratios.append(end / half)
    below, above = max(ratios[::2]), min(ratios[1::2])
    assert below < 0.9 < 1.1 < above
    assert value["linear_growth_below"] == pytest.approx(below, rel=1e-6)
    assert value["linear_growth_above"] == pytest.approx(above, rel=1e-6)


@pytest.mark.parametrize("steps", [2, pytest.param(1000, marks=pytest.mark.slow)])
def test_growth_does_not_depend_on_the_steps_of_the_study(value, steps):
    other = measure(**(OPTIONS | {"steps": steps, "draws": 1}))["measured"]
    other = other.set_index("metric")["value"]
    for metric in ("linear_growth_below", "linear_growth_above"):
        assert other[metric] == value[metric]


def test_the_range_is_found_on_the_steps_themselves(made):
    ranges = made["spectra"].set_index("spectrum")
    assert ranges["lower"].abs().max() < 1e-6
    assert (ranges["upper"] - 2).abs().max() < 1e-6
    assert ranges.loc["deficient", ["n", "d", "rank"]].tolist() == [12, 6, 3]
    # Were the largest eigenvalue another, so would be the range: it is not built in.
    case = spectra(5, 6, [2.0])["condition 2"]
    rng = np.random.default_rng(3)
    hidden = step1_data.Case(case.X, case.X @ case.X.T @ rng.standard_normal(12), 2.0)
    without_first = hidden.y - _first(hidden.X) * (_first(hidden.X) @ hidden.y)
    blind = step1_data.Case(hidden.X, without_first, 2.0)
    sigma = np.linalg.svd(case.X, compute_uv=False)
    # In exact numbers the first direction is never entered; rounding enters it in the end.
    _, upper = stable_range(blind, 20)
    assert upper == pytest.approx(2 * (sigma[0] / sigma[1]) ** 2, rel=1e-3)


def _first(X):
    return np.linalg.svd(X)[0][:, 0]


def test_directions_shrink_each_by_its_own_factor(made):
    rows = made["directions"]
    assert rows["direction"].max() == 6
    for row in rows.iloc[:: len(rows) // 50].itertuples():
        factor = abs(1 - row.relative_learning_rate * row.eigenvalue)
        assert row.closed_form == pytest.approx(factor**row.step, rel=1e-12)
        assert row.distance == pytest.approx(factor**row.step, rel=1e-6, abs=1e-12)
    last = rows[(rows["step"] == 200) & (rows["direction"] == 1)]
    grown = last.set_index("relative_learning_rate")["distance"] > 1
    assert grown.to_dict() == {1.0: False, 1.9: False, 2.02: True}
    case = regime("overdetermined", 6, 5.0, generator(5, "step1 path"))
    squares = np.linalg.svd(case.X, compute_uv=False) ** 2
    found = rows.drop_duplicates("direction")["eigenvalue"]
    np.testing.assert_allclose(found, squares / squares[0], rtol=1e-12)


def test_regimes_follow_the_loop_from_both_starts(made):
    for name in REGIMES:
        rng = generator(5, f"step1 {name}")
        case = regime(name, 6, 5.0, rng)
        elsewhere = case.elsewhere(rng)
        limit = np.linalg.pinv(case.X) @ case.y
        null = np.linalg.svd(case.X)[2][np.linalg.matrix_rank(case.X) :]
        for start, w_0 in (("zero", None), ("elsewhere", elsewhere)):
            walk = loop(case.X, case.y, 1 / np.linalg.norm(case.X, 2) ** 2, 200, w_0)
            rows = made["regimes"][made["regimes"]["regime"] == name]
            rows = rows[rows["start"] == start].set_index("step")
            size = np.linalg.norm(limit)
            for T in rows.index:
                w = walk[T]
                loss = np.sum((case.y - case.X @ w) ** 2) / np.sum(case.y**2)
                assert rows.loc[T, "loss"] == pytest.approx(loss, rel=1e-10, abs=1e-20)
                distance = np.linalg.norm(w - limit) / size
                assert rows.loc[T, "distance"] == pytest.approx(distance, rel=1e-8, abs=1e-13)
                outside = np.linalg.norm(null @ w) / size
                assert rows.loc[T, "outside"] == pytest.approx(outside, rel=1e-10, abs=1e-14)
            rest = case.y - case.X @ limit
            least = rest @ rest / (case.y @ case.y)
            assert rows["least_loss"].iloc[0] == pytest.approx(least, rel=1e-10, abs=1e-20)


def test_only_the_start_at_0_leads_to_the_least_norm(made):
    plane = made["plane"]
    last = plane[plane["step"] == plane["step"].max()].set_index("start")
    x, y = np.array([1.0, 0.5]), 1.0
    norms = np.hypot(last["w_0"], last["w_1"])
    np.testing.assert_allclose(last["w_0"] * x[0] + last["w_1"] * x[1], y, atol=1e-2)
    assert norms.idxmin() == 0
    assert norms[0] == pytest.approx(y / np.linalg.norm(x), rel=1e-2)
    for _, path in plane.groupby("start"):
        moves = np.diff(path[["w_0", "w_1"]], axis=0)
        np.testing.assert_allclose(moves @ [-0.5, 1.0], 0, atol=1e-15)


def test_numbers_are_at_their_worst(value):
    # More random data can make the worst only worse; without noise there is nothing left over.
    more = measure(**(OPTIONS | {"draws": 6}))["measured"].set_index("metric")["value"]
    for name in REGIMES:
        assert more[f"linear_solution_error_{name}"] >= value[f"linear_solution_error_{name}"]
    assert more["linear_elsewhere_distance"] <= value["linear_elsewhere_distance"]
    for name in ("square", "underdetermined"):
        assert value[f"linear_loss_{name}"] < 1e-20
    for name in ("overdetermined", "deficient"):
        assert value[f"linear_loss_{name}"] > 1e-3


def test_too_few_steps_are_told(value):
    few = measure(**(OPTIONS | {"steps": 20, "condition_number": 1000}))["measured"]
    few = few.set_index("metric")["value"]
    assert few["linear_solution_error_square"] > 1e-3 > 1e-9 > value["linear_solution_error_square"]


def test_same_root_same_numbers(made):
    again = measure(**OPTIONS)
    for name, frame in made.items():
        pd.testing.assert_frame_equal(frame, again[name], check_exact=True)
    other = measure(**(OPTIONS | {"root": 6}))["measured"]
    assert not other["value"].equals(made["measured"]["value"])


def test_numbers_are_those_of_the_loop(value):
    found = {name: [] for name in value.index if "threshold" not in name and "growth" not in name}
    for name in REGIMES:
        rng = generator(5, f"step1 numbers {name}")
        for _ in range(OPTIONS["draws"]):
            case = regime(name, 6, 5.0, rng)
            elsewhere = case.elsewhere(rng)
            limit = np.linalg.pinv(case.X) @ case.y
            size, nothing = np.linalg.norm(limit), case.y @ case.y
            null = np.linalg.svd(case.X)[2][np.linalg.matrix_rank(case.X) :]
            eta = 1 / np.linalg.norm(case.X, 2) ** 2
            walk, other = (loop(case.X, case.y, eta, 200, w) for w in (None, elsewhere))
            rest = case.y - case.X @ walk[-1]
            found[f"linear_loss_{name}"].append(rest @ rest / nothing)
            if len(null):
                found["linear_elsewhere_distance"].append(np.linalg.norm(other[-1] - limit) / size)
                assert np.abs((other - elsewhere) @ null.T).max() < 1e-13
    assert value["linear_elsewhere_distance"] == pytest.approx(
        min(found["linear_elsewhere_distance"]), rel=1e-9
    )
    for name in REGIMES:
        worst = max(found[f"linear_loss_{name}"])
        assert value[f"linear_loss_{name}"] == pytest.approx(worst, rel=1e-9, abs=1e-20)
    # What the loop above has exactly is measured as rounding.
    rounding = [
        f"linear_{part}_{name}" for part in ("solution_error", "loss_error") for name in REGIMES
    ]
    rounding += [f"linear_{name}" for name in ("outside_span", "outside_span_change")]
    assert (value[[*rounding, "linear_descent_vs_closed_form"]] < 1e-13).all()


def test_every_statement_holds(made):
    claims = judge("step1", made["measured"])
    assert len(claims) == len(CLAIMS["step1"])
    assert claims[claims["verdict"] != "yes"].empty


def test_a_study_that_ends_too_soon_does_not_bear_them_out():
    few = measure(**(OPTIONS | {"steps": 20, "condition_number": 1000}))["measured"]
    claims = judge("step1", few)
    failed = set(claims.loc[claims["verdict"] == "no", "metric"])
    # Bisection on so few steps does not find the threshold to six digits.
    assert failed - {"linear_threshold_upper"} == {
        f"linear_{part}_{name}" for part in ("solution_error", "loss_error") for name in REGIMES
    }
