"""`compiled`: numba's njit with a cache on disk that follows every source the machine code is from.

Numba looks only at the file of a function to see whether its cached machine code is still
good, not at the functions that it calls from other files. Here the cache lies in a folder named
by a digest of all sources that use this decorator, so that none is ever out of date, and copies of
the package share it wherever they are.

Jobs on other machines may share the folder. Numba keeps machine code by types of arguments and by
name and features of the processor, so that each kind of processor compiles its own. But it numbers
its files by an index that it reads, changes and writes without a lock: two jobs that save different
code of one function at once would take the same number, and one would later run the other's code.
So code is saved under a lock, and every kind of processor has its own folder as well, for file
systems without locks.
"""

import contextlib
import fcntl
import hashlib
import io
import os
import tempfile
from functools import cache
from pathlib import Path

import numba
from llvmlite import binding
from numba import config, njit
from numba.core.caching import IndexDataCacheFile

from widelimit import PACKAGE

AS_WRITTEN = set()
"""Every product and every sum is rounded."""
IN_ORDER = {"contract"}
"""Fused multiply-add is the only liberty: sums keep their order."""
ANY_ORDER = {"contract", "nsz", "reassoc", "arcp"}
"""Sums in any order, so that reductions run on vectors: the same on one processor every time, in
loops that write nothing. A loop that writes runs on vectors only where its arrays lie far enough
apart in memory, so that the order would depend on where they happen to lie."""


def inlined(function=None, *, fastmath=IN_ORDER):
    """Compile `function` into its callers: a call that passes a dozen arrays costs 100 ns.

    It keeps its own `fastmath` there, and makes no arrays.
    """
    if function is None:
        return lambda f: inlined(f, fastmath=fastmath)
    return njit(fastmath=fastmath, error_model="numpy", forceinline=True, _nrt=False)(function)


def compiled(function=None, *, fastmath=IN_ORDER, allocates=False):
    """Compile `function` at its first call, or load it from the cache if it is there.

    Other threads may run meanwhile. A function that makes arrays, if only for a moment, says so by
    `allocates`. In the others Numba does not count the uses of the arrays they are given, which
    their callers hold anyway: to count them in loops took up to a quarter of the circle engine's
    time. Views of them need no memory.
    """
    if function is None:
        return lambda f: compiled(f, fastmath=fastmath, allocates=allocates)
    # NRT is what counts: Numba's runtime for arrays.
    options = {"fastmath": fastmath, "error_model": "numpy", "nogil": True, "_nrt": allocates}
    # NUMBA_DISABLE_JIT, for debuggers, leaves functions as they are.
    folder = None if config.DISABLE_JIT else cache_folder()
    if folder is None:
        return njit(**options)(function)
    before = config.CACHE_DIR
    config.CACHE_DIR = folder
    try:
        dispatcher = njit(cache=True, **options)(function)
    finally:
        config.CACHE_DIR = before
    _keep_with_care(dispatcher._cache, Path(folder) / function.__module__)
    return dispatcher


class _CheckedFiles(IndexDataCacheFile):
    """Numba's index and its files of machine code, each with the digest of its bytes at the end,
    which pickle does not read. A file that is cut short, empty or altered counts as missing: the
    function is compiled again, and the file replaced.
    """

    @contextlib.contextmanager
    def _open_for_write(self, path):
        content = io.BytesIO()
        yield content
        with super()._open_for_write(path) as file:
            file.write(content.getvalue() + _digest(content.getvalue()))

    def _load_index(self):
        return super()._load_index() if _is_whole(self._index_path) else {}

    def _load_data(self, name):
        return super()._load_data(name) if _is_whole(self._data_path(name)) else None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _is_whole(path: str) -> bool:
    try:
        content = Path(path).read_bytes()
    except OSError:
        return False
    return content[-32:] == _digest(content[:-32])


def _keep_with_care(cache, place: Path) -> None:
    """Keep code in `place`, check what the cache loads, and lock what it saves; a cache that cannot
    be written, on a disk that is full, say, is no error."""
    # The folder says of which sources: neither their place nor their time of change counts.
    cache._cache_file = _CheckedFiles(str(place), cache._impl.filename_base, source_stamp=None)
    save = cache.save_overload

    def save_overload(signature, data):
        with contextlib.suppress(OSError):
            place.mkdir(parents=True, exist_ok=True)
            with open(place.parent / "lock", "a", encoding="utf-8") as lock:
                with contextlib.suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_EX)
                save(signature, data)

    cache.save_overload = save_overload


@cache
def cache_folder() -> str | None:
    """Where machine code is kept: below NUMBA_CACHE_DIR where it is set, else beside the package's
    bytecode; where that is not writable, in the user's cache or the folder for temporary files.
    None where none of them is: code is then compiled, and not kept.
    """
    processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    digest = hashlib.sha256(repr((numba.__version__, *processor)).encode())
    for source in sorted(PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"import compiled" in text or b"compiled import" in text or source == Path(__file__):
            digest.update(text)
    name = f"numba-{digest.hexdigest()[:12]}"
    users = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    places = (
        config.CACHE_DIR or PACKAGE / "__pycache__",
        Path(users) / "widelimit",
        Path(tempfile.gettempdir()) / f"widelimit-{os.getuid()}",
    )
    return next((str(Path(place) / name) for place in places if _is_ours(Path(place))), None)


def _is_ours(folder: Path) -> bool:
    """Whether this user can write in the folder, which is made if it is missing. Code is run from
    it: nobody else may have put it into a place that is open to all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        in_open_place = folder.parent == Path(tempfile.gettempdir())
        return not in_open_place or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
