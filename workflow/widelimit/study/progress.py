"""Progress of long jobs: a bar on a terminal, lines in the log."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

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
