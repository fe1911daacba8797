"""``python -m benchmarks.shares CHECKOUT ...``: what a run of a study spends its CPU time on.

The study is run from nothing in each checkout of the workflow in turn, after a run each of the
smallest study, in which kernels are compiled. Seconds are those of all processes, user and
system; the medians over rounds are printed as Markdown, and the ratios to the first checkout.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

CLOCK = Path(__file__).parent / "job_clock"
WARM_UP = "studies/tiny.yaml"
MAIN, REST = "snakemake", "shells, ends of processes"


def watch(checkout: Path, study: str, cores: int) -> pd.DataFrame:
    """One run of a study: jobs, seconds of starting and of work for each script, and the wall's.

    Two further rows are Snakemake's own process and what no process has accounted for.
    """
    with tempfile.TemporaryDirectory() as scratch:
        lines = Path(scratch) / "clock"
        lines.touch()
        environment = {
            **os.environ,
            "PYTHONPATH": str(CLOCK),
            "WIDELIMIT_CLOCK": str(lines),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
        command += ["--quiet", "all", "--configfile", study]
        command += ["--config", f"results_dir={scratch}/results"]
        before, began = _children(), time.monotonic()
        subprocess.run(command, cwd=checkout, env=environment, check=True)
        wall, total = time.monotonic() - began, _children() - before
        jobs = [json.loads(line) for line in lines.read_text().splitlines()]
    table = pd.DataFrame(jobs, columns=["script", "start", "end"])
    table = table.assign(jobs=1, work=table["end"] - table["start"])
    table = table.groupby("script")[["jobs", "start", "work"]].sum()
    rest = total - table[["start", "work"]].sum().sum()
    table.loc[REST] = {"jobs": 0, "start": 0.0, "work": rest}
    return table.assign(wall=wall)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shares(table: pd.DataFrame) -> pd.Series:
    """Seconds of starting, computing, drawing, Snakemake itself and the rest, and of all; and the
    wall's."""
    work = table["work"]
    parts = {
        "starting": table["start"].sum(),
        "computing": work.drop(["figure", MAIN, REST], errors="ignore").sum(),
        "drawing": work.get("figure", 0.0),
        "Snakemake": work.get(MAIN, 0.0),
        REST: work[REST],
    }
    return pd.Series({**parts, "CPU in all": sum(parts.values()), "wall": table["wall"].iloc[0]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="+", type=Path, help="the first is the base of ratios")
    parser.add_argument("--study", default="config.yaml", help="a configuration in each checkout")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cores", type=int, default=2)
    arguments = parser.parse_args()
    runs = []
    for checkout in arguments.checkouts:
        watch(checkout, WARM_UP, arguments.cores)
    for turn in range(arguments.rounds):
        for checkout in arguments.checkouts:
            table = watch(checkout, arguments.study, arguments.cores)
            print(f"{checkout}, round {turn + 1}:\n{table.round(1)}", file=sys.stderr, flush=True)
            runs.append(shares(table).rename(str(checkout)))
    found = pd.concat(runs, axis=1).T
    medians = found.groupby(level=0, sort=False).median().T
    print(pd.concat([medians.round(1), medians.div(medians.iloc[:, 0], axis=0).round(2)], axis=1))


if __name__ == "__main__":
    main()
