"""The worked examples of docs/extending.md, as a reader would follow them."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from checkout import ROOT, Checkout

TEXT = (ROOT / "docs/extending.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.DOTALL | re.MULTILINE)


def run(checkout: Checkout, *command: str, **options) -> None:
    environment = os.environ | {"PYTHONPATH": str(checkout.path / "workflow")}
    done = subprocess.run(
        command, cwd=checkout.path, env=environment, capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_changes_fit_the_code(section):
    for diff in blocks(section, "diff"):
        run(Checkout(ROOT), "git", "apply", "--check", "-", input=diff)


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_does_what_it_says(section, checkout):
    for diff in blocks(section, "diff"):
        run(checkout, "git", "apply", "-", input=diff)
    (study,) = blocks(section, "yaml")
    checkout.configure(**yaml.safe_load(study))
    (command,) = blocks(section, "sh")
    assert command.startswith("snakemake --cores 2 ")
    checkout.run(*command.split()[3:])
    (check,) = blocks(section, "python")
    run(checkout, sys.executable, "-", input=check)


def test_every_kind_of_addition_is_there():
    assert list(SECTIONS) == ["An experiment", "An activation", "A data source", "A kernel"]
