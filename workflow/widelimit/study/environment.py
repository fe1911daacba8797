"""Where a study runs: a path that Snakemake can use, and the variables that its jobs share."""

import os
import re
from pathlib import Path

from widelimit.study.config.errors import ConfigError

_IN_SHELL = re.compile(r"""[\s'"`$&;|<>()*?!\[\]{}\\^]""")
"""Signs that mean something to the shell."""
_BRACES = re.compile(r"[{}]")
"""What is between braces Snakemake takes for a wildcard or an expression."""


def check_paths(interpreter: str | os.PathLike, *folders: str | os.PathLike) -> None:
    """Raise ConfigError for a path that Snakemake cannot use.

    It writes the path of the interpreter into commands without quotes, so that no sign of the shell
    may be in it; the folders of the workflow and of the run must not have braces.
    """
    for path, signs in [(interpreter, _IN_SHELL), *((folder, _BRACES) for folder in folders)]:
        if sign := signs.search(str(path)):
            folder = next(part for part in str(path).split(os.sep) if signs.search(part))
            raise ConfigError(
                f"Snakemake cannot run from {path}: the name of the folder {folder!r} has a"
                f" {_sign_name(sign[0])}; rename that folder, set up again and run again"
            )


def _sign_name(sign: str) -> str:
    return {" ": "space", "'": "single quote", '"': "double quote"}.get(sign, f"sign {sign!r}")


def share_environment(package: Path) -> None:
    """Set them in this process, from which jobs inherit.

    PYTHONPATH      : jobs import the package from its checkout, whatever their interpreter
    NUMBA_CACHE_DIR : kernels are compiled once for all jobs of a checkout, unless set already
    MPLBACKEND      : figures are drawn into files, whatever windows this machine has
    MALLOC_... : the C library keeps memory that arrays have left for those that follow; to give it
        back and take it again page by page took up to a fifth of a job's time
    SNAKEMAKE_OUTPUT_CACHE : made absolute, as Snakemake's links into a relative one lead nowhere
    """
    os.environ["MPLBACKEND"] = "agg"
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 25))
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 26))
    folder = package.parent
    if folder.name == "workflow":
        paths = [str(folder), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder.parent / ".numba_cache"))
    if cache := os.environ.get("SNAKEMAKE_OUTPUT_CACHE"):
        os.environ["SNAKEMAKE_OUTPUT_CACHE"] = os.path.abspath(cache)
