import re
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text

from widelimit.report.figures import style

WIDTHS = (64, 256, 1024, 2**20)


def luminance(colour):
    return np.dot(colour[:3], [0.2126, 0.7152, 0.0722])


def test_width_colours_run_from_dark_and_wide_to_viridis_at_0_6():
    viridis = matplotlib.colormaps["viridis"]
    assert style.width_colour(2**20, WIDTHS) == viridis(0.0)
    assert style.width_colour(64, WIDTHS) == viridis(0.6)
    assert style.width_colour(2**13, WIDTHS) == viridis(0.3)
    shades = [luminance(style.width_colour(k, WIDTHS)) for k in WIDTHS]
    assert all(a > b for a, b in pairwise(shades))


def test_step_colours_darken_and_are_none_of_the_widths():
    steps = (0, 10, 100, 1000, 10**5)
    colours = [style.step_colour(s, steps) for s in steps]
    assert all(luminance(a) > luminance(b) for a, b in pairwise(colours))
    assert not set(colours) & {style.width_colour(k, WIDTHS) for k in WIDTHS}


def test_a_single_width_or_step_has_a_colour():
    assert style.width_colour(64, [64]) == style.width_colour(2**20, WIDTHS)
    assert len(style.step_colour(0, [0])) == 4


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
    found = style.spread(at, heights, 0, 100)
    assert found == pytest.approx(brute_spread(at, heights, 0, 100), abs=1e-4)


def test_spread_keeps_the_order_and_what_does_not_collide():
    assert style.spread(np.array([50.0, 10.0]), np.array([8.0, 8.0]), 0, 100).tolist() == [50, 10]
    moved = style.spread(np.array([50.0, 48.0, 52.0]), np.full(3, 10.0), 0, 100)
    assert moved.tolist() == [50, 40, 60]


def test_spread_stacks_from_below_what_cannot_fit():
    moved = style.spread(np.array([5.0, 6.0, 7.0]), np.full(3, 10.0), 0, 20)
    assert moved.tolist() == [5, 15, 25]


@style.context()
def crowded():
    figure = style.figure(3)
    axes = figure.subplots()
    ends = []
    for step, value in ((10, 1.0), (100, 1.01), (1000, 1.02), (10_000, 3.0)):
        axes.plot([0, 1], [value, value])
        ends.append(style.End(1, value, f"{step} steps\na second line"))
    labels = style.label_ends(axes, ends)
    return figure, axes, labels


def test_labels_at_line_ends_do_not_overlap(figures):
    figure, _, labels = crowded()
    figures.check_layout(figure)
    heights = [Text.get_window_extent(label).y0 for label in labels]
    assert heights == sorted(heights)


def test_moved_labels_are_tied_to_their_lines():
    _, _, labels = crowded()
    assert all(label.arrow_patch.get_visible() for label in labels)
    with style.context():
        figure = style.figure(3)
        axes = figure.subplots()
        apart = style.label_ends(axes, [style.End(1, 0.2, "a"), style.End(1, 0.8, "b")])
    assert not any(label.arrow_patch.get_visible() for label in apart)


def test_no_label_is_no_work():
    with style.context():
        assert style.label_ends(style.figure(3).subplots(), []) == []


def test_the_layout_check_sees_overlap_and_clipping(figures):
    figure = style.figure(2)
    figure.text(0.5, 0.5, "one text")
    figure.text(0.51, 0.5, "another text")
    with pytest.raises(AssertionError, match="overlap"):
        figures.check_layout(figure)
    figure = style.figure(2)
    figure.text(0.99, 0.5, "out of the picture")
    with pytest.raises(AssertionError, match="leaves the canvas"):
        figures.check_layout(figure)


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_saved_bytes_are_the_same_every_time(format, tmp_path):
    figure, _, _ = crowded()
    for name in ("one", "two"):
        style.save(figure, tmp_path / f"{name}.{format}")
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "other"}):
        style.save(crowded()[0], tmp_path / f"three.{format}")
    one, two, three = ((tmp_path / f"{n}.{format}").read_bytes() for n in ("one", "two", "three"))
    assert one == two == three
    assert not re.search(rb"(19|20)\d\d-\d\d-\d\d|CreationDate|dc:date|Matplotlib v", one)


def test_saving_one_format_does_not_change_another(tmp_path):
    figure, _, _ = crowded()
    style.save(figure, tmp_path / "alone.svg")
    other, _, _ = crowded()
    for name in ("first.png", "second.pdf", "after.svg"):
        style.save(other, tmp_path / name)
    assert (tmp_path / "alone.svg").read_bytes() == (tmp_path / "after.svg").read_bytes()


def test_save_refuses_other_formats(tmp_path):
    with pytest.raises(ValueError, match=r"path must end in \.svg, \.pdf, \.png; got '.*\.jpg'"):
        style.save(style.figure(1), tmp_path / "x.jpg")


def test_context_leaves_no_trace_and_ignores_the_users_settings():
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "red"}):
        with style.context():
            assert matplotlib.rcParams["axes.facecolor"] == "white"
            assert matplotlib.rcParams["axes.spines.top"] is False
        assert matplotlib.rcParams["lines.linewidth"] == 9
        assert matplotlib.rcParams["axes.spines.top"] is True


def test_width_axis_names_the_widths_and_thins_them():
    with style.context():
        axes = style.figure(2).subplots()
        widths = [2**i for i in range(6, 21)]
        axes.plot(widths, widths)
        style.width_axis(axes, widths, most=8)
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert labels[-1] == "2²⁰"
    assert len(labels) == 8
    assert len(set(labels)) == 8


@pytest.mark.parametrize("high, text", [(30, "10"), (1e4, "$\\mathdefault{10^{1}}$")])
def test_log_ticks_are_plain_over_less_than_two_decades(high, text):
    with style.context():
        figure = style.figure(2)
        axes = figure.subplots()
        axes.plot([0, 1], [5, high])
        style.log_scale(axes)
        figure.draw_without_rendering()
        assert text in [label.get_text() for label in axes.get_yticklabels()]


def test_slope_guides_have_the_slope_and_keep_the_limits():
    with style.context():
        axes = style.figure(2).subplots()
        axes.loglog([64, 2**20], [1, 1e-3])
        limits = [*axes.get_xlim(), *axes.get_ylim()]
        style.slope_guides(axes, -0.5, "slope")
    assert [*axes.get_xlim(), *axes.get_ylim()] == pytest.approx(limits)
    guides = axes.lines[1:]
    assert len(guides) >= 4
    for guide in guides:
        (x0, x1), (y0, y1) = guide.get_xdata(), guide.get_ydata()
        assert np.log(y1 / y0) / np.log(x1 / x0) == pytest.approx(-0.5)
