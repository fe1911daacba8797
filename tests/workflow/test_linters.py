"""The linters of Python and of Snakemake are content."""

import subprocess
import sys

import pytest

from checkout import ROOT


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def test_python_is_clean():
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")


def test_snakefmt_is_content():
    run("snakefmt", "--check", "Snakefile", "workflow")


@pytest.mark.slow
def test_snakemake_lint_is_content():
    assert "Congratulations" in run("snakemake", "--lint")
