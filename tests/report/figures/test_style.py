import io
import re
import zlib
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from figure_checks import check_layout
from fontTools.ttLib import TTFont

from widelimit.report.figures import style

WIDTHS = (64, 256, 1024, 2**20)


@style.context()
def drawing():
    figure = style.figure(3)
    axes = figure.subplots()
    axes.plot([1, 10, 100], [3, 2, 1], "o--", label="$k$ = 2¹⁰")
    style.log_scale(axes, "xy")
    style.panel(axes, "a", "A title")
    style.key(figure, {"a line": {"color": style.NTK}})
    return figure


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


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_saved_bytes_are_the_same_every_time(format, tmp_path):
    figure = drawing()
    for name in ("one", "two"):
        style.save(figure, tmp_path / f"{name}.{format}")
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "other"}):
        style.save(drawing(), tmp_path / f"three.{format}")
    one, two, three = ((tmp_path / f"{n}.{format}").read_bytes() for n in ("one", "two", "three"))
    assert one == two == three
    assert not re.search(rb"(19|20)\d\d-\d\d-\d\d|CreationDate|dc:date|Matplotlib v", one)


def test_fonts_in_a_pdf_hold_what_is_drawn_and_no_more(tmp_path):
    fonts = {}
    for embed in (style.save, lambda figure, path: figure.savefig(path)):
        with style.context():
            embed(drawing(), tmp_path / "x.pdf")
        fonts[embed] = [
            TTFont(io.BytesIO(zlib.decompress(stream)))
            for stream in re.findall(
                rb"/Length1 .*?stream\n(.*?)\nendstream", (tmp_path / "x.pdf").read_bytes(), re.S
            )
        ]
    plain, whole = fonts.values()
    assert "GSUB" in whole[0]
    assert len(plain) == len(whole) == 3  # upright, its superscripts, and bold
    for one, other in zip(plain, whole, strict=True):
        assert one["maxp"].numGlyphs == other["maxp"].numGlyphs
        assert sorted(one["hmtx"].metrics.values()) == sorted(other["hmtx"].metrics.values())
        assert not {"GSUB", "GPOS", "GDEF", "kern", "fpgm", "prep"} & set(one.keys())


def test_a_key_shows_each_look():
    figure = style.figure(2)
    style.key(figure, {"a": {"color": "red"}, "b": {"linestyle": "none", "marker": "s"}}, ncols=1)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]
    one, two = legend.legend_handles
    assert (one.get_color(), two.get_marker()) == ("red", "s")


def test_saving_one_format_does_not_change_another(tmp_path):
    figure = drawing()
    style.save(figure, tmp_path / "alone.svg")
    other = drawing()
    for name in ("first.png", "second.pdf", "after.svg"):
        style.save(other, tmp_path / name)
    assert (tmp_path / "alone.svg").read_bytes() == (tmp_path / "after.svg").read_bytes()


def test_the_layout_check_sees_overlap_and_clipping():
    figure = style.figure(2)
    figure.text(0.5, 0.5, "one text")
    figure.text(0.51, 0.5, "another text")
    with pytest.raises(AssertionError, match="overlap"):
        check_layout(figure)
    figure = style.figure(2)
    figure.text(0.99, 0.5, "out of the picture")
    with pytest.raises(AssertionError, match="leaves the canvas"):
        check_layout(figure)


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


@pytest.mark.parametrize(
    ("limits", "written"),
    [
        ((0.03, 40), "10⁻¹ 10⁰ 10¹"),
        ((3, 30), "3 4 6 10 20 30"),
        ((1e-10, 1e-6), "10⁻¹⁰ 10⁻⁹ 10⁻⁸ 10⁻⁷ 10⁻⁶"),
        ((1.5e-9, 4.5e-9), "2×10⁻⁹ 3×10⁻⁹ 4×10⁻⁹"),
    ],
)
def test_log_ticks_are_plain_numbers_or_powers_of_ten(limits, written):
    with style.context():
        axes = style.figure(3).subplots()
        style.log_scale(axes)
        axes.set_ylim(limits)
        labels = [*axes.get_yticklabels(), *axes.get_yticklabels(minor=True)]
        shown = [(y.get_position()[1], y.get_text()) for y in labels if y.get_text()]
    inside = [text for place, text in sorted(shown) if limits[0] <= place <= limits[1]]
    assert " ".join(inside) == written


def test_a_logarithmic_scale_leaves_the_title():
    with style.context():
        axes = style.figure(3).subplots()
        style.panel(axes, "a", "A title")
        style.log_scale(axes)
    assert axes.get_title("left") == style.lettered("a", "A title")
