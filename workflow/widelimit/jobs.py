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

    An expected error ends the job with status 1 and one line, in the log and on stderr; an
    unexpected one leaves its traceback in the log and goes on.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", buffering=1) as log:

        def say(line: str) -> None:
            log.write(line + "\n")

        try:
            yield say
        except EXPECTED as error:
            line = f"error: {error or type(error).__name__}"
            log.write(traceback.format_exc() if not str(error) else line + "\n")
            print(line, file=sys.stderr)
            raise SystemExit(1) from None
        except Exception:
            log.write(traceback.format_exc())
            raise
