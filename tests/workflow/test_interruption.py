"""Killed, interrupted, out of space: what is there afterwards is whole, a rerun completes it."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from checkout import SMALL, Checkout, check_out, digests

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("interruption")]


@pytest.fixture
def empty(tmp_path) -> Checkout:
    """A checkout with the small study, of which nothing has run."""
    checkout = check_out(tmp_path / "checkout")
    checkout.configure(**SMALL)
    return checkout


@pytest.fixture
def jobs(empty) -> Counter:
    """How many jobs of each rule make the small study."""
    planned = empty.snakemake("--dry-run", "metrics").stdout
    return Counter(re.findall(r"^ *(?:local)?rule (\w+):", planned, flags=re.MULTILINE))


@pytest.fixture
def study(small_checkout, tmp_path) -> Checkout:
    """The small study, finished up to the metrics."""
    shutil.copytree(small_checkout.path, tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def tables(results: Path) -> dict[Path, bytes]:
    """Each science table under the name that readers see."""
    found = (path.relative_to(results) for path in results.rglob("[!.]*.parquet"))
    return {path: (results / path).read_bytes() for path in found if path.name != "runs.parquet"}


def finished_jobs(printed: str) -> Counter:
    return Counter(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", printed))


def test_killed_at_twenty_moments(empty, jobs, small_checkout, small_digests):
    """kill -9 of the whole process group, again and again until twenty have hit."""
    expected = tables(small_checkout.path / "results")
    results = empty.path / "results"
    moments, kills, finished, arguments = random.Random(0), 0, Counter(), []
    while kills < 20:
        run = empty.start("--cores", "2", *arguments, "metrics")
        # Reading the workflow takes seconds, in which nothing happens to results.
        while not (run.ended or "\nExecute " in run.printed):
            time.sleep(0.05)
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(moments.uniform(0, 4))
        done = run.process.poll() == 0
        run.kill()
        finished += finished_jobs(run.printed)
        # Whatever has a table's name is that table, and no finished job has run twice.
        assert tables(results).items() <= expected.items()
        assert all(finished[rule] <= jobs[rule] for rule in finished)
        if done:
            assert digests(results) == small_digests
            shutil.rmtree(results)
            finished.clear()
            continue
        kills += 1
        if kills == 1:
            assert "--unlock" in empty.snakemake("--cores", "2", "metrics").stdout
            assert empty.snakemake("--unlock").returncode == 0
            # From now on without a lock, which saves one start of Snakemake for each kill.
            arguments = ["--nolock"]
    empty.run("metrics")
    assert tables(results) == expected
    # Nor is anything left of what was being written.
    assert not list(results.rglob(".*"))


def test_interrupted(empty, small_digests):
    """Ctrl-C, and a signal to all as at the end of a session: no lock is left."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        run = empty.start("--cores", "2", "metrics")
        run.wait_for(lambda run=run: "localrule train_networks:" in run.printed)
        run.interrupt(sign)
        assert run.finish().returncode != 0
    empty.run("metrics")
    assert digests(empty.path / "results") == small_digests


def test_asked_to_end(empty, jobs, small_digests):
    """kill of Snakemake alone: what runs is finished, nothing else is begun."""
    run = empty.start("--cores", "1", "metrics")
    run.wait_for(lambda: "localrule train_networks:" in run.printed)
    run.process.send_signal(signal.SIGTERM)
    done = run.finish()
    assert done.returncode != 0
    before = finished_jobs(done.stdout)
    after = finished_jobs(empty.run("metrics"))
    assert before["train_networks"] >= 1
    assert before + after == jobs
    assert digests(empty.path / "results") == small_digests


@contextmanager
def mounted(path: Path, *options: str):
    """Something mounted at ``path``, which needs to be root."""
    path.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(path)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


def test_a_full_disk(empty, small_digests):
    results = empty.path / "results"
    with mounted(results, "-t", "tmpfs", "-o", "size=80k", "tmpfs"):
        done = empty.snakemake("--cores", "2", "metrics")
        assert done.returncode != 0
        assert re.search(r"error: \S+\.parquet: cannot be written: .*No space left", done.stdout)
        assert "Traceback" not in done.stdout
        for path in results.rglob("*.parquet"):
            pq.read_table(path)
        subprocess.run(["mount", "-o", "remount,size=100m", str(results)], check=True)
        empty.run("metrics")
        assert digests(results) == small_digests


def test_a_folder_that_cannot_be_written(study, small_digests):
    results = study.path / "results"
    (results / "metrics.parquet").unlink()
    if os.geteuid() == 0:
        with mounted(results, "--bind", str(results)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(results)], check=True)
            done = study.snakemake("--cores", "1", "metrics")
    else:
        results.chmod(0o555)
        done = study.snakemake("--cores", "1", "metrics")
        results.chmod(0o755)
    assert done.returncode != 0
    assert "results_dir: must be writable" in done.stdout
    assert "Traceback" not in done.stdout
    study.run("metrics")
    assert digests(results) == small_digests


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def corrupted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)


def of_an_older_version(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(table.column_names[2]), path)


@pytest.mark.parametrize("damage", [truncated, corrupted, of_an_older_version])
def test_a_table_that_was_damaged(study, small_digests, damage):
    """It is named with the remedy, and what follows from it is not computed."""
    name = "networks/width=16/chunk=1/networks.parquet"
    damage(study.path / "results" / name)
    done = study.snakemake("--cores", "1", "metrics")
    assert done.returncode != 0
    assert re.search(rf"error: results/{name}: damaged.*delete it and run again", done.stdout)
    assert "Traceback" not in done.stdout
    (study.path / "results" / name).unlink()
    study.run("metrics")
    assert digests(study.path / "results") == small_digests


def test_a_deleted_table_comes_back(study, small_digests):
    """Though all that follows from it is there, and up to date."""
    for name in ("data", "predictions", "networks/width=64/chunk=0/networks"):
        (study.path / f"results/{name}.parquet").unlink()
    study.run("metrics", "data", "networks")
    assert digests(study.path / "results") == small_digests


def test_code_that_is_edited_while_the_study_runs(empty):
    run = empty.start("--cores", "1", "networks")
    run.wait_for(lambda: "localrule generate_data:" in run.printed)
    empty.edit("workflow/widelimit/training/descent.py", "import numpy", "# edited\nimport numpy")
    done = run.finish()
    assert done.returncode != 0
    assert "error: the code of rule train_networks" in done.stdout
    assert not (empty.path / "results/networks/width=16/chunk=0/networks.parquet").exists()


def test_a_second_run_in_the_same_folder_is_refused(empty):
    run = empty.start("--cores", "1", "networks")
    run.wait_for(lambda: "localrule generate_data:" in run.printed)
    done = empty.snakemake("--cores", "1", "networks")
    assert done.returncode != 0
    assert "cannot be locked" in done.stdout
    assert run.finish().returncode == 0
