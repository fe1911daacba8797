"""Imports run downwards only, pure mathematics knows no files, and every module is small."""

import ast
from pathlib import Path

import pytest

import widelimit
from widelimit.tables import provenance

PACKAGE = Path(widelimit.__file__).parent

CHAPTERS = [
    "validation",
    "seeds",
    "compiled",
    "expressions",
    "kernels",
    "circle",
    "tables",
    "linear",
    "networks",
    "data",
    "training",
    "finite_width",
    "measure",
    "study",
    "report",
]
"""The folders and modules of the package from the ground up, in reading order: each imports from
itself and from those before it."""

EDGE = {
    "compiled",
    "tables",
    "data.files",
    "study",
    "report.pages",
    "report.archive",
    "report.closing_words",
    "report.comparison",
    "report.quote_in_docs",
}
"""What may touch files: compiled keeps machine code on disk, data.files reads the user's own."""

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


def chapter(module: str) -> int:
    return CHAPTERS.index(module.split(".")[0])


def imports(module: str) -> set[str]:
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    names = provenance._imports(path)
    return {name.removeprefix("widelimit.") for name in names} - {"widelimit"}


def test_the_list_of_chapters_is_whole():
    assert {module.split(".")[0] for module in MODULES} == set(CHAPTERS)


def test_imports_run_downwards():
    for module in MODULES:
        for other in imports(module):
            assert chapter(other) <= chapter(module), f"{module} imports {other}"


def on_the_edge(module: str) -> bool:
    return any(module == part or module.startswith(f"{part}.") for part in EDGE)


def names_in(module: str) -> set[str]:
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
    }


def test_only_the_edge_touches_files():
    files = {"open", "read_text", "write_text", "read_bytes", "Path"}
    found = {module: names_in(module) & files for module in MODULES if not on_the_edge(module)}
    # The machine's description, for the sidecar table, is the one exception.
    assert {module: names for module, names in found.items() if names} == {
        "measure.wide.networks": {"open"}
    }


def test_no_import_goes_in_a_circle():
    """Importing each module alone, in a fresh order, is possible: the graph has no cycle."""
    waiting = {module: {m for m in imports(module) if m in MODULES} for module in MODULES}
    while waiting:
        free = {module for module, needs in waiting.items() if not needs & set(waiting) - {module}}
        assert free, f"a circle among {sorted(waiting)}"
        for module in free:
            del waiting[module]


def test_the_root_of_the_package_holds_chapters():
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 6


def test_scripts_are_thin():
    for script in (PACKAGE.parent / "scripts").glob("*.py"):
        text = script.read_text()
        assert len(text.splitlines()) <= 35, script
        # It keeps the garbage collector off what the others import.
        first = text.index("import widelimit.study.job_log as job_log\n")
        assert first < text.index("from widelimit"), script


def test_the_public_names_are_there():
    for name in widelimit.__all__:
        assert getattr(widelimit, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = widelimit.no_such_name
