"""pyproject.toml, requirements.lock and the environment of the jobs agree with each other."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

import widelimit

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()


def requirements() -> dict[str, Requirement]:
    parsed = map(Requirement, PROJECT["dependencies"])
    return {requirement.name.lower(): requirement for requirement in parsed}


def locked() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", LOCK, re.MULTILINE):
        versions.setdefault(name.lower(), set()).add(version)
    return versions


def test_the_lock_satisfies_the_project():
    development = map(Requirement, PROJECT["optional-dependencies"]["dev"])
    wanted = [*requirements().values(), *development]
    for requirement in wanted:
        assert requirement.name.lower() in locked(), requirement
        for version in locked()[requirement.name.lower()]:
            assert requirement.specifier.contains(version), (requirement, version)


def test_every_locked_package_has_hashes_and_no_address():
    entries = re.split(r"^(?=\S.*==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    for entry in entries:
        assert "--hash=sha256:" in entry, entry
    assert "://" not in LOCK
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links)", LOCK, re.MULTILINE)


def imported() -> set[str]:
    """Top-level names that the package and the scripts import, from outside."""
    names = set()
    for path in (ROOT / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"widelimit"}


def test_the_environment_of_conda_users_has_what_the_project_needs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    bounds = dict(line.split(" ", 1) for line in environment["dependencies"])
    assert bounds.pop("python") == PROJECT["requires-python"]
    specifiers = {name: Requirement(f"{name}{bound}").specifier for name, bound in bounds.items()}
    assert specifiers == {name: each.specifier for name, each in requirements().items()}


def test_the_environment_of_the_jobs_is_what_they_import():
    environment = yaml.safe_load((ROOT / "workflow/envs/widelimit.yaml").read_text())
    bounds = dict(line.split(" ", 1) for line in environment["dependencies"])
    assert bounds.pop("python") == PROJECT["requires-python"]
    expected = {name: str(each.specifier) for name, each in requirements().items()}
    assert bounds == {name: expected[name] for name in bounds}
    # Jinja brings markupsafe, numba llvmlite, Matplotlib Pillow; datasets alone want scikit-learn,
    # and an archive, which no job makes, rocrate.
    other_names = {"pyyaml": "yaml", "fonttools": "fontTools"}
    modules = {other_names.get(name, name) for name in bounds}
    assert imported() == modules | {*("llvmlite", "markupsafe", "PIL", "rocrate")}


def test_the_project_and_the_package_agree_on_the_version():
    assert PROJECT["version"] == widelimit.__version__
