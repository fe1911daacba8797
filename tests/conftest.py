"""One thread for each process, one cache of compiled code for all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checkout import SMALL, Checkout, check_out, digests

# Before NumPy is imported: pytest-xdist runs a process for each core, and BLAS threads on top of
# that make everything slower.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".numba_cache"))


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return check_out(tmp_path / "checkout")


@pytest.fixture(scope="session")
def small_checkout(tmp_path_factory) -> Checkout:
    """The small study, run on one core up to the metrics; for copying, not for changing."""
    checkout = check_out(tmp_path_factory.mktemp("small") / "checkout")
    checkout.configure(**SMALL)
    checkout.run("metrics", cores=1)
    return checkout


@pytest.fixture(scope="session")
def small_digests(small_checkout) -> dict[str, str]:
    return digests(small_checkout.path / "results")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """A checkout in which the tiny study has been run to the end; not to be changed.

    Modules that use it carry the mark xdist_group("finished"), so that one worker runs it once.
    """
    checkout = check_out(tmp_path_factory.mktemp("finished") / "checkout")
    checkout.run()
    return checkout
