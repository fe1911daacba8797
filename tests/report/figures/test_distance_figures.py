"""The figures of the page on the distance from the limit."""

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure, short, take

from widelimit.data.points import from_table
from widelimit.measure.over_predicted import compare_with_predicted
from widelimit.measure.predicted import predict_distance
from widelimit.report.figures import (
    distance_errors,
    distance_ratio,
    distance_units,
    step7_convergence,
    step7_ensemble,
    step7_errors,
    step7_movement,
)
from widelimit.report.pages.quoted import prediction_numbers

STUDIES = ("two", "smallest", "sphere")


@pytest.fixture(scope="module")
def predicted(request):
    """The tables of a small study of this name, and what was predicted of it."""

    @cache
    def make(name):
        study = request.getfixturevalue(name)
        metrics = study["metrics"][study["metrics"]["experiment"] == "step7"]
        points = from_table(study["data"])
        found = predict_distance(
            points["train"],
            points["test"],
            experiment="step7",
            activation="relu",
            learning_rate=0.01,
            checkpoints=sorted(study["predictions"]["step"].dropna().astype(int).unique()),
            widths=sorted(metrics["width"].dropna().astype(int).unique()),
        )
        compared = compare_with_predicted(study["predictions"], found.metrics, found.points)
        return study | {
            "predicted": found.points,
            "units": found.border_units,
            "metrics": pd.concat([metrics, found.metrics, compared.metrics]).astype(
                {"value": float}
            ),
        }

    return make


MODULES = (
    distance_errors,
    distance_ratio,
    step7_convergence,
    step7_errors,
    step7_movement,
    step7_ensemble,
)
# A sphere of more dimensions has no borders in one, along which units could be drawn.
CASES = [*product(MODULES, STUDIES), (distance_units, "two"), (distance_units, "smallest")]


@pytest.mark.parametrize("module, name", CASES, ids=short)
def test_each_figure_is_readable(predicted, module, name):
    check_figure(module, take(module, predicted(name)))


@pytest.mark.parametrize("narrow", [16, 64])
@pytest.mark.parametrize(
    "module", [distance_errors, distance_ratio, step7_errors, step7_movement, step7_ensemble]
)
def test_without_a_movement_up_to_some_width(predicted, module, narrow):
    """Of one of two widths, and of both: theory has no number where networks do not converge."""
    study = predicted("two")
    points, metrics = study["predicted"], study["metrics"]
    points = points.assign(movement=points["movement"].where(points["width"] > narrow))
    lost = metrics["metric"].str.match("predicted_(distance_movement|ntk_drift)")
    compared = metrics["metric"].str.match("(start|movement)_")
    metrics = metrics[~compared & ~(lost & metrics["width"].le(narrow))]
    predictions = metrics[metrics["metric"].str.startswith("predicted_")]
    found = compare_with_predicted(study["predictions"], predictions, points)
    metrics = pd.concat([metrics, found.metrics.astype({"value": float})])
    study = study | {"predicted": points, "metrics": metrics}
    table = take(module, study)
    check_figure(module, table)
    if module is distance_ratio:
        assert table["seeds"].eq(2).all()
        assert set(table.loc[table["quantity"] == "movement", "width"]) == {16, 64} - {16, narrow}
    if module is step7_movement:
        assert ("for the drift" in module.caption(table)) is (narrow == 16)


def test_lines_of_theory_are_explained_where_they_are_drawn(predicted, smallest):
    """One network a width: the squared bias is dashed too, and no level is dotted."""
    caption = step7_ensemble.caption(take(step7_ensemble, predicted("smallest")))
    assert "dashed: theory" in caption
    assert "dotted" not in caption
    metrics = smallest["metrics"]
    bare = smallest | {"metrics": metrics[~metrics["metric"].str.contains("expected|predicted")]}
    assert "Dashed" not in step7_movement.caption(take(step7_movement, bare))
    start = step7_movement.caption(take(step7_movement, smallest))
    assert "and is, for the start, what k units leave. " in start


def test_theory_is_drawn_through_the_networks_errors(predicted):
    study = predicted("two")
    table = take(distance_errors, study)
    theory = table[table["seed"].isna()].set_index(["quantity", "width", "index"])["value"]
    points = study["predicted"].set_index(["step", "width", "index"])
    for part in ("start", "movement"):
        assert (
            theory[part, 64].tolist()
            == points.loc[(10, 64), part].loc[theory[part, 64].index].tolist()
        )


def test_ratios_and_their_margins(predicted):
    study = predicted("two")
    table = take(distance_ratio, study).set_index(["quantity", "width", "step"])
    metrics = study["metrics"].set_index("metric")
    here = metrics[metrics["width"].eq(64) & metrics["step"].eq(10)]["value"]
    assert table.loc[("start", 64, 10), "ratio"] == here["start_over_predicted"]
    along = here["movement_along_predicted"]
    assert table.loc[("movement", 64, 10), "ratio"] == pytest.approx(along.mean())
    sampling = here["predicted_distance_movement_error"] / here["predicted_distance_movement"]
    margin = 2 * np.hypot(along.std() / np.sqrt(2), sampling)
    assert table.loc[("movement", 64, 10), "margin"] == pytest.approx(margin)


def test_what_the_page_quotes(predicted):
    study = predicted("two")
    ratios = take(distance_ratio, study)
    numbers = prediction_numbers(ratios, study["metrics"])
    assert numbers["steps"] == [10]
    assert [step for step, _ in numbers["crossover"]] == [10]
    assert list(numbers["ratios"]["start"]) == [16, 64]
    told = ratios[ratios["margin"] <= 0.5].set_index(["quantity", "width"])["ratio"]
    for (quantity, width), ratio in told.items():
        assert numbers["ratios"][quantity][width][0][0] == ratio
    assert all(len(widths) == 1 for widths in numbers["plan"].values())
