import numpy as np
import pandas as pd
import pytest
from figure_checks import check_layout
from matplotlib.colors import to_hex

from widelimit.report.figures import against_width, style
from widelimit.report.figures.against_width import Curve

WIDTHS = (64, 256, 1024, 4096)


def rows(widths=WIDTHS, *, smallest=256, slope=-0.5, seeds=7, lack_of_fit=0.5, **columns):
    """One curve that falls as 1/sqrt(width), its slope fitted from the width ``smallest`` on."""
    widths = pd.array(widths, dtype="Int64")
    centre = 3 / np.sqrt(widths.astype(float))
    fit = {"slope": slope, "slope_low": slope - 0.03, "slope_high": slope + 0.05}
    fit |= {"lack_of_fit": lack_of_fit, "local_low": slope - 0.2, "local_high": slope + 0.1}
    table = pd.DataFrame({"width": widths, "centre": centre, "lower": centre / 2})
    table = table.assign(upper=2 * centre, seeds=seeds, lower_level=0.25, upper_level=0.75)
    table = table.assign(**fit, smallest_width=smallest, largest_width=4096, **columns)
    return table.astype({"smallest_width": "Int64", "largest_width": "Int64"})


def unfitted(widths=WIDTHS):
    return rows(widths, smallest=pd.NA, slope=np.nan)


@style.context()
def drawn(*curves, **options):
    axes = style.figure(3).subplots()
    return axes, against_width.draw({axes: curves}, **options)[axes]


def test_a_curve_is_drawn_over_its_band_and_hollow_where_no_slope_was_fitted():
    axes, (end,) = drawn(Curve(rows(), "a name", style.NTK, "s", "--"), guide=None)
    line, filled, hollow = axes.lines
    assert line.get_xdata().tolist() == list(WIDTHS)
    np.testing.assert_allclose(line.get_ydata(), 3 / np.sqrt(WIDTHS))
    assert (line.get_linestyle(), line.get_marker()) == ("--", "None")
    assert filled.get_xdata().tolist() == [256, 1024, 4096]
    assert hollow.get_xdata().tolist() == [64]
    assert {filled.get_marker(), hollow.get_marker()} == {"s"}
    assert to_hex(hollow.get_markerfacecolor()) == "#ffffff"
    (band,) = axes.collections
    edges = band.get_paths()[0].vertices
    assert edges[:, 1].min() == pytest.approx(1.5 / 64)
    assert edges[:, 1].max() == pytest.approx(6 / 8)
    assert (end.x, end.y) == pytest.approx((4096, 3 / 64))
    assert end.text == "a name\nslope −0.50 ± 0.04"


def test_without_a_slope_all_markers_are_filled_and_the_label_is_the_name():
    axes, (end,) = drawn(Curve(unfitted(), "a name", style.NTK), guide=None)
    _, filled, hollow = axes.lines
    assert filled.get_xdata().tolist() == list(WIDTHS)
    assert not len(hollow.get_xdata())
    assert end.text == "a name"
    _, ends = drawn(Curve(rows(), "a name", style.NTK), slopes=False)
    assert ends[0].text == "a name"
    _, ends = drawn(Curve(rows(), "", style.NTK))
    assert ends == []


@pytest.mark.parametrize("value", [0.0, 1e-300, 1e300, np.inf])
def test_what_a_logarithmic_axis_cannot_show_is_left_out(value):
    table = rows()
    table.loc[3, ["centre", "lower", "upper"]] = value
    axes, (end,) = drawn(Curve(table, "a", style.NTK))
    assert axes.lines[0].get_xdata().tolist() == [64, 256, 1024]
    assert end.x == 1024
    check_layout(axes.figure)
    table[["centre", "lower", "upper"]] = value
    assert drawn(Curve(table, "a", style.NTK))[1] == []


def test_a_guide_takes_the_place_of_the_grid_where_there_are_several_widths():
    axes, _ = drawn(Curve(rows(), "", style.NTK), guide=-1.0)
    assert "slope −1" in [text.get_text() for text in axes.texts]
    for widths, guide in ((WIDTHS, None), ((64,), -1.0)):
        axes, _ = drawn(Curve(rows(widths), "", style.NTK), guide=guide)
        assert not axes.texts


def test_small_multiples_have_common_axes_and_say_each_slope():
    figure = style.figure(4)
    curves = [Curve(rows(slope=-0.1 * i), f"curve {i}", style.NTK) for i in range(1, 6)]
    with style.context():
        options = {"columns": 4, "ylabel": "distance", "more": 1}
        places = against_width.small_multiples(figure, curves, **options)
        against_width.draw_slopes(figure.add_subplot(places[0]), curves, values=False)
    check_layout(figure)
    assert len(places) == 3
    *panels, slopes = figure.axes
    assert [axes.get_title("left") for axes in panels] == [curve.name for curve in curves]
    assert {axes.get_ylim() for axes in panels} == {panels[0].get_ylim()}
    for i, axes in enumerate(panels, start=1):
        assert f"slope\n−0.{i}0 ± 0.04" in [text.get_text() for text in axes.texts]
    assert [axes.get_xlabel() != "" for axes in panels] == [False, False, True, True, True]
    _, *lines = slopes.lines
    for i, line in enumerate(lines[::2], start=1):
        assert line.get_xdata() == pytest.approx([-0.1 * i - 0.03, -0.1 * i + 0.05])


@pytest.mark.parametrize("inches, most", [(7.2, 15), (2.5, 6), (1.2, 3)])
def test_the_width_axis_names_as_many_widths_as_there_is_room_for(inches, most):
    widths = [2**i for i in range(6, 21)]
    with style.context():
        figure = style.figure(2, width=inches)
        axes = figure.subplots()
        axes.plot(widths, widths)
        against_width.width_axis(axes, widths)
    check_layout(figure)
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert labels[-1] == "2²⁰"
    assert 2 <= len(set(labels)) == len(labels) <= most


@pytest.mark.parametrize("end", [1e-3, 0.3, 0.9])
def test_slope_guides_have_the_slope_and_keep_the_limits(end):
    with style.context():
        axes = style.figure(2).subplots()
        axes.loglog([64, 2**20], [1, end])
        limits = [*axes.get_xlim(), *axes.get_ylim()]
        against_width.slope_guides(axes, -0.5, "slope")
    assert [*axes.get_xlim(), *axes.get_ylim()] == pytest.approx(limits)
    guides = axes.lines[1:]
    assert len(guides) >= 4
    for guide in guides:
        (x0, x1), (y0, y1) = guide.get_xdata(), guide.get_ydata()
        assert np.log(y1 / y0) / np.log(x1 / x0) == pytest.approx(-0.5)
    middle = np.sqrt(end)
    crossing = sum(y1 < middle < y0 for y0, y1 in (guide.get_ydata() for guide in guides))
    assert 2 <= crossing <= 7


def test_phrases():
    table = rows()
    assert against_width.widest(table) == "0.047 (slope −0.50 ± 0.04)"
    assert against_width.widest(unfitted()) == "0.047"
    assert against_width.interval(table.iloc[0]) == "−0.50 (−0.53 to −0.45)"
    fits = pd.concat([rows(slope=s, name=f"{s}").iloc[:1] for s in (-0.7, -0.49, -0.39)])
    assert against_width.compared(fits, lambda fit: fit["name"]) == (
        "1 of 3 slopes lie within 0.1 of −1/2 and 1 of their 95 % intervals contain it; they go"
        " from −0.70 ± 0.04 (-0.7) to −0.39 ± 0.04 (-0.39)"
    )


def test_the_caption_says_what_is_drawn():
    assert against_width.caption(rows()) == (
        "\nLines: medians over 7 seeds; bands: 25 % to 75 % quantiles, which hold 38 % of the"
        " population on average. Slopes: least squares on"
        " logarithms, all seeds of widths 2⁸ to 2¹² (filled markers), ± half the 95 % interval;"
        " grey: 1/√k."
    )
    assert "filled" not in against_width.caption(rows(smallest=64))
    assert against_width.caption(unfitted(), "Markers").startswith(
        "\nMarkers: medians over 7 seeds;"
    )
    assert against_width.caption(rows(seeds=1)).startswith("\nLines: single seeds. Slopes")
    assert against_width.caption(unfitted(())) == "There is nothing to show."


def test_fits_stand_beside_the_bands_of_their_curve():
    values = [("a", 64, 1.0), ("a", 64, 3.0), ("a", 64, 2.0), ("b", 64, 5.0)]
    metrics = pd.DataFrame(values, columns=["metric", "width", "value"])
    fits = rows().iloc[:1].assign(metric="a")
    table = against_width.summarise(metrics, fits, ["metric"], (0.0, 1.0)).set_index("metric")
    assert table.loc["a", ["centre", "lower", "upper", "slope"]].tolist() == [2, 1, 3, -0.5]
    assert table.loc["b", "centre"] == 5
    assert np.isnan(table.loc["b", "slope"])


def test_no_exponent_is_quoted_where_the_line_is_rejected():
    bent = rows(lack_of_fit=1e-9)
    fit = bent.iloc[0]
    assert against_width.slope(fit) == "slopes −0.70 to −0.40"
    assert against_width.interval(fit) == "−0.70 to −0.40 from width to width"
    assert "rejects a line" in against_width.caption(bent)
    assert "rejects a line" not in against_width.caption(rows())
    text = against_width.compared(pd.DataFrame([fit, rows().iloc[0]]), lambda fit: "it")
    assert "2 of 2 slopes lie within 0.1 of −1/2 and 1 of their 95 % intervals" in text
