"""What a script does around its one call: a log, and errors in one readable line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EXPECTED = (ValueError, ArithmeticError, OSError, MemoryError)
"""What a user's data, config or machine can cause. Anything else is a fault of the program."""


@contextmanager
def logged(path: str) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line to the job's log.

    An expected error ends the job with status 1 and one line on stderr, an unexpected one goes
    on; the log keeps the traceback of either.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", buffering=1) as log:

        def say(line: str) -> None:
            log.write(line + "\n")

        try:
            yield say
        except EXPECTED as error:
            log.write(traceback.format_exc())
            print(f"error: {str(error) or type(error).__name__}", file=sys.stderr)
            raise SystemExit(1) from None
        except Exception:
            log.write(traceback.format_exc())
            raise
