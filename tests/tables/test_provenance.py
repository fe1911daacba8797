"""The digest of a rule changes when, and only when, code that the rule reaches changes."""

import ast
import shutil
from itertools import accumulate

import pytest

from widelimit.tables import provenance
from widelimit.tables.provenance import code_digest, reach


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a chain a -> b.c -> d, an e that nobody imports, and a script."""
    root = tmp_path / "widelimit"
    (root / "b").mkdir(parents=True)
    files = {
        "__init__.py": "",
        "a.py": "from widelimit.b import c",
        "b/__init__.py": "",
        "b/c.py": "def f():\n    import widelimit.d\n",
        "d.py": "VALUE = 1",
        "e.py": "",
    }
    for name, text in files.items():
        (root / name).write_text(text)
    (tmp_path / "script.py").write_text("import numpy\nfrom widelimit.a import c\n")
    monkeypatch.setattr(provenance, "PACKAGE", root)
    provenance._imports.cache_clear()
    yield tmp_path
    provenance._imports.cache_clear()


def names(paths, package):
    return {str(path.relative_to(package / "widelimit")) for path in paths}


def test_reach_is_transitive_and_sees_imports_inside_functions(package):
    everything = {"__init__.py", "a.py", "b/__init__.py", "b/c.py", "d.py"}
    assert names(reach(["widelimit.a"]), package) == everything
    assert names(reach(["widelimit.d"]), package) == {"d.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import widelimit.e",
        "import widelimit.d as d, widelimit.e as other",
        "from widelimit import e",
        "from widelimit import d, e as other  # both",
        "from widelimit import (\n    d,  # the first\n    e,\n)\n",
        "try:\n    pass\nfinally:\n    async def f():\n        import widelimit.e",
    ],
)
def test_imports_are_seen_in_every_form(package, text):
    (package / "widelimit/a.py").write_text(text)
    assert "e.py" in names(reach(["widelimit.a"]), package)


@pytest.mark.parametrize(
    "text", ["# import widelimit.e", "import widelimits.e", "from widelimit import d  # not e"]
)
def test_what_is_no_import_is_not_followed(package, text):
    (package / "widelimit/a.py").write_text(text)
    assert "e.py" not in names(reach(["widelimit.a"]), package)


def test_the_imports_are_those_that_python_sees():
    for path in provenance.PACKAGE.parent.rglob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        ours = {name for name in names if name.split(".")[0] == "widelimit"}
        ours |= {parent for name in ours for parent in accumulate(name.split("."), "{}.{}".format)}
        seen = {name for name in ours if provenance._source(name).exists()}
        assert provenance._imports(path) == seen, path


@pytest.mark.parametrize("file", ["a.py", "b/c.py", "b/__init__.py", "d.py", "__init__.py"])
def test_an_edit_to_what_is_reached_changes_the_digest(package, file):
    before = code_digest(package / "script.py")
    path = package / "widelimit" / file
    old = path.read_text()
    path.write_text(old + "\n# edited\n")
    provenance._imports.cache_clear()
    assert code_digest(package / "script.py") != before
    path.write_text(old)
    provenance._imports.cache_clear()
    assert code_digest(package / "script.py") == before


def test_an_edit_elsewhere_does_not(package):
    before = code_digest(package / "script.py")
    (package / "widelimit" / "e.py").write_text("VALUE = 2")
    assert code_digest(package / "script.py") == before
    assert code_digest(package / "script.py", modules=["widelimit.e"]) != before


def test_further_files_count(package):
    lock = package / "lock"
    lock.write_text("a==1")
    before = code_digest(package / "script.py", files=[lock])
    lock.write_text("a==2")
    assert code_digest(package / "script.py", files=[lock]) != before


def test_the_place_of_the_checkout_does_not_count(package, tmp_path_factory, monkeypatch):
    before = code_digest(package / "script.py")
    other = tmp_path_factory.mktemp("other") / "checkout"
    shutil.copytree(package, other)
    monkeypatch.setattr(provenance, "PACKAGE", other / "widelimit")
    assert code_digest(other / "script.py") == before


def test_relative_imports_are_refused(package):
    (package / "widelimit" / "d.py").write_text("from . import e")
    with pytest.raises(ValueError, match="write imports in full"):
        code_digest(package / "script.py")
