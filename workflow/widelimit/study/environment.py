"""The environment variables that every job of a study shares."""

from __future__ import annotations

import os
from pathlib import Path


def share_environment(root: Path) -> None:
    """Set them in this process, from which jobs inherit.

    PYTHONPATH      : jobs import the package from this checkout, whatever their interpreter
    NUMBA_CACHE_DIR : kernels are compiled once for all jobs of a checkout, unless set already
    SNAKEMAKE_OUTPUT_CACHE : made absolute, as Snakemake's links into a relative one lead nowhere
    """
    paths = [str(root / "workflow"), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    os.environ.setdefault("NUMBA_CACHE_DIR", str(root / ".numba_cache"))
    if cache := os.environ.get("SNAKEMAKE_OUTPUT_CACHE"):
        os.environ["SNAKEMAKE_OUTPUT_CACHE"] = os.path.abspath(cache)
