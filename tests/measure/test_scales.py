"""Networks of several output scales: the border between lazy and rich, and the limit at fixed g."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widelimit.data.points import make_points
from widelimit.measure.distances import kernel_target_alignment
from widelimit.measure.slopes import slopes_table
from widelimit.measure.wide.scales import (
    crossing,
    drifts_over_the_widest,
    last_predictions,
    measure_scales,
)
from widelimit.measure.wide.small_experiment import run_experiment
from widelimit.study.arguments import data_arguments, small_experiment_arguments
from widelimit.study.checks import check_study
from widelimit.study.config import ConfigError, load_study


def study(**scale):
    data = {"n_train": 10, "n_test": 30, "target": "t + sin(6 * t)"}
    return load_study({"data": data, "scale": scale})


def measured(given):
    points = make_points(root=0, **data_arguments(given.data))
    done = [
        run_experiment(points, root=0, **small_experiment_arguments(name, experiment))
        for name, experiment in given.scale_experiments().items()
    ]
    scales = sorted(given.scale.scales)
    metrics, predictions = (
        [getattr(each, name) for each in done] for name in done[0]._fields[-1:-3:-1]
    )
    return scales, metrics, predictions


@given(st.floats(0.5, 3), st.floats(0.1, 50))
def test_a_power_law_crosses_the_level_where_it_does(power, where):
    x = np.geomspace(0.01, 1000, 12)
    assert crossing(x, (x / where) ** -power) == pytest.approx(where, rel=1e-12)


def test_what_stays_above_or_below_does_not_cross():
    x = np.array([1.0, 10.0])
    assert crossing(x, np.array([3.0, 2.0])) is None
    assert crossing(x, np.array([0.5, 0.2])) is None
    assert crossing(x, np.array([0.5, 2.0])) is None


def test_alignment_is_the_cosine_between_the_kernel_and_the_targets():
    rng = np.random.default_rng(0)
    y = rng.standard_normal(6)
    W = rng.standard_normal((6, 6))
    K = W @ W.T
    cosine = np.sum(K * np.outer(y, y)) / np.sqrt(np.sum(K**2) * np.sum(np.outer(y, y) ** 2))
    assert kernel_target_alignment(K.ravel(), y) == pytest.approx(cosine, rel=1e-13)
    assert kernel_target_alignment(np.outer(y, y), y) == pytest.approx(1, rel=1e-13)


def test_the_numbers_over_several_networks_against_loops():
    scales, metrics, predictions = measured(
        study(scales=[5, 0.5], widths=[1024, 64, 256], seeds=6, steps=200)
    )
    table = measure_scales(scales, metrics, predictions)
    last = last_predictions(scales, predictions)
    assert list(last["g"].unique()) == scales == [0.5, 5]
    f = last[last["model"] == "network"].set_index(["g", "width", "seed", "index"])["f"]
    apart = table[table["metric"] == "rmse_network_vs_next_width"]
    assert len(apart) == 2 * 2 * 6
    for row in apart.itertuples():
        g = float(row.experiment.removeprefix("scale/"))
        narrow = f.loc[g, row.width, row.seed]
        wide = f.loc[g, 4 * row.width, row.seed]
        assert row.value == pytest.approx(np.sqrt(np.mean((narrow - wide) ** 2)), rel=1e-12)
    drift = pd.concat(metrics).query("metric == 'ntk_drift'")
    for row in table[table["metric"] == "crossover_scale"].itertuples():
        own = drift[drift["width"].eq(row.width) & drift["seed"].eq(row.seed)]
        high, low = np.log(own["value"].to_numpy(float))
        assert high >= 0 > low
        g = np.exp(np.log(0.5) + high / (high - low) * np.log(10))
        assert row.value == pytest.approx(g / np.sqrt(row.width), rel=1e-12)
    shared = pd.concat(metrics).pivot_table(
        "value", ["experiment", "width"], "metric", aggfunc="first"
    )
    ratios = table[table["metric"].isin(["drift_over_widest", "drift_over_widest_error"])]
    assert len(ratios) == 2 * 2 * 2
    for row in ratios[ratios["metric"] == "drift_over_widest"].itertuples():
        own, widest = (shared["ensemble_ntk_drift"][row.experiment, k] for k in (row.width, 1024))
        assert row.value == pytest.approx(own / widest, rel=1e-12)


def test_the_error_of_a_ratio_of_drifts_is_that_of_both_parts():
    shared = pd.DataFrame(
        {
            "width": [64, 64, 256, 256],
            "metric": ["ensemble_ntk_drift", "ensemble_ntk_drift_error"] * 2,
            "value": [3.0, 0.3, 2.0, 0.4],
        }
    )
    (ratio, error) = drifts_over_the_widest(shared)
    assert (ratio.metric, ratio.width, ratio.value) == ("drift_over_widest", 64, 1.5)
    assert error.value == pytest.approx(1.5 * np.sqrt(0.1**2 + 0.2**2), rel=1e-15)
    assert not list(drifts_over_the_widest(shared[shared["width"] == 64]))
    assert not list(drifts_over_the_widest(shared[:0]))


def test_slower_steps_for_rich_networks_take_the_same_time():
    given = study(scales=[0.5, 2, 8], slower_below=2, learning_rate=1e-3, steps=1000)
    networks = [each.network for each in given.scale_experiments().values()]
    rates, steps = zip(*((n.learning_rate, n.steps) for n in networks), strict=True)
    # 0.3 / 3 is less than 0.1 in binary.
    assert study(slower_below=3, steps=20_000).scale.descent(0.3)[1] == 200_000
    assert rates == (2.5e-4, 1e-3, 1e-3)
    assert steps == (4000, 1000, 1000)
    assert [n.output_scale_at(64) for n in networks] == [0.5 / 8, 2 / 8, 1]


def test_slower_steps_are_not_more_than_a_study_may_have():
    with pytest.raises(ConfigError, match=r"^scale.slower_below: must leave at most 10+ steps"):
        study(scales=[0.001], slower_below=1e6, steps=1000)
    names = study(scales=[1.0000001, 1.0000002, 1000]).scale_experiments()
    assert list(names) == ["scale/1.0000001", "scale/1.0000002", "scale/1000"]


def test_an_unstable_scale_is_refused_by_its_section():
    with pytest.raises(ConfigError, match=r"^scale: of its experiment scale/1, .*learning_rate"):
        check_study(study(scales=[1], learning_rate=1))


@pytest.mark.slow
def test_rich_and_lazy_at_every_width():
    """The collapse over a factor of 16 in width, the crossover's exponent, the limit at fixed g."""
    given = study(scales=[1, 3, 10], widths=[2**10, 2**12, 2**14], seeds=12, steps=4000)
    scales, metrics, predictions = measured(given)
    table = measure_scales(scales, metrics, predictions)
    slopes = slopes_table(pd.concat([table, *metrics]), "scale")
    slopes = slopes[slopes["widths"].eq("all")].set_index(["experiment", "metric"])["slope"]
    assert slopes["scale", "crossover_scale"] == pytest.approx(-0.5, abs=0.05)
    for g in (1, 3):
        assert slopes[f"scale/{g}", "ntk_drift"] == pytest.approx(0, abs=0.05)
    ratios = table[table["metric"] == "drift_over_widest"]
    assert len(ratios) == 6
    assert ratios["value"].between(0.85, 1.15).all()
    apart = table[table["metric"] == "rmse_network_vs_next_width"]
    squares = (apart["value"] ** 2).groupby(apart["width"]).mean()
    assert 2.5 < squares[2**10] / squares[2**12] < 6.5  # 4 by theory
    rich = metrics[0].query("metric == 'rmse_network_vs_ntk' and step > 0")["value"]
    assert rich.min() > 0.1
