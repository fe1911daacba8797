"""What to expect of a study before it is trained."""

import numpy as np
import pandas as pd
import pytest

from widelimit.data.points import Points
from widelimit.finite_width.planning import width_for_tolerance
from widelimit.finite_width.prediction import predicted_distance
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.gradient_descent import stability_bound
from widelimit.measure.predicted import predict_distance
from widelimit.report.needed_widths import width_for
from widelimit.report.plan import plan
from widelimit.study.arguments import predictable
from widelimit.study.config import load_study
from widelimit.tables import files, schemas
from widelimit.tables.distance import PREDICTED_POINTS

t = np.linspace(-0.9, 0.8, 6)
X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
POINTS = Points(X, np.sin(3 * t)[:, None], t)
OPTIONS = {"activation": "relu", "learning_rate": 0.05}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    options = OPTIONS | {"checkpoints": [0, 1, 20], "widths": [256, 64]}
    return predict_distance(POINTS, POINTS, experiment="step7", **options).metrics


def test_numbers_are_those_of_the_library(rows):
    expected = predicted_distance(X, X, POINTS.y[:, 0], **OPTIONS, steps=[1, 20], widths=[64, 256])
    for part in ("start", "movement"):
        found = rows[rows["metric"] == f"predicted_distance_{part}"]
        found = found.pivot(index="step", columns="width", values="value")
        assert (found.to_numpy(float) == getattr(expected, part)).all()
    crossover = rows[rows["metric"] == "crossover_width"].sort_values("step")["value"]
    assert crossover.tolist() == expected.crossover_width.tolist()


def test_the_plan_shows_them(rows):
    text = plan(rows)
    assert " 1 step |" in text
    assert "2⁶" in text
    assert "| crossover |" in text
    assert "~: narrower than the crossover" in text
    without = plan(rows[rows["metric"] != "crossover_width"])
    assert "crossover" not in without
    assert "~" not in without


@pytest.mark.parametrize("change, marked", [(10.0, 0), (1e-3, 4)])
def test_what_the_first_order_overestimates_is_marked(rows, change, marked):
    """Of two widths and two steps."""
    value = rows["value"].where(rows["metric"] != "predicted_change", change)
    numbers, _, _ = plan(rows.assign(value=value)).partition("*:")
    assert numbers.count("*") == marked


def test_a_width_is_that_of_the_library():
    """But for the interpolation between widths of the study."""
    found = predicted_distance(X, X, POINTS.y[:, 0], **OPTIONS, steps=20, widths=[64, 256])
    distance = pd.Series(found.distance, index=[64, 256])
    tolerance = np.sqrt(distance.prod())
    options = OPTIONS | {"steps": 20, "draws": 16}
    expected = width_for_tolerance(X, X, POINTS.y[:, 0], tolerance=tolerance, **options)
    assert float(width_for(distance, tolerance)) == pytest.approx(expected.width, rel=0.1)
    assert width_for(distance, tolerance, crossover=1e9).startswith("~")


@pytest.mark.parametrize(
    "tolerance, text",
    [(2, "<= 2⁶"), (0.5, "130"), (0.25, "260"), (0.24, "> 2⁸"), (1, "<= 2⁶")],
)
def test_widths_for_distances(tolerance, text):
    assert width_for(pd.Series({64: 1.0, 128: 0.5, 256: 0.25}), tolerance) == text


def test_a_width_at_which_theory_overflows_is_too_narrow():
    distance = pd.Series({64: np.nan, 128: 0.5, 256: 0.25})
    assert width_for(distance, 1) == "<= 2⁷"
    assert width_for(distance, 0.25) == "260"


def test_networks_too_narrow_to_converge_have_no_movement(tmp_path):
    """The mean field of width 4 diverges on targets of this size."""
    points = Points(X, 20 * POINTS.y, t)
    options = {"activation": "relu", "checkpoints": [20], "widths": [4, 64]}
    rate = 0.9 * stability_bound(ntk_gram(X))
    found = predict_distance(points, points, experiment="step7", learning_rate=rate, **options)
    for table, name in ((schemas.METRICS, "metrics"), (PREDICTED_POINTS, "points")):
        files.write_table(tmp_path / name, getattr(found, name), table.schema())
    movement = files.read_table(tmp_path / "points").groupby("width")["movement"]
    assert movement.count().to_dict() == {4: 0, 64: 6}
    metrics = files.read_table(tmp_path / "metrics")
    assert set(metrics.loc[metrics["width"] == 4, "metric"]) == {
        "predicted_distance_start",
        "predicted_weight_movement",
    }
    cells = [[cell.strip() for cell in line.split("|")] for line in plan(metrics).splitlines()]
    assert ["", "4", "–", ""] in cells


@pytest.mark.parametrize("change", [1.0, 1e-3])
def test_widths_for_which_theory_does_not_vouch_are_in_brackets(change):
    """Smooth, one step, distance 10 / width: only 30 % of the change is beyond the first order."""
    rows = pd.DataFrame(
        [(f"predicted_distance_{part}", "erf", width, 1, value * change / width)
         for part, value in (("start", 6), ("movement", 8)) for width in (16, 64, 4096)]
        + [("predicted_change", "erf", None, 1, change)],
        columns=["metric", "activation", "width", "step", "value"],
    )  # fmt: skip
    text = plan(rows)
    assert "(33)" in text
    assert " 100 |" in text
    assert "theory does not vouch" in text


def test_narrow_networks_with_kinks_are_in_brackets(rows):
    """All widths of the fixture are narrower than theory vouches for."""
    _, _, needed = plan(rows).partition("Width needed")
    table = [line for line in needed.splitlines() if line.startswith("|") and "%" in line]
    cells = [cell.strip() for line in table for cell in line.split("|")[2:-1]]
    assert cells
    assert all(cell[0] in "(>" for cell in cells)


def test_a_distance_that_rises_again_needs_the_wider_network():
    assert width_for(pd.Series({64: 0.1, 128: 0.5, 256: 0.05}), 0.2) not in ("<= 2⁶", "64")


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, True),
        ({"allow_unstable": True}, False),
        ({"data": {"source": "circle", "target": "x_0"}, "network": {"steps": 100_000}}, True),
        ({"data": {"source": "interval", "target": "t"}, "network": {"steps": 100_000}}, False),
        ({"network": {"output_scale": 2.0}}, False),
        ({"network": {"activation": "gelu", "steps": 100_000, "checkpoints": []}}, False),
        ({"network": {"activation": "gelu", "steps": 1000, "checkpoints": []}}, True),
        ({"data": {"target": ["t", "t ** 2"]}}, False),
        # It would take an hour and more.
        ({"network": {"steps": 10**8}}, False),
        (
            {
                "data": {"source": "file", "path": "x.csv", "inputs": ["a", "b"], "outputs": ["y"]},
                "network": {"steps": 100_000},
            },
            True,
        ),
        ({"data": {"n_train": 5000}, "network": {"steps": 2, "checkpoints": []}}, False),
    ],
)
def test_what_is_predicted(changes, expected):
    assert predictable(load_study(changes)) is expected
