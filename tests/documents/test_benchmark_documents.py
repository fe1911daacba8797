"""What the documents quote of the benchmarks, and the locks of the environments measured."""

import re

import numpy as np
import pytest

from benchmarks import cases, figure, report, scheduler
from checkout import ROOT


def quoted_table(path: str, name: str, index: int = 0) -> list[list[str]]:
    """Cells of a table between the markers of that name, without the rule under its head."""
    (text,) = re.findall(rf"<!-- {name} -->(.*?)<!-- /{name} -->", (ROOT / path).read_text(), re.S)
    tables = re.findall(r"^\|.*?(?=^$)", text, re.S | re.M)
    lines = [line for line in tables[index].splitlines() if not re.match(r"\| ?--", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_readme_quotes_every_case_with_its_methods():
    head, *rows = quoted_table("benchmarks/README.md", "benchmark")
    assert head[1:-1] == list(report.COLUMNS.values())
    assert [row[0] for row in rows] == [figure.case_words(case) for case in cases.TRAINING]
    for case, row in zip(cases.TRAINING, rows, strict=True):
        quoted = dict(zip(report.COLUMNS, row[1:], strict=False))
        assert {name for name, cell in quoted.items() if cell} == set(case.methods) - {"gemm"}
        own = "circle" if case.dimension == 2 else "dense"
        assert float(quoted[own]) == 1
        assert bool(row[-1]) == (own == "circle")


def test_the_readme_quotes_every_gram_matrix():
    head, *rows = quoted_table("benchmarks/README.md", "benchmark", 1)
    assert head[1:] == list(report.GRAM_COLUMNS.values())
    assert [row[0] for row in rows] == [figure.case_words(case) for case in cases.GRAMS]
    assert all(float(row[2]) == 1 and all(row) for row in rows)


def test_the_two_lines_of_the_projects_readme_are_of_the_same_run():
    (summary,) = re.findall(
        r"<!-- benchmark -->(.*?)<!-- /benchmark -->", (ROOT / "README.md").read_text(), re.S
    )
    quoted = {
        row[0]: row for i in (0, 1) for row in quoted_table("benchmarks/README.md", "benchmark", i)
    }
    training, gram = re.findall("^- .*cost: (.*)[.]$", summary, re.M)
    row = quoted["k = 2²⁰, n = 20, d = 2"]
    assert training == f"PyTorch {row[1]}, JAX {row[2]}, NumPy {row[3]}"
    assert gram == f"neural-tangents {quoted['ReLU NTK, n = 2000'][1]}"


def test_the_documents_quote_what_planning_costs():
    head, *rows = quoted_table("docs/cluster.md", "scheduler")
    assert scheduler.HEAD.startswith(f"| {' | '.join(head)} |\n")
    numbers = np.array([[float(cell.replace(" ", "") or "nan") for cell in row] for row in rows])
    assert numbers[:, 0].tolist() == list(scheduler.JOBS)
    assert (np.diff(numbers[:, :2], axis=0) > 0).all()
    assert np.isfinite(numbers).all()


def locked(path: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    text = (ROOT / path).read_text()
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


@pytest.mark.parametrize("name", ["requirements", "neural-tangents"])
def test_locks_have_hashes_and_neither_addresses_nor_gigabytes(name):
    text = (ROOT / f"benchmarks/{name}.lock").read_text()
    for entry in re.split(r"^(?=\S.*==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text
    packages = locked(f"benchmarks/{name}.lock")
    assert not any(re.match("nvidia|cuda|triton|torch|tensorflow", package) for package in packages)


def test_widelimit_is_measured_with_the_versions_it_is_tested_with():
    ours, theirs = locked("requirements.lock"), locked("benchmarks/requirements.lock")
    differing = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
    assert differing <= {"mpmath"}
    assert {"numpy", "scipy", "numba", "jax", "scikit-learn"} <= theirs.keys()
