"""Figures on a page: what their jobs have left, in its place."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from page_checks import Seen, figure, study
from widelimit.report.catalog import PAGES
from widelimit.report.figures import step3_kernels
from widelimit.report.figures.sliders import Frame, Moving, Panel, Part, Slider, Words
from widelimit.report.pages.figure import read_figure
from widelimit.report.pages.markup import MOST_CSV_ROWS, inline_svg
from widelimit.report.pages.render import render_page


def test_a_figure_is_what_its_job_has_left(drawn):
    kernels = drawn[0]
    assert kernels.name == "step3_kernels"
    assert kernels.text.title == step3_kernels.TITLE
    assert kernels.text.finding == step3_kernels.finding(kernels.table)
    assert kernels.columns == step3_kernels.TABLE.columns
    assert kernels.command == f"snakemake --forcerun {Path(kernels.table_path).with_suffix('.svg')}"


@pytest.mark.parametrize("kind", ["svg", "json", "parquet"])
@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_damaged_figure_is_named(drawn, kind, damage, tmp_path):
    table = Path(drawn[0].table_path)
    files = {}
    for each in ("svg", "json", "parquet"):
        files[each] = tmp_path / f"figure.{each}"
        shutil.copy(table.with_suffix(f".{each}"), files[each])
    if damage == "missing":
        files[kind].unlink()
    else:
        files[kind].write_bytes(files[kind].read_bytes()[:-40])
    with pytest.raises(ValueError, match=rf"figure\.{kind}: damaged.*delete it and run again"):
        read_figure(*map(str, files.values()), folder=str(tmp_path), command="snakemake")


def test_text_of_figures_is_escaped():
    bad = '"><script>alert(1)</script>&'
    made = figure(
        "step7_loss",
        title=bad,
        caption=bad,
        finding=bad,
        table=pd.DataFrame({"width": [bad], "centre": [1.0]}),
        table_path=bad,
        command=bad,
    )
    page = Seen(render_page("step7", study=study(), figures=[made], commands={bad: bad}))
    assert "alert(1)" not in page.scripts
    # Title, caption, finding, cell, command and path in the text; title and caption in the SVG.
    assert page.text.count(bad) == 10


def test_sections_without_their_figure_are_left_out():
    page = Seen(render_page("step7", study=study(), linked=["step7"]))
    assert page.tags["figure"] == 0
    assert "interval" not in page.values("id")
    assert "step3.html" not in page.values("href")


def test_figures_without_a_place_are_refused():
    with pytest.raises(ValueError, match="no place for the figures step9_new"):
        render_page("step7", study=study(), figures=[figure("step7_loss"), figure("step9_new")])


def test_unknown_page_is_refused():
    with pytest.raises(ValueError, match=f"template must be index or one of {', '.join(PAGES)}"):
        render_page("../secrets", study=study())


def test_sliders_stand_above_the_drawing_that_they_move():
    place = Frame(np.array([0.0, 1.0]), np.array([1.0, 3.0]), "#123456")
    scene = Moving(
        [Slider("width </script>", ["2⁶", "2¹⁰"], 1)],
        [Panel("a", (0, 1), (1, 3))],
        [Part("line", "a", (0,), {(0,): place, (1,): place})],
        [Words((0,), {(0,): "narrow", (1,): "wide </script>"})],
    )
    made = figure("step7_loss", moving=scene.for_page())
    page = Seen(render_page("step7", study=study(), figures=[made]))
    (slider,) = [attrs for tag, attrs, _ in page.attributes if tag == "input"]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "1", "1")
    assert "wide </script>" in page.text
    # The data of the figure, then the two scripts of the page.
    assert page.tags["script"] == 3
    (data,) = [text for where, text in page.texts if where[-2:] == ("figure", "script")]
    assert json.loads(data) == scene.for_script()
    overview = Seen(render_page("index", study=study(), figures=[figure("step7_convergence")]))
    assert overview.tags["script"] == 0


def test_a_page_carries_no_table_that_is_too_long():
    rows = pd.DataFrame({"width": np.arange(MOST_CSV_ROWS + 1), "centre": 0.5})
    html = render_page("step7", study=study(), figures=[figure("step7_loss", table=rows)])
    assert "download=" not in html
    assert "results/figures/step7_loss.parquet" in html


def test_long_tables_are_shortened_and_say_where_the_rest_is():
    rows = pd.DataFrame({"width": range(1000), "centre": np.linspace(0, 1, 1000)})
    made = figure("step7_loss", table=rows)
    page = Seen(render_page("step7", study=study(), figures=[made]))
    assert page.tags["tr"] == 25
    assert "24 of 1000 rows" in page.text


def pieces(path: str) -> tuple[str, list[float]]:
    """The commands of a path, and its numbers."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", path)
    return re.sub(r"[^A-Za-z]", "", path), [float(number) for number in numbers]


def test_two_figures_share_no_id_and_lose_nothing(drawn):
    ids = []
    for made in drawn:
        inlined = inline_svg(made.svg, prefix=made.name, title="t", description="d")
        before = ElementTree.fromstring(made.svg.encode())
        after = ElementTree.fromstring(inlined)
        kept = [e.tag for e in before.iter() if "metadata" not in e.tag and "svg}" in e.tag]
        assert Counter(kept) <= Counter(e.tag for e in after.iter())
        paths = [[e.get("d") for e in tree.iter() if "d" in e.attrib] for tree in (before, after)]
        for written, shortened in zip(*paths, strict=True):
            commands, numbers = zip(*map(pieces, (written, shortened)), strict=True)
            assert commands[0] == commands[1]
            np.testing.assert_allclose(*numbers, rtol=0, atol=0.0051)
        own = [e.get("id") for e in after.iter() if "id" in e.attrib]
        ids += own
        referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', inlined))
        assert referred <= set(own)
        assert "metadata" not in inlined
        assert "<?xml" not in inlined
    assert len(ids) == len(set(ids))
