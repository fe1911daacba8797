"""The figures of networks at several output scales."""

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure, short, take

from widelimit.data.points import make_points, to_table
from widelimit.measure.slopes import slopes_table
from widelimit.measure.wide.scales import last_predictions, measure_scales
from widelimit.measure.wide.small_experiment import run_experiment
from widelimit.report.figures import scale_collapse, scale_fits, scale_limit, scale_phases, scales
from widelimit.study.arguments import data_arguments, small_experiment_arguments
from widelimit.study.config import load_study

MODULES = [scale_collapse, scale_phases, scale_fits, scale_limit]

CASES = {
    "full": {"scales": [0.3, 1, 10, 1000], "widths": [64, 256, 1024], "seeds": 3, "steps": 300},
    "one": {"scales": [5], "widths": [16, 32], "seeds": 1, "steps": 10},
}


@cache
def tables(case):
    """The tables of a small study."""
    given = load_study({"data": {"n_train": 8, "n_test": 30}, "scale": CASES[case]})
    points = make_points(root=1, **data_arguments(given.data))
    done = [
        run_experiment(points, root=1, **small_experiment_arguments(name, experiment))
        for name, experiment in given.scale_experiments().items()
    ]
    each = sorted(given.scale.scales)
    metrics, predictions = [one.metrics for one in done], [one.predictions for one in done]
    every = pd.concat([measure_scales(each, metrics, predictions), *metrics], ignore_index=True)
    return {
        "data": to_table(points)[0].astype({"t": float}),
        "predictions": last_predictions(each, predictions),
        "metrics": every.astype({"value": float}),
        "slopes": slopes_table(every, "scale"),
    }


@pytest.mark.parametrize("module", MODULES, ids=short)
@pytest.mark.parametrize("case", CASES)
def test_each_figure_is_readable(module, case):
    check_figure(module, take(module, tables(case)))


def test_both_sides_show_the_same_numbers_over_alpha_and_over_g():
    table = scale_collapse.summarise(tables("full")["metrics"])
    drift = tables("full")["metrics"].query("metric == 'ntk_drift' and experiment == 'scale/10'")
    row = table[table["metric"].eq("ntk_drift") & table["g"].eq(10) & table["width"].eq(256)]
    assert row["alpha"].item() == 10 / 16
    assert row["centre"].item() == drift[drift["width"] == 256]["value"].median()


def test_the_steps_are_those_of_each_scale():
    metrics = tables("full")["metrics"]
    slower = metrics["experiment"].eq("scale/0.3") & metrics["step"].notna()
    metrics = metrics.assign(step=metrics["step"].mask(slower, metrics["step"] * 2))
    table = scale_collapse.summarise(metrics)
    assert table.groupby("g")["step"].unique().map(list).to_dict() == {
        0.3: [600],
        1: [300],
        10: [300],
        1000: [300],
    }


def test_what_all_seeds_share_is_drawn_beside_the_drift():
    table = scale_collapse.summarise(tables("full")["metrics"])
    shared = table[table["metric"].eq("ensemble_ntk_drift")]
    assert set(shared["seeds"]) == {3}
    row = shared[shared["g"].eq(1) & shared["width"].eq(1024)]
    errors = tables("full")["metrics"].query("metric == 'ensemble_ntk_drift_error'")
    error = errors[errors["experiment"].eq("scale/1") & errors["width"].eq(1024)]["value"].item()
    assert row["upper"].item() == row["centre"].item() + error
    assert row["lower"].item() == row["centre"].item() - error
    panel = scale_collapse.draw(table).axes[0]
    dashed = [line.get_ydata() for line in panel.lines if line.get_linestyle() == "--"]
    for line, (_, rows) in zip(dashed, shared.groupby("width"), strict=True):
        assert list(line) == rows["centre"].tolist()
    assert 0 < len(shared) < len(table[table["metric"] == "ntk_drift"])
    assert (shared["upper"] <= 1.5 * shared["centre"]).all()
    only = table[table["metric"] != "ensemble_ntk_drift"]
    assert len(scale_collapse.draw(only).axes[0].lines) == len(panel.lines) - len(dashed)


def test_the_border_lies_between_a_rich_and_a_lazy_square():
    table = scale_phases.summarise(tables("full")["metrics"], tables("full")["slopes"])
    drift = table[table["quantity"] == "ntk_drift"]
    for row in table[table["quantity"] == "crossover_scale"].itertuples():
        here = drift[drift["width"] == row.width]
        assert here.loc[here["value"] >= 1, "alpha"].max() < row.alpha
        assert row.alpha < here.loc[here["value"] < 1, "alpha"].min()


def test_the_sliders_choose_among_the_networks():
    table = scale_fits.summarise(tables("full")["data"], tables("full")["predictions"])
    scene = scale_fits.moving(table)
    chosen, lazy = scene.parts
    assert set(chosen.frames) == set(product(range(4), range(3)))
    assert set(lazy.frames) == {(0,), (1,), (2,)}
    networks = table[table["quantity"] == "network"]
    here = networks[networks["g"].eq(1) & networks["width"].eq(256)].sort_values(
        ["seed", "position"]
    )
    drawn = chosen.frames[1, 1].y
    np.testing.assert_array_equal(drawn[~np.isnan(drawn)], here["value"])
    np.testing.assert_array_equal(lazy.frames[(1,)].y, chosen.frames[3, 1].y)
    assert scene.start == scale_fits.finding(table)


def test_alpha_follows_from_g():
    metrics = pd.DataFrame({"experiment": ["scale/0.3", "scale", "step7"], "width": [4, 4, 4]})
    rows = scales.with_alpha(scales.with_g(metrics))
    assert rows["alpha"].tolist() == [0.15]
