"""Values as HTML: tables, downloads, drawings and formulas."""

import base64
import gzip
import re

import numpy as np
import pandas as pd
import pytest

from page_checks import svg_of
from widelimit.report.pages.markup import MOST_CSV_ROWS, cell, csv_link, inline_svg, shortened


def test_the_download_is_the_table():
    table = pd.DataFrame({"name": ["a,b", 'c"d'], "value": [1 / 3, np.nan], "n": [1, None]})
    table = table.astype({"n": "Int64"})
    link = csv_link(table)
    text = gzip.decompress(base64.b64decode(link.partition(",")[2])).decode()
    assert text == 'name,value,n\n"a,b",0.33333,1\n"c""d",,\n'
    assert csv_link(table.copy()) == link


def test_there_is_no_download_of_a_table_that_is_too_long():
    rows = pd.DataFrame({"width": np.arange(MOST_CSV_ROWS + 1)})
    assert csv_link(rows) is None
    assert csv_link(rows[1:]) is not None


@pytest.mark.parametrize("n, most, kept", [(0, 5, 0), (5, 5, 5), (6, 5, 5), (1000, 24, 24)])
def test_shortened(n, most, kept):
    rows = shortened(pd.DataFrame({"a": range(n)}), most)["a"].tolist()
    assert len(rows) == kept
    assert rows == sorted(set(rows))
    assert (rows[:1], rows[-1:]) == ([0], [n - 1]) if n else rows == []


def test_style_of_a_figure_stays_inside_it():
    inlined = inline_svg(svg_of(1), prefix="a", title="t", description="d")
    assert "#a-svg * {stroke-linejoin: round}" in inlined
    assert not re.search(r">\s*\*", inlined)


def test_viewbox_is_made_from_the_size():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="72.5pt" height="30"><g/></svg>'
    assert 'viewBox="0 0 72.5 30"' in inline_svg(svg, prefix="a", title="t", description="d")


def test_coordinates_keep_hundredths_of_a_point():
    points = np.random.default_rng(0).uniform(-500, 500, (50, 2))
    path = "M " + " \nL ".join(f"{x:f} {y:f}" for x, y in points) + " \nz"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\n <path d="{path}"/>\n</svg>'
    inlined = inline_svg(svg, prefix="a", title="t", description="d")
    short = re.search('d="(M[^"]*z)"', inlined)[1]
    written = np.array(re.findall(r"[-\d.]+", short), dtype=float).reshape(-1, 2)
    np.testing.assert_allclose(written, points, rtol=0, atol=0.00501)
    assert re.sub(r"[-\d. ]", "", short) == "M" + 49 * "L" + "z"
    assert "\n" not in inlined


@pytest.mark.parametrize(
    "svg, match",
    [
        ("not svg", "must be the text of an SVG file"),
        ("<html></html>", "root element html"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "width is missing"),
    ],
)
def test_what_is_no_svg_is_refused(svg, match):
    with pytest.raises(ValueError, match=match):
        inline_svg(svg, prefix="a", title="t", description="d")


@pytest.mark.parametrize(
    "value, text",
    [
        (np.int32(12345), "12\u202f345"),
        (0.123456, "0.1235"),
        (np.nan, "–"),
        (None, "–"),
        (pd.NA, "–"),
        (pd.NaT, "–"),
        (True, "yes"),
        (np.False_, "no"),
        ("relu", "relu"),
        (np.array([1.0, 2.0]), "[1, 2]"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, …]"),
    ],
)
def test_cell(value, text):
    assert cell(value) == text
