"""Killed, interrupted, out of space: what is there afterwards is whole, a rerun completes it."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from checkout import MEASURED, SMALL, Checkout, check_out, digests, mounted

pytestmark = pytest.mark.slow
heavy = pytest.mark.heavy

JOBS = Counter(generate_data=1, fit_kernels=1, train_networks=4, compare=1, measure=1)
"""Those of the small study."""


@pytest.fixture
def empty(tmp_path) -> Checkout:
    """A checkout with the small study, of which nothing has run."""
    checkout = check_out(tmp_path / "checkout")
    checkout.configure(**SMALL)
    return checkout


@pytest.fixture
def study(small_checkout, tmp_path) -> Checkout:
    """A copy of the small study that has run."""
    shutil.copytree(small_checkout.path, tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def tables(results: Path) -> dict[Path, bytes]:
    """Each science table under the name that readers see."""
    found = (path.relative_to(results) for path in results.rglob("[!.]*.parquet"))
    return {path: (results / path).read_bytes() for path in found if path.name != "runs.parquet"}


def finished_jobs(printed: str) -> Counter:
    return Counter(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", printed))


def test_killed(empty, small_checkout, small_digests, everything):
    """kill -9 of the whole process group, again and again until so many have hit."""
    times = 20 if everything else 2
    expected = tables(small_checkout.path / "results")
    results = empty.path / "results"
    moments, kills, finished, arguments = random.Random(0), 0, Counter(), []
    while kills < times:
        run = empty.start("--cores", "2", *arguments, MEASURED)
        # Reading the workflow takes seconds, in which nothing happens to results.
        while not (run.ended or "\nExecute " in run.printed):
            time.sleep(0.05)
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(moments.uniform(0, 3))
        done = run.process.poll() == 0
        run.kill()
        finished += finished_jobs(run.printed)
        # Whatever has a table's name is that table, and no finished job has run twice.
        assert tables(results).items() <= expected.items()
        assert finished <= JOBS
        if done:
            assert digests(results) == small_digests
            shutil.rmtree(results)
            finished.clear()
            continue
        kills += 1
        if kills == 1:
            # A second run in the same folder is refused.
            refused = empty.snakemake("--cores", "2", MEASURED).stdout
            assert "cannot be locked" in refused
            assert "--unlock" in refused
            assert empty.snakemake("--unlock").returncode == 0
            # From now on without a lock, which saves one start of Snakemake for each kill.
            arguments = ["--nolock"]
    empty.run(MEASURED)
    assert tables(results) == expected
    # Nor is anything left of what was being written.
    assert not list(results.rglob(".*"))


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=heavy)])
def test_interrupted(empty, small_digests, sign):
    """Ctrl-C, or a signal to all as at the end of a session: no lock is left."""
    run = empty.start("--cores", "2", MEASURED)
    run.wait_for(lambda: ": train_networks of width" in run.printed)
    run.interrupt(sign)
    assert run.finish().returncode != 0
    empty.run(MEASURED)
    assert digests(empty.path / "results") == small_digests


@heavy
def test_asked_to_end(empty, small_digests):
    """kill of Snakemake alone: what runs is finished, nothing else is begun."""
    run = empty.start("--cores", "1", MEASURED)
    run.wait_for(lambda: ": train_networks of width" in run.printed)
    run.process.send_signal(signal.SIGTERM)
    done = run.finish()
    assert done.returncode != 0
    before = finished_jobs(done.stdout)
    after = finished_jobs(empty.run(MEASURED))
    assert before["train_networks"] >= 1
    assert before + after == JOBS
    assert digests(empty.path / "results") == small_digests


@heavy
def test_a_full_disk(empty, small_digests):
    results = empty.path / "results"
    with mounted(results, "-t", "tmpfs", "-o", "size=80k", "tmpfs"):
        done = empty.snakemake("--cores", "2", MEASURED)
        assert done.returncode != 0
        assert re.search(r"error: \S+\.parquet: cannot be written: .*No space left", done.stdout)
        assert "Traceback" not in done.stdout
        for path in results.rglob("*.parquet"):
            pq.read_table(path)
        subprocess.run(["mount", "-o", "remount,size=100m", str(results)], check=True)
        empty.run(MEASURED)
        assert digests(results) == small_digests


def test_a_folder_that_cannot_be_written(study, small_digests):
    results = study.path / "results"
    (study.path / MEASURED).unlink()
    if os.geteuid() == 0:
        with mounted(results, "--bind", str(results)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(results)], check=True)
            done = study.snakemake("--cores", "1", MEASURED)
    else:
        results.chmod(0o555)
        done = study.snakemake("--cores", "1", MEASURED)
        results.chmod(0o755)
    assert done.returncode != 0
    assert "results_dir: must be writable" in done.stdout
    assert "Traceback" not in done.stdout
    study.run(MEASURED)
    assert digests(results) == small_digests


def test_a_table_that_was_damaged(study, small_digests):
    """Within, where its ends do not show it, and with its date: it is named and made again."""
    path = study.path / "results/networks/width=16/chunk=1/networks.parquet"
    dates, content = path.stat(), bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    printed = study.run(MEASURED)
    assert re.search(r"chunk=1/networks\.parquet: it is damaged; it will be made again", printed)
    assert digests(study.path / "results") == small_digests


def test_tables_of_another_study_are_not_taken_for_up_to_date(study, tmp_path):
    """Two clones with different configurations and one results_dir: no record tells of it."""
    other = check_out(tmp_path / "other")
    other.configure(**SMALL, seed=7)
    shutil.copytree(study.path / "results", other.path / "results")
    done = other.snakemake("--quiet", "all", "--cores", "1", MEASURED)
    assert done.returncode != 0
    words = (
        r"data\.parquet: rule generate_data made it with root = 0, but this study has 7"
        r" \(one of \d+ such tables\); delete them"
    )
    assert re.search(words, done.stdout)
    assert "Traceback" not in done.stdout


@heavy
def test_a_deleted_table_comes_back(study, small_digests):
    """Though all that follows from it is there, and up to date."""
    for name in ("data", "predictions", "networks/width=64/chunk=0/networks"):
        (study.path / f"results/{name}.parquet").unlink()
    study.run(MEASURED, "data", "networks")
    assert digests(study.path / "results") == small_digests


def test_code_that_is_edited_while_the_study_runs(empty):
    run = empty.start("--cores", "1", "networks")
    run.wait_for(lambda: ": generate_data for" in run.printed)
    empty.edit("workflow/widelimit/training/descent.py", "import numpy", "# edited\nimport numpy")
    done = run.finish()
    assert done.returncode != 0
    assert "error: the code of rule train_networks" in done.stdout
    assert not (empty.path / "results/networks/width=16/chunk=0/networks.parquet").exists()
