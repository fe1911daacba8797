"""Paths that Snakemake cannot use are refused before any job."""

import subprocess

import pytest

from widelimit.study.config import ConfigError
from widelimit.study.environment import check_place


@pytest.mark.parametrize("name", ["my work", "it's", "b{x}", "a&b", "$HOME", "(1)", "a;b", 'a"b'])
def test_a_folder_that_the_shell_would_take_apart_is_named(tmp_path, name):
    path = tmp_path / name / "widelimit"
    path.mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"the name of the folder .* has a") as raised:
        check_place(path / ".venv/bin/python", tmp_path)
    assert repr(name) in str(raised.value)
    assert "\n" not in str(raised.value)
    if "{" in name:
        with pytest.raises(ConfigError, match=r"the name of the folder .* has a"):
            check_place("python", path)
    else:
        check_place("python", path)


@pytest.mark.parametrize("name", ["größe", "a#b%20", "a-b_c.d+e,f@g=h~i", "日本"])
def test_folders_that_the_shell_takes_as_they_are(tmp_path, name):
    path = tmp_path / name
    path.mkdir()
    check_place(path / "python", path)
    done = subprocess.run(f"cd {path}; pwd", shell=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(path)
