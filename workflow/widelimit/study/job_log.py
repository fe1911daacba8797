"""What a script does around its one call: a log, and errors in one readable line."""

import atexit
import gc
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from widelimit import PACKAGE

# A script imports this first, as `import` comes before `from`. What it imports until it begins its
# work lives as long as the process: looking for garbage in it, after each few hundred objects and
# once more at the end, would take a third of the time in which a job starts and ends. `logged` sets
# it aside, and looks for what the work itself leaves after each ten thousand objects.
gc.disable()
atexit.register(gc.freeze)

MACHINE = (OSError, MemoryError)
"""A full disk, a folder that is read-only, too little memory: whoever raises it names it."""
EXPECTED = (*MACHINE, ValueError, ArithmeticError)
"""What a user's data, config or machine can cause. Anything else is a fault of the program."""


@contextmanager
def logged(path: str) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line to the job's log.

    An expected error ends the job with status 1 and one line, on stderr and in the log; an
    unexpected one goes on. The log keeps the traceback of all but errors that this package raised
    or that the machine caused, whose message says enough.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered, so that what a full disk refuses is not tried again when the file is closed.
        with open(path, "wb", buffering=0) as log:

            def say(line: str) -> None:
                log.write(f"{line}\n".encode())

            gc.freeze()
            gc.set_threshold(10_000)
            gc.enable()
            try:
                yield say
            except Exception as error:
                with suppress(OSError):
                    say(_account(error))
                raise
    except EXPECTED as error:
        print(_line(error), file=sys.stderr)
        raise SystemExit(1) from None


def _line(error: BaseException) -> str:
    return f"error: {str(error) or type(error).__name__}"


def _account(error: Exception) -> str:
    """What the log keeps: one line, or all of it where that may be needed to find a fault."""
    if isinstance(error, MACHINE) or (isinstance(error, EXPECTED) and _raised_here(error)):
        return _line(error)
    return "".join(traceback.format_exception(error))


def _raised_here(error: BaseException) -> bool:
    """Whether it was a module of this package that raised, not a library beneath it."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return Path(raised.filename).is_relative_to(PACKAGE)
