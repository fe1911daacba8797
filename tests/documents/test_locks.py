"""pyproject.toml, requirements.lock and environment.yml name one environment."""

from __future__ import annotations

import re
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


def test_conda_gets_the_same_packages_and_bounds():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"][:2] == ["conda-forge", "bioconda"]
    conda = {}
    for line in environment["dependencies"]:
        name, _, bounds = line.partition(" ")
        conda[name] = bounds
    assert conda.pop("python") == PROJECT["requires-python"]
    expected = {name: set(str(r.specifier).split(",")) for name, r in requirements().items()}
    assert {name: set(bounds.split(",")) for name, bounds in conda.items()} == expected


def test_the_project_and_the_package_agree_on_the_version():
    assert PROJECT["version"] == widelimit.__version__
