import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure, check_layout, make_study, short, take, with_variant

from table_checks import where
from widelimit.report.figures import (
    choices,
    step7_convergence,
    step7_ensemble,
    step7_errors,
    step7_explorer,
    step7_fits,
    step7_interval,
    step7_loss,
    step7_movement,
)
from widelimit.report.numbers import fixed, number

MODULES = [
    step7_explorer,
    step7_fits,
    step7_convergence,
    step7_errors,
    step7_loss,
    step7_movement,
    step7_ensemble,
    step7_interval,
]
every_module = pytest.mark.parametrize("module", MODULES, ids=short)


cases = pytest.mark.parametrize(
    "module, study",
    [
        *((module, name) for module in MODULES for name in ("full", "smallest", "two", "diverged")),
        *(
            (module, "sphere")
            for module in (step7_explorer, step7_fits, step7_ensemble, step7_interval)
        ),
    ],
    ids=short,
)


@cases
def test_figures_are_readable(module, study, request):
    check_figure(module, take(module, request.getfixturevalue(study)))


@pytest.mark.parametrize(
    "module, value",
    [
        *((step7_loss, value) for value in (0.0, 1e-300, 1e300, np.inf)),
        *((module, 0.0) for module in (step7_convergence, step7_movement)),
        *((module, np.inf) for module in (step7_convergence, step7_movement)),
    ],
)
def test_what_no_axis_can_show_is_left_out(module, value, full):
    table = take(module, full)
    table[["centre", "lower", "upper"]] = value
    check_layout(module.draw(table))
    table.loc[table.index[:-1], ["centre", "lower", "upper"]] = 1e-3
    figure = module.draw(table)
    check_layout(figure)


@every_module
def test_rows_of_the_study_may_come_in_any_order(module, full):
    shuffled = {name: f.sample(frac=1, random_state=0) for name, f in full.items()}
    one, two = (take(module, study) for study in (full, shuffled))
    keys = [name for name in one if one[name].dtype != float]
    one, two = (
        table.sort_values(keys, ignore_index=True, key=lambda c: c.astype(str))
        for table in (one, two)
    )
    pd.testing.assert_frame_equal(one, two, rtol=1e-10)


def values(frame, metric, **fixed):
    return where(frame, metric=metric, experiment="step7", **fixed)["value"].to_numpy()


def test_fits_show_each_network_and_the_prediction_at_the_last_step(full):
    table = take(step7_fits, full)
    last = where(full["predictions"], step=10_000, width=64, model="network")
    seed = where(last, seed=2).sort_values("index")["f"]
    shown = where(table, width=64, seed=2)
    assert np.array_equal(shown.sort_values("index")["value"], seed)
    assert (shown["position"].diff().dropna() > 0).all()
    ntk = where(full["predictions"], model="ntk", step=10_000)["f"].to_numpy()
    f = [where(last, seed=s)["f"].to_numpy() for s in range(3)]
    distance = np.median([np.sqrt(np.mean((each - ntk) ** 2)) for each in f])
    assert step7_fits.distances(table)[64] == pytest.approx(distance)
    assert f"{number(distance, 2)} at width 2⁶" in step7_fits.finding(table)


def test_fits_choose_among_many_widths():
    widths = [2**i for i in range(4, 15)]
    study = make_study(widths=widths, seeds=1, steps=(0, 10), n_test=5)
    shown = choices.distinct(take(step7_fits, study)["width"])
    assert len(shown) == 6
    assert {shown[0], shown[-1]} == {widths[0], widths[-1]}


def test_convergence_is_the_median_with_quantiles_and_the_fitted_slope(full):
    table = take(step7_convergence, full, quantiles=[0.25, 0.75])
    row = where(table, metric=step7_convergence.NETWORK, step=1000, width=1024).iloc[0]
    known = values(full["metrics"], "rmse_network_vs_ntk", step=1000, width=1024)
    assert row["centre"] == np.median(known)
    assert [row["lower"], row["upper"]] == pytest.approx(np.quantile(known, [0.25, 0.75]))
    place = {"metric": "rmse_network_vs_ntk", "experiment": "step7", "step": 1000}
    fit = where(full["slopes"], **place, widths="widest").iloc[0]
    assert row["slope"] == fit["slope"]
    assert row["slope_low"] == fit["slope_low"]
    last = table[table["metric"] != step7_convergence.NETWORK]
    assert set(last["step"]) == {10_000}
    assert "medians over 3 seeds; bands: 25 % to 75 % quantiles" in step7_convergence.caption(table)


def test_convergence_quotes_the_last_step(full):
    table = take(step7_convergence, full)
    finding = step7_convergence.finding(table)
    for width, name in ((64, "2⁶"), (2**12, "2¹²")):
        known = values(full["metrics"], "rmse_network_vs_ntk", step=10_000, width=width)
        assert f"{number(np.median(known), 2)} at width {name}" in finding
    network = table["metric"].eq(step7_convergence.NETWORK)
    fit = table[network & table["step"].eq(10_000)].iloc[0]
    assert f"{fixed(fit['slope'])} ({fixed(fit['slope_low'])} to" in finding


def test_loss_compares_each_network_with_its_own_closed_form(full):
    table = take(step7_loss, full)
    at = {"step": 1000, "width": 64}
    measured, closed = (
        values(full["metrics"], name, **at) for name in ("train_loss", "train_loss_ntk")
    )
    row = where(table, quantity="ratio", **at)
    assert row["centre"].item() == pytest.approx(np.median(measured / closed))
    own = values(full["metrics"], "train_loss_empirical_ntk", **at)
    row = where(table, quantity="own_ratio", **at)
    assert row["centre"].item() == pytest.approx(np.median(own / closed))
    every = values(full["metrics"], "train_loss_ntk", step=1000)
    row = where(table, quantity="closed_form", step=1000)
    assert row["centre"].item() == pytest.approx(np.median(every))
    last = where(table, quantity="ratio", step=10_000)
    assert f"{number(last['centre'].iloc[0], 3)} times the closed form" in step7_loss.finding(table)


def test_loss_of_a_network_that_fits_exactly_has_no_ratio(full):
    metrics = full["metrics"].copy()
    metrics.loc[metrics["metric"].eq("train_loss_ntk"), "value"] = 0.0
    table = take(step7_loss, {"metrics": metrics})
    assert "ratio" not in set(table["quantity"])
    assert "At no step" in step7_loss.finding(table)
    check_layout(step7_loss.draw(table))


def test_movement_is_that_of_the_last_step(full):
    table = take(step7_movement, full)
    moved = table[table["metric"] == "weight_movement"]
    assert set(moved["step"]) == {10_000}
    known = values(full["metrics"], "weight_movement", step=10_000, width=2**12)
    assert f"weights move by {number(np.median(known), 2)}" in step7_movement.finding(table)
    assert set(table["metric"]) == {*step7_movement.PANELS, "ntk_deviation_expected"}


def test_movement_without_the_empirical_ntk_shows_the_weights_alone(full):
    metrics = full["metrics"][~full["metrics"]["metric"].str.startswith("ntk_")]
    table = take(step7_movement, full | {"metrics": metrics})
    figure = step7_movement.draw(table)
    assert len(figure.axes) == 1
    assert "NTK" not in step7_movement.finding(table)
    assert "b:" not in step7_movement.caption(table)


def test_ensemble_is_mean_and_standard_deviation_over_seeds(full):
    table = take(step7_ensemble, full)
    place = {"width": 2**12, "index": 7}
    here = where(full["predictions"], model="network", step=10_000, **place)["f"].to_numpy()
    shown = where(table, **place).set_index("quantity")["value"]
    assert shown["mean"] == pytest.approx(here.mean())
    assert shown["std"] == pytest.approx(np.sqrt(np.sum((here - here.mean()) ** 2) / 2))
    std = where(full["theory"], model="ntk", step=10_000)["std"]
    spread = table.loc[table["quantity"] == "theory_variance", "value"].item()
    assert spread == pytest.approx(np.mean(std**2))
    finding = step7_ensemble.finding(table)
    bias = values(full["metrics"], "ensemble_bias_squared", step=10_000, width=64).item()
    assert f"{number(bias**0.5, 2)} at width 2⁶ and" in finding
    variance = values(full["metrics"], "ensemble_variance", step=10_000, width=64).item()
    assert f"standard deviation is {number((variance * 3 / 2) ** 0.5, 2)} at width 2⁶" in finding
    assert f"theory says {number(spread**0.5, 2)}" in finding
    at = {"step": 10_000, "width": 2**12}
    bias, error = (
        values(full["metrics"], f"ensemble_bias_paired{end}", **at).item() for end in ("", "_error")
    )
    assert f"{number(bias, 2)} ± {number(error, 2)} at width 2¹²" in finding
    assert f"{number(bias / error, 2)} standard errors" in finding


def test_ensemble_of_one_has_no_spread(smallest):
    table = take(step7_ensemble, smallest)
    assert not (table["quantity"].eq("std") & table["width"].notna()).any()
    assert "standard deviation" not in step7_ensemble.finding(table)


def test_interval_has_rank_2_and_the_least_loss_of_two_half_lines(full):
    table = take(step7_interval, full)
    train = full["interval_data"].query("split == 'train'")
    x, y = train["x_0"].to_numpy(), train["y_0"].to_numpy()
    lines = np.stack([np.maximum(x, 0), np.maximum(-x, 0)], axis=1)
    residual = y - lines @ np.linalg.lstsq(lines, y, rcond=None)[0]
    least = 0.5 * np.sum(residual**2)
    shown = table[(table["inputs"] == "raw") & (table["quantity"] == "least_loss")]
    assert shown["value"].item() == pytest.approx(least, rel=1e-6)
    finding = step7_interval.finding(table)
    assert "rank 2 on 20 points" in finding
    assert f"below {number(least, 2)};" in finding
    spectrum = table[(table["inputs"] == "study") & (table["quantity"] == "eigenvalue")]
    known = full["kernels"].set_index("kernel").loc["ntk", "eigenvalues"]
    assert spectrum["value"].to_numpy() == pytest.approx(known / known[0], rel=1e-6)


def test_interval_draws_functions_over_each_other_only_for_one_problem(full, sphere):
    def drawn(study):
        table = take(step7_interval, study)
        return set(table.loc[table["quantity"] == "network", "inputs"])

    assert drawn(full) == {"raw", "study"}
    assert drawn(sphere) == {"raw"}


def test_interval_takes_the_widest_width_that_both_have():
    small = {"seeds": 1, "steps": (0, 10), "n_test": 6}
    both = with_variant(
        make_study(widths=(64, 256, 1024), **small),
        make_study(widths=(64, 256), dimension=1, **small),
    )
    assert choices.distinct(take(step7_interval, both)["width"]) == [256]
    apart = with_variant(make_study(widths=(64,), **small), make_study(widths=(8,), **small))
    assert choices.distinct(take(step7_interval, apart)["width"]) == [8, 64]


@pytest.mark.parametrize("module", [step7_fits, step7_ensemble])
def test_of_several_outputs_the_first_is_shown(module, smallest):
    other = smallest["predictions"].assign(output=1, f=99.0).astype({"output": "Int16"})
    theory = smallest["theory"].assign(output=1).astype({"output": "Int16"})
    study = smallest | {
        "data": smallest["data"].assign(y_1=99.0),
        "predictions": pd.concat([smallest["predictions"], other], ignore_index=True),
        "theory": pd.concat([smallest["theory"], theory], ignore_index=True),
    }
    one, two = (take(module, s) for s in (smallest, study))
    pd.testing.assert_frame_equal(one.drop(columns="outputs"), two.drop(columns="outputs"))
    assert "output 0" in module.caption(two).replace("O", "o")
    assert "output 0" not in module.caption(one).replace("O", "o")


def test_convergence_without_the_networks_own_kernels(full):
    table = take(step7_convergence, full)
    rest = table[table["metric"] != step7_convergence.OWN].reset_index(drop=True)
    check_figure(step7_convergence, rest)
    assert "own NTK" in step7_convergence.caption(table)
    assert "own" not in step7_convergence.caption(rest)
