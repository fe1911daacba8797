"""What the sliders of a figure move: positions in thousandths, and names that the drawing has."""

import itertools
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from figure_checks import make_study, take

from table_checks import where
from widelimit.report.figures import step7_explorer, style
from widelimit.report.figures.sliders import (
    Frame,
    Moving,
    Panel,
    Part,
    Slider,
    Words,
    joined,
    limits,
    outline,
)
from widelimit.report.numbers import number


def test_positions_are_thousandths_of_the_panel():
    panel = Panel("p", (-1, 3), (0.01, 100), "y")
    assert panel.across([-1, 0, 3]) == [0, 250, 1000]
    assert panel.up([0.01, 1, 10, 100]) == [0, 500, 750, 1000]
    # No logarithm, no number, and far outside.
    assert panel.up([0, -1, np.nan, 1e9, np.inf]) == [None, None, None, 2000, 2000]


def test_positions_are_those_of_matplotlib():
    figure = style.figure(2)
    axes = figure.subplots()
    panel = Panel("p", (0.5, 300), (-2, 7), "x")
    axes.set_xscale("log")
    panel.fix(axes)
    points = np.array([[0.7, -1.5], [20, 0], [299, 6.9]])
    there = axes.transAxes.inverted().transform(axes.transData.transform(points))
    np.testing.assert_allclose(panel.across(points[:, 0]), 1000 * there[:, 0], atol=0.5)
    np.testing.assert_allclose(panel.up(points[:, 1]), 1000 * there[:, 1], atol=0.5)


def test_limits_leave_room():
    assert limits([0, 10, np.nan], room=0.1) == (-1, 11)
    assert limits([0, 1, 100, np.inf], log=True, room=0.5) == pytest.approx((0.1, 1000))
    assert limits([5, 5]) == (4, 6)
    for log in (False, True):
        low, high = limits([np.nan], log=log)
        assert low < high


def test_lines_and_bands():
    a, b = np.array([1.0, 2.0]), np.array([3.0])
    np.testing.assert_array_equal(joined([a, b]), [1, 2, np.nan, 3])
    np.testing.assert_array_equal(outline(a, a + 1), [1, 2, 3, 2])


def scene(**frames):
    return Moving(
        [Slider("one", ["a", "b"], 1), Slider("two", ["c"], 0)],
        [Panel("p", (0, 1), (0, 1))],
        [Part("line", "p", (0,), {(i,): frame for i, frame in enumerate(frames.values())})],
        [Words((0,), {(0,): "At a.", (1,): "At b."}), Words((1,), {(0,): "At c."})],
    )


def test_positions_along_are_kept_once_where_they_are_the_same():
    x = np.array([0.0, 1.0])
    (part,) = scene(a=Frame(x, x), b=Frame(x, 1 - x, "#ff0000")).for_script()["parts"]
    assert part["x"] == [0, 1000]
    assert part["frames"] == {"0": {"y": [0, 1000]}, "1": {"y": [1000, 0], "colour": "#ff0000"}}
    (part,) = scene(a=Frame(x, x), b=Frame(x / 2, x)).for_script()["parts"]
    assert "x" not in part
    assert part["frames"]["1"] == {"y": [0, 1000], "x": [0, 500]}


def test_sentences_at_the_start():
    assert scene().start == "At b. At c."


@pytest.mark.parametrize("study", ["full", "smallest", "diverged", "sphere"])
def test_the_explorer_names_what_it_moves(study, tmp_path, request):
    table = take(step7_explorer, request.getfixturevalue(study))
    moving = step7_explorer.moving(table)
    style.save(step7_explorer.draw(table), tmp_path / "figure.svg")
    drawn = ElementTree.parse(tmp_path / "figure.svg").getroot()
    groups = {element.get("id"): element for element in drawn.iter() if element.get("id")}
    script = json.loads(json.dumps(moving.for_script(), allow_nan=False))
    for part in script["parts"]:
        assert f"panel-{part['panel']}" in groups
        tags = {element.tag.rpartition("}")[2] for element in groups[part["name"]].iter()}
        # A line and its markers in one artist could not both be moved.
        assert tags & {"path", "use"}
        assert ("use" in tags) == (
            "here" in part["name"] or (study == "sphere" and part["name"] == "networks")
        )
    places = [len(values) for values in script["values"]]
    words = script["words"][0]["texts"]
    assert len(words) == np.prod(places)


def test_the_explorer_holds_the_study(full):
    whole = take(step7_explorer, full, quantiles=(0, 1))
    step7_explorer.draw(whole)
    assert set(whole.loc[whole["quantity"] == "ntk", "upper"]) == {np.inf}
    table = take(step7_explorer, full, quantiles=(0.25, 0.75))
    moving = step7_explorer.moving(table)
    parts = {part.name: part for part in moving.parts}
    assert moving.sliders[0].values == ["2⁶", "2⁸", "2¹⁰", "2¹²"]
    assert moving.sliders[1].values == ["0", "1", "10", "100", "10³", "10⁴"]
    # The third width, the fourth step.
    predictions = where(full["predictions"], step=100, model="network", width=1024)
    lines = parts["networks"].frames[2, 3].y
    for line, (_, seed) in zip(
        np.split(lines, np.flatnonzero(np.isnan(lines))), predictions.groupby("seed"), strict=True
    ):
        np.testing.assert_array_equal(line[~np.isnan(line)], seed.sort_values("index")["f"])
    theory = where(full["theory"], step=100, model="ntk").sort_values("index")
    lower, upper = np.split(parts["band"].frames[(3,)].y, 2)
    np.testing.assert_allclose((lower + upper[::-1]) / 2, theory["mean"])
    # Quartiles of a normal distribution.
    np.testing.assert_allclose((upper[::-1] - lower) / 2, 0.6744897501960817 * theory["std"])
    found = where(full["metrics"], step=100, experiment="step7", width=1024)
    for name, metric in (("distance", "rmse_network_vs_ntk"), ("loss", "train_loss")):
        median = found.loc[found["metric"] == metric, "value"].median()
        assert parts[f"{name}-here"].frames[2, 3].y == pytest.approx([median])
        assert number(median, 2) in moving.words[0].texts[2, 3]
    # At the start there is no distance, and a logarithmic axis has no place for step 0.
    assert (2, 0) not in parts["distance-here"].frames
    assert (2, 0) not in parts["loss-here"].frames
    assert "by definition" in moving.words[0].texts[2, 0]


def test_the_explorer_stays_small():
    widths, steps = [2**i for i in range(2, 9)] + [3 * 2**i for i in range(1, 7)], list(range(13))
    study = make_study(widths=widths[:1], seeds=1, steps=steps, n_test=100)
    # The curves of one network are enough, under the names of many.
    curves = study["predictions"].drop(columns=["width", "seed"])
    names = pd.DataFrame(itertools.product(widths, range(9)), columns=["width", "seed"])
    table = take(step7_explorer, study | {"predictions": curves.merge(names, how="cross")})
    networks = table[table["quantity"] == "network"]
    assert len(networks) <= step7_explorer.MOST_VALUES
    assert networks["width"].nunique() == step7_explorer.MOST_WIDTHS
    assert {networks["width"].min(), networks["width"].max()} == {min(widths), max(widths)}
    assert {networks["step"].min(), networks["step"].max()} == {0, steps[-1]}
    assert len(table[table["quantity"] == "test"]) == networks["index"].nunique()
    positions = networks["position"].unique()
    assert {positions.min(), positions.max()} == {-1, 1}
