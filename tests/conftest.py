"""One thread for each process, one cache of compiled code for all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checkout import Checkout, check_out

# Before NumPy is imported: pytest-xdist runs a process for each core, and BLAS threads on top of
# that make everything slower.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".numba_cache"))


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return check_out(tmp_path / "checkout")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """A checkout in which the tiny study has been run to the end; not to be changed.

    Modules that use it carry the mark xdist_group("finished"), so that one worker runs it once.
    """
    checkout = check_out(tmp_path_factory.mktemp("finished") / "checkout")
    checkout.run()
    return checkout
