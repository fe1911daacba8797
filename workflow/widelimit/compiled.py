"""`compiled`: numba's njit with a cache on disk that follows every source the machine code is from.

Numba looks only at the file of a function to see whether its cached machine code is still
good, not at the functions that it calls from other files. Here the cache lies in a folder named
by a digest of all sources that use this decorator, so that none is ever out of date.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from numba import config, njit

PACKAGE = Path(__file__).parent
IN_ORDER = {"contract"}
"""Fused multiply-add is the only liberty: sums keep their order."""
ANY_ORDER = {"contract", "nsz", "reassoc", "arcp"}
"""Sums in any order, so that reductions run on vectors: the same on one processor every time."""


def inlined(function):
    """Compile `function` into its callers: a call that passes a dozen arrays costs 100 ns."""
    return njit(fastmath=IN_ORDER, forceinline=True)(function)


def compiled(function=None, *, fastmath=IN_ORDER):
    """Compile `function` at its first call, or load it from the cache if it is there."""
    if function is None:
        return lambda f: compiled(f, fastmath=fastmath)
    before = config.CACHE_DIR
    config.CACHE_DIR = cache_folder()
    try:
        return njit(cache=True, fastmath=fastmath)(function)
    finally:
        config.CACHE_DIR = before


@cache
def cache_folder() -> str:
    """Below NUMBA_CACHE_DIR where it is set, else beside the package's bytecode or, where that
    is not writable, in the user's cache.
    """
    digest = hashlib.sha256()
    for source in sorted(PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"import compiled" in text or b"compiled import" in text or source == Path(__file__):
            digest.update(text)
    base = Path(config.CACHE_DIR) if config.CACHE_DIR else PACKAGE / "__pycache__"
    if not config.CACHE_DIR and not os.access(PACKAGE, os.W_OK):
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "widelimit"
    return str(base / f"numba-{digest.hexdigest()[:12]}")
