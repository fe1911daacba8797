"""One thread for each process, one cache of compiled code for all."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

# Before NumPy is imported: pytest-xdist runs a process for each core, and BLAS threads on top of
# that make everything slower.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".numba_cache"))

from checkout import MEASURED, SMALL, Checkout, check_out, digests  # noqa: E402

FIRST = ("slurm", "shipped", "heavy", "slow", "xdist_group")
"""Groups and marks of tests, those that take longest first."""

# The same examples in each run, as long as they take.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The longest first, so that no process still has some when the others are done."""

    def place(item) -> int:
        group = item.get_closest_marker("xdist_group")
        names = {mark.name for mark in item.iter_markers()} | set(group.args if group else ())
        return next((i for i, name in enumerate(FIRST) if name in names), len(FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def everything(pytestconfig) -> bool:
    """Whether the heavy tests run too, as by `make test-all`."""
    return "not heavy" not in pytestconfig.option.markexpr


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return check_out(tmp_path / "checkout")


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[..., Checkout]:
    """``once(name, *targets, cores=, **changes)``: a study that the first process to ask for it has
    run up to those targets, and all read; not to be changed."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def study(name: str, *targets: str, cores: int = 2, **changes) -> Checkout:
        checkout, done = Checkout(folder / name / "checkout"), folder / name / "done"
        (folder / name).mkdir(exist_ok=True)
        with open(folder / name / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                check_out(checkout.path).configure(**changes)
                checkout.run(*targets, cores=cores)
                done.touch()
        return checkout

    return study


@pytest.fixture(scope="session")
def finished(once) -> Checkout:
    """The tiny study, run to the end."""
    return once("finished")


@pytest.fixture(scope="session")
def small_checkout(once) -> Checkout:
    """The small study, run on one core up to the numbers of its networks; for copying."""
    return once("small", MEASURED, cores=1, **SMALL)


@pytest.fixture(scope="session")
def small_digests(small_checkout) -> dict[str, str]:
    return digests(small_checkout.path / "results")
