"""Pages are made of what jobs have left: they load no figure's module and nothing that draws."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from checkout import ROOT
from widelimit.tables import provenance

REPORT = provenance.PACKAGE / "report"
RENDER = """
import json, sys
from widelimit.report.pages.figure import read_figure
import widelimit.report.pages.quoted
from widelimit.report.pages.render import render_page
from widelimit.study.config import load_study
files, page = json.loads(sys.argv[1]), sys.argv[2]
figures = [read_figure(*each, folder="figures", command="snakemake") for each in files]
open(page, "w").write(render_page("step3", study=load_study({}), figures=figures))
print(json.dumps(list(sys.modules)))
"""


@pytest.mark.parametrize("script", ["page.py", "claims.py", "judge_claims.py"])
def test_no_module_of_a_figure_is_in_reach(script):
    modules = provenance._imports(ROOT / "workflow/scripts" / script)
    assert not [
        path for path in provenance.reach(modules) if path.is_relative_to(REPORT / "figures")
    ]


def test_a_page_is_rendered_without_drawing(drawn, tmp_path):
    tables = [Path(figure.table_path) for figure in drawn]
    files = [
        [str(table.with_suffix(f".{kind}")) for kind in ("svg", "json", "parquet")]
        for table in tables
    ]
    page = tmp_path / "step3.html"
    done = subprocess.run(
        [sys.executable, "-c", RENDER, json.dumps(files), str(page)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    html = page.read_text()
    for figure in drawn:
        assert figure.text.title in html
        assert f'id="{figure.name}-svg"' in html
    loaded = json.loads(done.stdout)
    assert "widelimit.report.pages.render" in loaded
    drawing = ("matplotlib", "widelimit.report.figures")
    assert not [name for name in loaded if name.startswith(drawing)]
