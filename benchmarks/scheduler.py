"""What planning costs: ``python -m benchmarks.scheduler docs/cluster.md``.

A study of that many training jobs is planned up to its metrics (a dry run): with and without the
groups of the cluster profiles, and once more when all networks are there, each of whose tables is
then read. CPU time of the one process, so that what else runs on the machine counts little.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path

import pyarrow.parquet as pq
import yaml

ROOT = Path(__file__).parents[1]
JOBS = (100, 1000, 5000, 20_000)
BEGIN, END = "<!-- scheduler -->", "<!-- /scheduler -->"
HEAD = (
    "| training jobs | plan, CPU s | plan in groups, CPU s | plan when all are trained, CPU s |\n"
    "|---|---|---|---|\n"
)
KINDS = ("networks", "runs")


def measure(jobs: int) -> list[float]:
    """CPU seconds of planning that many jobs, of planning them in groups, and of planning what
    follows them."""
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
        cpu_seconds(here, "--", place("networks", 0))
        multiply(here, jobs)
        return [plan, in_groups, cpu_seconds(here, "--dry-run", "--", "metrics")]


def multiply(here: Path, jobs: int) -> None:
    """Give every job's tables, and Snakemake's records of them, those of the first: of its
    initialisation alone they say that they are another's."""
    for kind in KINDS:
        first = here / place(kind, 0)
        table = pq.read_table(first)
        record = json.loads(record_of(here, place(kind, 0)).read_text())
        for job in range(1, jobs):
            path = here / place(kind, job)
            path.parent.mkdir(parents=True)
            chunk = {b"chunk": json.dumps({"width": 8, "seeds": [job]})}
            renamed = table.replace_schema_metadata(table.schema.metadata | chunk)
            pq.write_table(renamed, path, compression="zstd", write_page_checksum=True)
            params = [
                text.replace("'seeds': [0]", f"'seeds': [{job}]") for text in record["params"]
            ]
            own = record | {"params": params, "endtime": path.stat().st_mtime}
            record_of(here, place(kind, job)).write_text(json.dumps(own))


def place(kind: str, job: int) -> str:
    return f"results/{kind}/width=8/chunk={job}/{kind}.parquet"


def record_of(here: Path, result: str) -> Path:
    return here / ".snakemake/metadata" / urlsafe_b64encode(result.encode()).decode()


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
