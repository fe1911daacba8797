"""One SLURM for all tests of the session, and checkouts that submit to it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkout import MEASURED, SMALL, Checkout, Run, check_out
from slurm.cluster import Slurm, missing_packages

POLLING = Path(__file__).with_name("polling_snakemake.py")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.heavy)
            item.add_marker(pytest.mark.slurm)
            # With pytest-xdist one process runs them all, and so starts the one SLURM.
            item.add_marker(pytest.mark.xdist_group("slurm"))


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    yield from _running(tmp_path_factory.mktemp("slurm"))


@pytest.fixture(params=["no accounting", "accounting"])
def either_slurm(request, tmp_path_factory):
    """A SLURM without accounting, then one with it."""
    if request.param == "accounting":
        yield from _running(tmp_path_factory.mktemp("slurm"), accounting=True)
    else:
        yield request.getfixturevalue("slurm")


def _running(folder: Path, *, accounting: bool = False):
    if missing := missing_packages(accounting=accounting):
        says = f"needs a SLURM on this machine: apt-get install {' '.join(missing)}"
        if os.environ.get("CI") and missing_packages(accounting=False):
            pytest.fail(says)
        pytest.skip(says)
    cluster = Slurm(folder, accounting=accounting)
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
        """Snakemake with the profile, asking for the state of jobs every second."""
        return self.start(
            *("--profile", "profiles/slurm", "--slurm-no-account"),
            *("--slurm-init-seconds-before-status-checks", "1"),
            *arguments,
            program=[str(POLLING)],
            **self.cluster.environment,
        )


@dataclass
class Submitted:
    """The small study as the cluster has run it, two trainings in a submission."""

    cluster: Slurm
    checkout: Checkout
    printed: str
    training: set[str]
    """Jobs that train, as squeue showed them."""
    jobs: list[dict[str, str]]
    """All jobs, as the controller's log has them."""


@pytest.fixture(scope="session")
def submitted(slurm, tmp_path_factory):
    path = check_out(tmp_path_factory.mktemp("submitted") / "checkout").path
    checkout = ClusterCheckout(path, slurm)
    checkout.configure(**SMALL)
    before = len(slurm.finished())
    run = checkout.submit("--group-components", "networks=2", "--", MEASURED)
    training = run.wait_for(
        lambda: {job["id"] for job in slurm.queue() if "train_networks" in job["comment"]}
    )
    done = run.finish()
    assert done.returncode == 0, done.stdout[-5000:]
    return Submitted(slurm, checkout, done.stdout, training, slurm.finished()[before:])


@pytest.fixture
def study(slurm, small_checkout, tmp_path):
    """A copy of the small study that has run. Nothing is queued before or after."""
    yield from _copy_on(slurm, small_checkout, tmp_path)


@pytest.fixture
def study_on_either(either_slurm, small_checkout, tmp_path):
    """The same on a SLURM without and with accounting."""
    yield from _copy_on(either_slurm, small_checkout, tmp_path)


def _copy_on(slurm: Slurm, small_checkout: Checkout, tmp_path: Path):
    path = tmp_path / "checkout"
    shutil.copytree(small_checkout.path, path)
    yield ClusterCheckout(path, slurm)
    slurm.call("scancel", "--state=PENDING")
    slurm.call("scancel", "--state=RUNNING")
    slurm.wait_for(lambda: not slurm.queue())
