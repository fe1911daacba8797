"""What a script does around its one call: a log, signs of life, errors in one readable line."""

from __future__ import annotations

import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

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


SECONDS_TO_A_BAR, SECONDS_TO_A_LINE = 2, 10
"""How long a job may be silent: on a terminal, and in its log."""

_BAR = 20


class Progress:
    """Tells how far a long job is: a bar on a terminal, a line every ten seconds in the log.

    say : writes a line to the log. Several jobs may share the terminal: each writes over the same
    line of it, and ends with a line of its own, which stays.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        terminal: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._say, self._clock = say, clock
        self._terminal = sys.stderr if terminal is None else terminal
        self._what, self._began, self._said = "", clock(), clock()
        self._since = clock()

    def __call__(self, what: str, done: int, total: int, loss: float):
        """So many of the steps of ``what``, such as one network, are done."""
        now = self._clock()
        if what != self._what:
            # The first report of a network comes when some of it is done.
            self._what, self._began = what, self._since
        self._since = now
        left = (now - self._began) * (total - done) / max(done, 1)
        state = f"{done / total:4.0%}, training loss {loss:.3g}, {left:.0f} s left"
        if now - self._said >= SECONDS_TO_A_LINE:
            self._said = now
            self._say(f"{what}: {done} of {total} steps, {state.strip()}")
        if self._terminal.isatty() and now - self._began >= SECONDS_TO_A_BAR:
            full = round(_BAR * done / total)
            self._over(f"{what} [{'#' * full}{'.' * (_BAR - full)}] {state}")

    def end(self, line: str):
        """The job's last word, for the log and for whoever watches."""
        self._say(line)
        if self._terminal.isatty():
            self._over("")
        print(line, file=self._terminal, flush=True)

    def _over(self, text: str):
        columns = shutil.get_terminal_size().columns - 1
        self._terminal.write("\r" + text[:columns].ljust(columns) + ("" if text else "\r"))
        self._terminal.flush()
