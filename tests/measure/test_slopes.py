import numpy as np
import pandas as pd
import pytest

from widelimit.measure import slopes as summaries
from widelimit.tables import files as tables
from widelimit.tables import schemas


def metrics(rows):
    columns = ["width", "seed", "step", "metric", "value"]
    frame = pd.DataFrame(rows, columns=columns).assign(experiment="step7", activation="relu")
    return frame.astype({"width": "Int64", "seed": "Int32", "step": "Int64", "value": float})


def test_fit_slope_is_the_line_of_the_normal_equations():
    rng = np.random.default_rng(3)
    width = np.repeat([16, 64, 256, 1024], 3)
    value = 2.0 * width**-0.5 * np.exp(0.3 * rng.standard_normal(12))
    x, y = np.log2(width), np.log2(value)
    design = np.stack([np.ones(12), x], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    intercept, slope = inverse @ design.T @ y
    residual = y - design @ [intercept, slope]
    variance = residual @ residual / 10
    # The 97.5 % point of Student's t with 10 degrees of freedom, from a printed table.
    margin = 2.228139 * np.sqrt(variance * inverse[1, 1])
    fit = summaries.fit_slope(width, value)
    assert fit["smallest_width"] == 16
    assert fit["largest_width"] == 1024
    assert fit["slope"] == pytest.approx(slope, rel=1e-12)
    assert fit["intercept"] == pytest.approx(intercept, rel=1e-12)
    assert fit["slope_low"] == pytest.approx(slope - margin, rel=1e-6)
    assert fit["slope_high"] == pytest.approx(slope + margin, rel=1e-6)


def test_fit_slope_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    width = np.repeat([4, 8, 16], 2)
    trials, inside = 1000, 0
    for _ in range(trials):
        fit = summaries.fit_slope(width, width**-0.5 * 2 ** rng.standard_normal(6))
        inside += fit["slope_low"] <= -0.5 <= fit["slope_high"]
    standard_error = np.sqrt(0.95 * 0.05 / trials)
    assert abs(inside / trials - 0.95) < 4 * standard_error


def test_fit_slope_of_an_exact_power_law_has_no_margin():
    width = np.array([2, 4, 8])
    fit = summaries.fit_slope(width, 3.0 / width)
    assert [fit["slope"], fit["slope_low"], fit["slope_high"]] == pytest.approx([-1] * 3)
    assert 2 ** fit["intercept"] == pytest.approx(3)


@pytest.mark.parametrize(
    "width, value",
    [
        ([4, 4, 4], [1, 2, 3]),
        ([4, 8], [1, 2]),
        ([4, 8, 16], [1, 2, 0]),
        ([4, 8, 16], [1, -2, 3]),
        ([4, 8, 16], [1, np.inf, 3]),
        ([4, 8, 16], [1, np.nan, 3]),
        ([], []),
    ],
    ids=["one width", "no freedom", "zero", "negative", "infinite", "missing", "empty"],
)
def test_fit_slope_is_none_where_no_line_is_determined(width, value):
    assert summaries.fit_slope(width, value) is None


def test_fit_slope_leaves_out_what_has_no_logarithm():
    kept = summaries.fit_slope([2, 4, 8, 16], [1.0, 0.6, 0.2, 0.1])
    more = summaries.fit_slope([1, 2, 4, 8, 16, 32], [0.0, 1.0, 0.6, 0.2, 0.1, np.nan])
    assert np.isnan(kept.pop("lack_of_fit"))
    assert np.isnan(more.pop("lack_of_fit"))
    assert more == kept


def test_lack_of_fit_by_loops():
    x = [1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0]
    y = [0.1, 0.3, 1.4, 1.1, 1.6, 1.2, 0.4, 0.2]
    slope, intercept = np.polyfit(x, y, 1)
    lack = pure = 0.0
    for place in (1.0, 2.0, 3.0, 4.0):
        here = [b for a, b in zip(x, y, strict=True) if a == place]
        mean = sum(here) / len(here)
        lack += len(here) * (mean - intercept - slope * place) ** 2
        pure += sum((b - mean) ** 2 for b in here)
    ratio = (lack / 2) / (pure / 4)
    # The F distribution with 2 and 4 degrees of freedom, in closed form.
    assert summaries.lack_of_fit(x, y) == pytest.approx((1 + 2 * ratio / 4) ** -2, rel=1e-12)


def test_lack_of_fit_rejects_a_line_as_often_as_it_says():
    rng = np.random.default_rng(8)
    x = np.repeat([6.0, 8.0, 10.0, 12.0], 10)
    p = [summaries.lack_of_fit(x, 3 - 0.5 * x + rng.standard_normal(40)) for _ in range(2000)]
    for level in (0.05, 0.5):
        share = np.mean(np.less(p, level))
        assert abs(share - level) < 4 * np.sqrt(level * (1 - level) / 2000)
    bent = [
        summaries.lack_of_fit(x, 3 - 0.5 * x + 0.2 * (x - 9) ** 2 + rng.standard_normal(40))
        for _ in range(200)
    ]
    assert np.mean(np.less(bent, 0.05)) > 0.8


@pytest.mark.parametrize(
    "x, y", [([1, 1, 2, 2], [1, 2, 3, 4]), ([1, 2, 3], [1, 2, 4]), ([1, 1, 2, 3], [1, 1, 2, 4])]
)
def test_no_lack_of_fit_without_widths_and_spread(x, y):
    assert np.isnan(summaries.lack_of_fit(x, y))


def test_fit_slopes_takes_all_and_the_widest_widths():
    rows = [
        (k, s, 10, "m", (k**-1.0 if k < 32 else k**-0.5 / 4) * (1 + 0.01 * s))
        for k in (4, 8, 16, 32, 64, 128)
        for s in range(3)
    ]
    found = summaries.fit_slopes(metrics(rows), ["metric"], widest=3).set_index("widths")
    assert found.loc["widest", "smallest_width"] == 32
    assert found.loc["widest", "largest_width"] == 128
    assert found.loc["widest", "slope"] == pytest.approx(-0.5, abs=1e-10)
    assert found.loc["all", "smallest_width"] == 4
    local = found.loc["local"].sort_values("smallest_width")
    assert local["smallest_width"].tolist() == [4, 8, 16, 32, 64]
    assert local["largest_width"].tolist() == [8, 16, 32, 64, 128]
    assert local["slope"].tolist()[-2:] == pytest.approx([-0.5, -0.5], abs=1e-10)
    assert found.loc["all", "lack_of_fit"] < 1e-6
    assert found.loc["all", "slope"] < -0.55


def test_fit_slopes_refuses_a_single_widest():
    with pytest.raises(ValueError, match="widest must be at least 2, got 1"):
        summaries.fit_slopes(metrics([]), ["metric"], widest=1)


@pytest.mark.parametrize("widths", [(64,), (64, 128), (64, 128, 256, 512, 1024)])
@pytest.mark.parametrize("seeds", [1, 3])
def test_slopes_table_is_one_of_slopes_parquet(widths, seeds, tmp_path):
    rng = np.random.default_rng(5)
    rows = [
        (k, s, step, metric, rng.lognormal())
        for k in widths
        for s in range(seeds)
        for metric, step in (("ntk_drift", None), ("weight_movement", 10), ("test_rmse", 10))
    ]
    # A limit has no width, and at step 0 the distance is exactly 0: neither has a slope.
    rows += [(None, None, 10, "ntk_drift", 1.0)]
    rows += [(k, s, 0, "rmse_network_vs_ntk", 0.0) for k in widths for s in range(seeds)]
    found = summaries.slopes_table(metrics(rows), "step7")
    tables.write_table(tmp_path / "slopes.parquet", found, schemas.SLOPES.schema())
    again = tables.read_table(tmp_path / "slopes.parquet")
    whole = again[again["widths"] != "local"]
    assert len(whole) == (4 if len(widths) * seeds > 2 and len(widths) > 1 else 0)
    assert len(again) - len(whole) == (2 * (len(widths) - 1) if seeds > 1 else 0)
    assert set(again["metric"]) <= {"ntk_drift", "weight_movement"}
    assert again["slope"].notna().all()
    assert again.loc[again["metric"] == "ntk_drift", "step"].isna().all()


def test_the_study_is_fitted_over_the_widths_of_the_experiments_beyond_it_too():
    rng = np.random.default_rng(7)
    rows = [(k, s, 10, "ntk_drift", rng.lognormal()) for k in (4, 8, 16, 32) for s in range(3)]
    study = metrics(rows)
    beyond = study[study["width"].isin((8, 16))].assign(experiment="beyond/sin")
    fits = summaries.slopes_table(pd.concat([study, beyond]), "step7", widest=2)
    fits = fits.set_index(["experiment", "widths"])
    between = study[study["width"].isin((8, 16))]
    expected = summaries.fit_slope(between["width"], between["value"])
    del expected["lack_of_fit"]  # of two widths it has none
    assert fits.loc[("step7", "shared"), list(expected)].to_dict() == expected
    assert (fits.index.get_level_values("widths") != "local").sum() == 5
    assert set(summaries.slopes_table(study, "step7")["widths"]) == {"all", "widest", "local"}


def test_slopes_do_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(6)
    rows = [(k, s, 10, "ntk_drift", rng.lognormal()) for k in (4, 8, 16) for s in range(3)]
    one, two = (summaries.slopes_table(metrics(r), "step7") for r in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


def test_equal_values_have_no_slope():
    assert summaries.fit_slope([16, 16, 64, 64], [3.0] * 4) is None
