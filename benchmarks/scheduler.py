"""What planning costs: ``python -m benchmarks.scheduler docs/cluster.md``.

A study of that many training jobs is planned up to its metrics (a dry run), with and without the
groups of the cluster profiles. CPU time of the one process, so that what else runs on the machine
counts little.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
JOBS = (100, 1000, 5000, 20_000)
BEGIN, END = "<!-- scheduler -->", "<!-- /scheduler -->"
HEAD = "| training jobs | plan, CPU s | plan in groups, CPU s |\n|---|---|---|\n"


def measure(jobs: int) -> list[float]:
    """CPU seconds of planning that many jobs, and of planning them in groups."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        for part in ("Snakefile", "config.yaml", "requirements.lock"):
            shutil.copy(ROOT / part, here / part)
        for part in ("workflow", "profiles"):
            shutil.copytree(ROOT / part, here / part)
        study = {
            "network": {"widths": [8], "seeds": jobs, "seeds_per_job": 1},
            "variants": {"interval": None},
            "beyond": {"activations": [], "dimensions": []},
        }
        (here / "study.yaml").write_text(yaml.safe_dump(study))
        plan = cpu_seconds(here, "--dry-run", "--", "metrics")
        profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
        groups = ["--groups", *profile["groups"]]
        groups += ["--group-components", *profile["group-components"]]
        in_groups = cpu_seconds(here, "--dry-run", *groups, "--", "metrics")
        return [plan, in_groups]


def cpu_seconds(folder: Path, *arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--configfile", "study.yaml", "--cores", "100"),
            *("--quiet", "all", *arguments),
        ],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(document: str) -> None:
    rows = []
    for jobs in JOBS:
        measured = [f"{seconds:.0f}" for seconds in measure(jobs)]
        cells = [f"{jobs:,}".replace(",", " "), *measured]
        rows.append(f"| {' | '.join(cells)} |")
        print(rows[-1], flush=True)
    table = HEAD + "\n".join(rows)
    path = Path(document)
    before, _, rest = path.read_text().partition(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main(sys.argv[1])
