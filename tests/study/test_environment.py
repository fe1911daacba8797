"""Paths that Snakemake cannot use are refused before any job."""

import os
import subprocess
import sys

import pytest

from widelimit.study.config import ConfigError
from widelimit.study.environment import check_paths
from widelimit.tables.provenance import PACKAGE


@pytest.mark.parametrize("name", ["my work", "it's", "b{x}", "a&b", "$HOME", "(1)", "a;b", 'a"b'])
def test_a_folder_that_the_shell_would_take_apart_is_named(tmp_path, name):
    path = tmp_path / name / "widelimit"
    path.mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"the name of the folder .* has a") as raised:
        check_paths(path / ".venv/bin/python", tmp_path)
    assert repr(name) in str(raised.value)
    assert "\n" not in str(raised.value)
    if "{" in name:
        with pytest.raises(ConfigError, match=r"the name of the folder .* has a"):
            check_paths("python", path)
    else:
        check_paths("python", path)


@pytest.mark.parametrize("name", ["größe", "a#b%20", "a-b_c.d+e,f@g=h~i", "日本"])
def test_folders_that_the_shell_takes_as_they_are(tmp_path, name):
    path = tmp_path / name
    path.mkdir()
    check_paths(path / "python", path)
    done = subprocess.run(f"cd {path}; pwd", shell=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(path)


def test_a_check_refuses_the_folder_of_the_workflow_as_a_run_does(tmp_path):
    (tmp_path / "{x}").mkdir()
    (tmp_path / "{x}/widelimit").symlink_to(PACKAGE)
    done = subprocess.run(
        [sys.executable, "-m", "widelimit.study.checks"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "{x}")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "the name of the folder '{x}' has a sign '{'" in done.stderr
