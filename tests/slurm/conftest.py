"""One SLURM for all tests of the session, and checkouts that submit to it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkout import Checkout, Run
from slurm.cluster import Slurm, missing_packages

POLLING = Path(__file__).with_name("polling_snakemake.py")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.slurm)
            # With pytest-xdist one process runs them all, and so starts the one SLURM.
            item.add_marker(pytest.mark.xdist_group("slurm"))


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    if missing := missing_packages():
        says = f"needs a SLURM on this machine: apt-get install {' '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(says)
        pytest.skip(says)
    cluster = Slurm(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@dataclass
class ClusterCheckout(Checkout):
    """A checkout whose jobs are submitted to the test cluster, through profiles/slurm."""

    cluster: Slurm

    def submit(self, *arguments: str) -> Run:
        return self.start(
            *("--profile", "profiles/slurm", "--slurm-no-account"),
            *("--slurm-status-command", "squeue"),
            *("--slurm-init-seconds-before-status-checks", "1"),
            *arguments,
            program=[str(POLLING)],
            **self.cluster.environment,
        )


@pytest.fixture
def study(slurm, small_checkout, tmp_path):
    """The small study, finished up to the metrics. Nothing is queued before or after."""
    path = tmp_path / "checkout"
    shutil.copytree(small_checkout.path, path)
    yield ClusterCheckout(path, slurm)
    slurm.call("scancel", "--state=PENDING")
    slurm.call("scancel", "--state=RUNNING")
    slurm.wait_for(lambda: not slurm.queue())
