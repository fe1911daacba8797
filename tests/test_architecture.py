"""Imports run downwards only, pure mathematics knows no files, and every module is small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import widelimit
from widelimit import provenance

PACKAGE = Path(widelimit.__file__).parent

# From the bottom up. A module may import from its own layer's siblings only where they share a
# package, and from every layer before.
LAYERS = [
    {
        "whole",
        "activations",
        "seeds",
        "expressions",
        "gaussian_pairs",
        "markup",
        "compiled",
        "arrangement",
    },
    {"duals", "hermite", "sphere", "digits", "feature_map", "cell_lookup"},
    {"kernels", "network", "lecture"},
    {"regression", "random_features", "hessian", "linearised", "polynomial"},
    {"dynamics", "training", "last_layer"},
    {"metrics", "summaries", "regimes", "linear", "claims", "estimates"},
    {"schemas", "metric_meanings"},
    {"stages", "figures"},
    {"config", "tables", "jobs", "progress", "environment"},
    {"provenance"},
    {"checks", "page_numbers", "pages", "results_readme", "readme"},
]
EDGE = {
    "compiled",
    "tables",
    "jobs",
    "progress",
    "environment",
    "provenance",
    "config.files",
    "checks",
    "page_numbers",
    "pages",
    "readme",
    "stages.data",
}
"""What may touch files: compiled keeps machine code on disk, stages.data reads the user's own."""

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


def layer(module: str) -> int:
    (found,) = (i for i, names in enumerate(LAYERS) if module.split(".")[0] in names)
    return found


def imports(module: str) -> set[str]:
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    names = provenance._imports(path)
    return {name.removeprefix("widelimit.") for name in names} - {"widelimit"}


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module):
    for other in imports(module):
        same_package = module.split(".")[0] == other.split(".")[0]
        assert same_package or layer(other) < layer(module), f"{module} imports {other}"


@pytest.mark.parametrize("module", [m for m in MODULES if m not in EDGE])
def test_only_the_edge_touches_files(module):
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    # The machine's description, for the sidecar table, is the one exception.
    allowed = {"open"} if module == "stages.networks" else set()
    assert not names & {"open", "read_text", "write_text", "read_bytes", "Path"} - allowed


def test_no_import_goes_in_a_circle():
    """Importing each module alone, in a fresh order, is possible: the graph has no cycle."""
    waiting = {module: {m for m in imports(module) if m in MODULES} for module in MODULES}
    while waiting:
        free = {module for module, needs in waiting.items() if not needs & set(waiting) - {module}}
        assert free, f"a circle among {sorted(waiting)}"
        for module in free:
            del waiting[module]


def test_scripts_are_thin():
    for script in (PACKAGE.parent / "scripts").glob("*.py"):
        assert len(script.read_text().splitlines()) <= 35, script


def test_the_public_names_are_there():
    for name in widelimit.__all__:
        assert getattr(widelimit, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = widelimit.no_such_name
