"""The study on a real SLURM: the same bytes, and what happens when something goes wrong."""

import re
import shutil

import pytest

from checkout import MEASURED, SMALL, digests

CHUNK = "results/networks/width=32/chunk=0/networks.parquet"
HOURS = SMALL | {"network": SMALL["network"] | {"widths": [32], "steps": 10**8}}
"""A training that nobody waits for."""


def test_two_nodes_give_the_same_bytes(submitted, small_digests):
    """As one core; out of a cache and interrupted: tests/workflow."""
    assert digests(submitted.checkout.path / "results") == small_digests
    jobs, printed = submitted.jobs, submitted.printed
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert {job["NodeList"] for job in jobs} == set(submitted.cluster.nodes)
    # What squeue showed while it ran is what the controller's log has of it.
    assert submitted.training
    assert submitted.training <= {job["JobId"] for job in jobs}
    assert len(jobs) == printed.count("has been submitted")
    # Four jobs train, two in a submission; those that read all networks are by themselves.
    assert printed.count("(Rule: train_networks)") == 4
    groups = re.findall(r"slurm_logs/(group_[a-z]+)", printed)
    assert sorted(groups) == ["group_networks", "group_networks"]


def test_a_failing_job_is_reported_with_its_log(study):
    study.configure(
        allow_unstable=True,
        # Of a leaky unit the gradient never vanishes, so that training cannot but diverge.
        network=SMALL["network"]
        | {"widths": [32], "activation": "leaky_relu:0.1", "learning_rate": 1e3},
    )
    done = study.submit("--retries", "0", "--", CHUNK).finish()
    assert done.returncode != 0
    assert "Error in rule train_networks" in done.stdout
    log = "results/logs/train_networks/width=32/chunk=0.log"
    assert f"log: {log}" in done.stdout
    # What is in the job's log and in SLURM's is printed too.
    (line,) = (study.path / log).read_text().splitlines()
    assert line.startswith("error: width 32, seed 0: training diverged")
    assert done.stdout.count(line) >= 2
    assert not (study.path / CHUNK).exists()


def test_slurms_log_of_a_failing_job_without_a_group_is_printed(study):
    (study.path / "results/theory.parquet").unlink()
    done = study.submit(
        *("--retries", "0", "--set-resources", "fit_kernels:mem_mb=100"),
        *("--", "results/theory.parquet"),
    ).finish()
    assert done.returncode != 0
    assert "Error in rule fit_kernels" in done.stdout
    assert "exceeded memory limit" in done.stdout


@pytest.mark.parametrize("what", ["the configuration", "the code of rule train_networks"])
def test_what_is_edited_while_jobs_wait_is_refused_by_name(study, what):
    """A job reads both when it starts: it must not pass for one of those it was submitted with."""
    study.configure(network=SMALL["network"] | {"widths": [32]})
    run = study.submit(
        *("--retries", "0", "--set-resources", "train_networks:slurm_extra='--hold'", "--", CHUNK)
    )
    (job,) = run.wait_for(study.cluster.queue)
    if what == "the configuration":
        study.configure(network=SMALL["network"] | {"widths": [32], "learning_rate": 0.01})
    else:
        study.edit("workflow/widelimit/training/descent.py", "import numpy", "# new\nimport numpy")
    study.cluster.call("scontrol", "release", job["id"])
    done = run.finish(timeout=120)
    assert done.returncode != 0
    assert what in done.stdout
    assert "edited since this run of Snakemake began; start it again" in done.stdout
    assert not (study.path / CHUNK).exists()


def test_a_cancelled_job_is_noticed_within_a_minute(study_on_either):
    """With the profile as it is, and though Snakemake has been asked to end, for which it waits for
    what runs. Accounting calls such a job `CANCELLED by 0`."""
    study, slurm = study_on_either, study_on_either.cluster
    study.configure(**HOURS)
    run = study.start(
        *("--profile", "profiles/slurm", "--slurm-no-account", "--retries", "0", "--", CHUNK),
        **slurm.environment,
    )
    (job,) = run.wait_for(lambda: [job for job in slurm.queue() if job["state"] == "RUNNING"])
    run.process.terminate()
    slurm.call("scancel", job["id"])
    run.wait_for(lambda: "Error in rule train_networks" in run.printed, timeout=60)
    # It looks once more for jobs that run before it ends.
    assert run.finish(timeout=60).returncode != 0
    assert slurm.finished()[-1]["JobState"] == "CANCELLED"
    assert not (study.path / CHUNK).exists()
    if slurm.accounting:
        states = slurm.call("sacct", "-nX", "-j", job["id"], "-o", "State%30")
        assert re.fullmatch(r"CANCELLED by \d+", states.strip())


def test_ctrl_c_cancels_what_runs_and_what_is_queued(study):
    study.configure(**HOURS | {"network": HOURS["network"] | {"seeds": 6}})
    run = study.submit(
        *("--set-resources", "train_networks:mem_mb=7000"),  # one on each node, one waits
        *("--group-components", "networks=1"),
        # So that no question for states is under way, during which the executor knows of no jobs.
        *("--slurm-init-seconds-before-status-checks", "100"),
        *("--", "networks"),
    )
    run.wait_for(
        lambda: (
            [job["state"] for job in study.cluster.queue()].count("RUNNING") == 2
            and run.printed.count("has been submitted") == 3
        )
    )
    run.interrupt()
    done = run.finish(timeout=120)
    assert done.returncode != 0
    assert study.cluster.wait_for(lambda: not study.cluster.queue())
    # Nothing is locked: the next run may start.
    assert study.submit("-n", "--", CHUNK).finish().returncode == 0


def test_a_retry_has_more_memory(study):
    # Too little at first for a job that holds 300 MB until SLURM, which looks every second, has
    # seen it. SLURM kills what takes more than it asked for.
    study.edit("workflow/widelimit/study/cost.py", "INTERPRETER = 700", "INTERPRETER = 350")
    hold = "import time\n\nheld = b'x' * 300_000_000\ntime.sleep(4)\nwith job_log"
    study.edit("workflow/scripts/train_networks.py", "with job_log", hold)
    study.configure(network=SMALL["network"] | {"widths": [32]})
    before = len(study.cluster.finished())
    done = study.submit("--", CHUNK).finish()
    assert done.returncode == 0, done.stdout[-5000:]
    assert "Trying to restart" in done.stdout
    jobs = study.cluster.finished()[before:]
    memory = [int(re.search(r"mem=(\d+)M", job["Tres"])[1]) for job in jobs]
    assert memory == [350 * attempt for attempt in range(1, len(jobs) + 1)]
    assert [job["JobState"] for job in jobs][-1] == "COMPLETED"
    assert "COMPLETED" not in [job["JobState"] for job in jobs][:-1]
    assert (study.path / CHUNK).exists()


def test_five_thousand_points_complete_within_what_their_jobs_ask_for(study):
    """The first time: nothing is submitted again with more. Matrices of 200 MB are most of what
    the jobs take, and SLURM kills what takes more than it asked for."""
    n = 5000
    changes = {"learning_rate": 0.5 / n, "steps": 1, "checkpoints": [1]}
    study.configure(
        data={"n_train": n, "n_test": 2},
        network={"widths": [8], "seeds": 1, "seeds_per_job": 1, "engine": "dense", **changes},
        variants={"interval": None},
        beyond={"activations": []},
        scale={"scales": []},
    )
    before = len(study.cluster.finished())
    done = study.submit("--retries", "0", "--forceall", "--", MEASURED).finish()
    assert done.returncode == 0, done.stdout[-5000:]
    jobs = study.cluster.finished()[before:]
    assert [job["JobState"] for job in jobs] == ["COMPLETED"] * 5
    # Python and Snakemake alone have 700 MB.
    asked = [int(re.search(r"mem=(\d+)M", job["Tres"])[1]) for job in jobs]
    assert max(asked) > 3000


def test_the_study_completes_though_a_node_goes_down(study, small_digests):
    for folder in ("networks", "runs"):
        shutil.rmtree(study.path / "results" / folder)
    for table in ("predictions", "measured"):
        (study.path / f"results/{table}.parquet").unlink()
    before = len(study.cluster.finished())
    run = study.submit("--group-components", "networks=2", "--", MEASURED)
    running = run.wait_for(
        lambda: {job["node"]: job["id"] for job in study.cluster.queue()}.get("n2")
    )
    study.cluster.call("scontrol", "update", "nodename=n2", "state=down", "reason=test")
    done = run.finish()
    study.cluster.wait_for(lambda: study.cluster.node_states()["n2"] == "idle")
    assert done.returncode == 0, done.stdout[-5000:]
    jobs = {job["JobId"]: job for job in study.cluster.finished()[before:]}
    assert jobs[running]["JobState"] == "NODE_FAIL"
    assert "Trying to restart" in done.stdout
    assert digests(study.path / "results") == small_digests


def test_the_profile_for_other_schedulers_runs_jobs_and_notices_a_cancelled_one(study):
    (study.path / "results/data.parquet").unlink()
    study.configure(**HOURS)
    run = study.start(
        *("--profile", "profiles/cluster-generic", "--retries", "0", "--", CHUNK),
        **study.cluster.environment,
    )
    run.wait_for(lambda: "Finished jobid" in run.printed)
    (job,) = run.wait_for(study.cluster.queue)
    study.cluster.call("scancel", job["id"])
    done = run.finish(timeout=120)
    assert done.returncode != 0
    assert "Error in" in done.stdout
    assert (study.path / "results/data.parquet").exists()
    assert not (study.path / CHUNK).exists()
