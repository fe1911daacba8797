"""`compiled`: numba's njit with a cache on disk that follows every source the machine code is from.

Numba looks only at the file of a function to see whether its cached machine code is still
good, not at the functions that it calls from other files. Here the cache lies in a folder named
by a digest of all sources that use this decorator, so that none is ever out of date.

Jobs on other machines may share the folder. Numba keeps machine code by types of arguments and by
name and features of the processor, so that each kind of processor compiles its own. But it numbers
its files by an index that it reads, changes and writes without a lock: two jobs that save different
code of one function at once would take the same number, and one would later run the other's code.
So code is saved under a lock, and every kind of processor has its own folder as well, for file
systems without locks.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from functools import cache
from pathlib import Path

import numba
from llvmlite import binding
from numba import config, njit

PACKAGE = Path(__file__).parent
IN_ORDER = {"contract"}
"""Fused multiply-add is the only liberty: sums keep their order."""
ANY_ORDER = {"contract", "nsz", "reassoc", "arcp"}
"""Sums in any order, so that reductions run on vectors: the same on one processor every time."""


def inlined(function):
    """Compile `function` into its callers: a call that passes a dozen arrays costs 100 ns."""
    return njit(fastmath=IN_ORDER, error_model="numpy", forceinline=True)(function)


def compiled(function=None, *, fastmath=IN_ORDER):
    """Compile `function` at its first call, or load it from the cache if it is there."""
    if function is None:
        return lambda f: compiled(f, fastmath=fastmath)
    before = config.CACHE_DIR
    config.CACHE_DIR = cache_folder()
    try:
        dispatcher = njit(cache=True, fastmath=fastmath, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    _save_under_lock(dispatcher)
    return dispatcher


def _save_under_lock(dispatcher) -> None:
    save = dispatcher._cache.save_overload

    def save_overload(signature, data):
        folder = Path(cache_folder())
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "lock", "a", encoding="utf-8") as lock:
            with contextlib.suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
            save(signature, data)

    dispatcher._cache.save_overload = save_overload


@cache
def cache_folder() -> str:
    """Below NUMBA_CACHE_DIR where it is set, else beside the package's bytecode or, where that
    is not writable, in the user's cache.
    """
    processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    digest = hashlib.sha256(repr((numba.__version__, *processor)).encode())
    for source in sorted(PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"import compiled" in text or b"compiled import" in text or source == Path(__file__):
            digest.update(text)
    base = Path(config.CACHE_DIR) if config.CACHE_DIR else PACKAGE / "__pycache__"
    if not config.CACHE_DIR and not os.access(PACKAGE, os.W_OK):
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "widelimit"
    return str(base / f"numba-{digest.hexdigest()[:12]}")
