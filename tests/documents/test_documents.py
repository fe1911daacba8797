"""What the documents name is there."""

import re

import pytest

from checkout import ROOT

DOCUMENTS = [
    *sorted((ROOT / "docs").glob("*.md")),
    *ROOT.glob("*.md"),
    ROOT / "benchmarks/README.md",
]
CIRCLE_ENGINE = ROOT / "workflow/widelimit/training/circle"
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


def test_each_fault_names_a_test_and_what_is_lost():
    text = (ROOT / "docs/reliability.md").read_text()
    table = text.split("\n## Faults\n")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    for row in rows:
        assert row[3] == "nothing", row
        tests = re.findall(r"`(test_\w+)`", row[4])
        assert tests, row
        for name in tests:
            assert f"\ndef {name}(" in TESTS, name


QUOTED = {
    "README.md": ["verdict", "/verdict", "benchmark", "/benchmark"],
    "docs/science.md": ["findings", "/findings"],
    "benchmarks/README.md": ["benchmark", "/benchmark"],
    "docs/cluster.md": ["scheduler", "/scheduler"],
}
"""Markers between which a program writes; what it must have written is tested with the program."""


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_the_markers_of_quoted_text_are_in_place(path):
    expected = QUOTED.get(str(path.relative_to(ROOT)), [])
    assert re.findall(r"<!-- (/?\w+) -->", path.read_text()) == expected


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().split()) <= 1000


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_to_files(path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), target


def test_the_notation_of_the_circle_engine_is_that_of_its_code():
    sources = (*(ROOT / "workflow/widelimit").glob("circle/*.py"), *CIRCLE_ENGINE.glob("*.py"))
    words = set(re.findall(r"\w+", "\n".join(path.read_text() for path in sources)))
    text = (ROOT / "docs/engine.md").read_text()
    table = text.split("\n### Notation\n")[1].split("\n### ")[0]
    names = [name for row in table.splitlines()[4:] for name in re.findall(r"`(\w+)`", row)]
    assert len(names) > 20
    assert set(names) <= words
