"""A copy of the workflow in which tests run studies, as users do, and edit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
TINY = yaml.safe_load((ROOT / "studies/tiny.yaml").read_text())


@dataclass
class Checkout:
    """A working copy of the workflow in which a study can be run and its code edited."""

    path: Path

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run snakemake with study.yaml; ``output`` holds what it printed."""
        command = [sys.executable, "-m", "snakemake", "--configfile", "study.yaml", *arguments]
        # As from a user's shell: nothing of this process but where things are.
        environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        done = subprocess.run(
            command,
            cwd=self.path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        return done

    def run(self, *targets: str, cores: int = 2) -> str:
        """Run to the end; what snakemake printed."""
        done = self.snakemake("--cores", str(cores), *targets)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def configure(self, **changes) -> None:
        """study.yaml: the tiny study with sections changed."""
        study = {**TINY, "results_dir": "results"}
        for section, values in changes.items():
            if isinstance(values, dict) and isinstance(study.get(section), dict):
                study[section] = {**study[section], **values}
            else:
                study[section] = values
        (self.path / "study.yaml").write_text(yaml.safe_dump(study))

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert old in text, f"{old!r} not in {file}"
        path.write_text(text.replace(old, new))


def check_out(path: Path) -> Checkout:
    """Copy what a clone would hold, but for tests and documents."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "config.yaml", "requirements.lock", "environment.yml"):
        shutil.copy(ROOT / name, path / name)
    for name in ("workflow", "profiles"):
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, path / name, ignore=ignore)
    checkout = Checkout(path)
    checkout.configure()
    return checkout
