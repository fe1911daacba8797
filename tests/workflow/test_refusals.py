"""A study that cannot be run, through the command line: no job, no traceback, nothing left behind.

What is refused, and in which words, is tested with the model and the checks in tests/study.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from checkout import ROOT, TINY

pytestmark = pytest.mark.slow

ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
)
FILE = {"source": "file", "path": "none.csv", "inputs": ["a"], "outputs": ["b"]}
STUDIES = {
    "the model": (yaml.safe_dump(TINY | {"network": {"width": [8]}}), "network.width: unknown key"),
    "the checks of data": (yaml.safe_dump(TINY | {"data": FILE}), "data.path: none.csv: no such"),
    "aliases that unfold to 10^9 values": (ALIASES + "seed: *a8\n", "unknown key"),
}


@pytest.mark.parametrize("study, says", STUDIES.values(), ids=STUDIES)
def test_snakemake_refuses_and_leaves_nothing(checkout, study, says):
    (checkout.path / "study.yaml").write_text(study)
    done = checkout.snakemake("--cores", "1", "data")
    assert done.returncode != 0
    assert "The configuration cannot be run." in done.stdout
    assert says in done.stdout
    assert "Traceback" not in done.stdout
    assert not (checkout.path / "results").exists()


def test_without_config_yaml_no_study_is_what_it_says(checkout):
    """Snakemake leaves it out in silence where another file is given."""
    (checkout.path / "config.yaml").unlink()
    done = checkout.snakemake("--cores", "1", "data")
    assert done.returncode != 0
    assert "config.yaml is missing" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (checkout.path / "results").exists()


@pytest.mark.parametrize("name", ["it's mine.yaml", 'a "b; c.yaml'])
def test_make_figures_checks_before_snakemake_reads(checkout, name):
    """Snakemake reads the files of --configfile before any code of ours, with tracebacks."""
    for file in ("Makefile", "benchmarks/benchmarks.mk", "pyproject.toml"):
        (checkout.path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, checkout.path / file)
    (checkout.path / ".venv").mkdir()
    (checkout.path / ".venv/installed").touch()
    path = checkout.path / name
    path.write_bytes(b"data: {target: '\xff'}\n")
    done = subprocess.run(
        ["make", "figures", f"BIN={Path(sys.executable).parent}", f"CONFIG={name}"],
        cwd=checkout.path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(checkout.path / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.startswith(f"The configuration cannot be run.\n{name}: ")
    assert "Traceback" not in done.stderr
