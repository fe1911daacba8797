import numpy as np
import pytest
from figure_checks import check_layout
from matplotlib.text import Text

from widelimit.report.figures import style
from widelimit.report.figures.labels import End, label_ends, level, spread


def brute_spread(at, heights, low, high):
    # Minimise over all sums of steps: a quadratic programme by projection, slowly.
    from scipy.optimize import minimize

    n = len(at)
    gap = [(heights[i] + heights[i + 1]) / 2 for i in range(n - 1)]
    rules = [{"type": "ineq", "fun": lambda z, i=i: z[i + 1] - z[i] - gap[i]} for i in range(n - 1)]
    rules.append({"type": "ineq", "fun": lambda z: z[0] - heights[0] / 2 - low})
    rules.append({"type": "ineq", "fun": lambda z: high - z[-1] - heights[-1] / 2})
    return minimize(lambda z: np.sum((z - at) ** 2), np.sort(at), constraints=rules, tol=1e-12).x


@pytest.mark.parametrize("seed", range(6))
def test_spread_moves_as_little_as_possible(seed):
    rng = np.random.default_rng(seed)
    at, heights = np.sort(rng.uniform(0, 50, 5)), rng.uniform(5, 15, 5)
    found = spread(at, heights, 0, 100)
    assert found == pytest.approx(brute_spread(at, heights, 0, 100), abs=1e-4)


def test_spread_keeps_the_order_and_what_does_not_collide():
    assert spread(np.array([50.0, 10.0]), np.array([8.0, 8.0]), 0, 100).tolist() == [50, 10]
    moved = spread(np.array([50.0, 48.0, 52.0]), np.full(3, 10.0), 0, 100)
    assert moved.tolist() == [50, 40, 60]


def test_spread_stacks_from_below_what_cannot_fit():
    moved = spread(np.array([5.0, 6.0, 7.0]), np.full(3, 10.0), 0, 20)
    assert moved.tolist() == [5, 15, 25]


@style.context()
def crowded(values=(1.0, 1.01, 1.02, 3.0)):
    figure = style.figure(3)
    axes = figure.subplots()
    for value in values:
        axes.plot([0, 1], [value, value])
    ends = {axes: [End(1, value, f"{value}\na second line") for value in values]}
    return figure, label_ends(ends)[axes]


def test_labels_at_line_ends_do_not_overlap():
    figure, labels = crowded()
    check_layout(figure)
    heights = [Text.get_window_extent(label).y0 for label in labels]
    assert heights == sorted(heights)


def test_moved_labels_are_tied_to_their_lines():
    _, labels = crowded()
    assert all(label.arrow_patch for label in labels)
    _, labels = crowded((0.2, 0.8))
    assert not any(label.arrow_patch for label in labels)


@pytest.mark.parametrize("values", [(0.2, 0.8), (1.0, 1.01, 1.02, 3.0)])
def test_the_saved_layout_makes_room_for_the_labels(values, tmp_path):
    figure, _ = crowded(values)
    style.save(figure, tmp_path / "x.svg")
    (axes,) = figure.axes
    place = axes.get_position().bounds
    with style.context():
        figure.set_layout_engine("constrained", w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)
        figure.get_layout_engine().execute(figure)
    assert axes.get_position().bounds == pytest.approx(place, abs=2e-3)  # half a point


def test_no_label_is_no_work():
    axes = style.figure(3).subplots()
    assert label_ends({axes: []}) == {axes: []}


def test_a_level_ends_at_the_limit_of_its_panel():
    axes = style.figure(2).subplots()
    axes.plot([0, 1], [0, 4])
    end = level(axes, 2.0, "two", style.GREY, linewidth=1)
    assert (end.x, end.y, end.text) == (axes.get_xlim()[1], 2.0, "two")
    assert level(axes, 2.0, "two", style.GREY, x=1.0).x == 1.0
