"""What a user types to run a study again, in part or from some point on; pages show it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """The call of Snakemake that a study was started with.

    configfiles : what was given with --configfile
    changes : key=value, as given with --config
    """

    configfiles: Sequence[str] = ()
    changes: Sequence[str] = ()

    def line(self, *targets: str, force: str = "") -> str:
        """What to type into a shell for these targets, or for all; ``force``, a rule or a file, is
        made again. Targets come first, as --configfile and --config take all words behind them."""
        words = ["snakemake", "--cores", "2", *targets]
        if self.configfiles:
            words += ["--configfile", *map(os.path.relpath, self.configfiles)]
        if self.changes:
            words += ["--config", *self.changes]
        if force:
            words += ["--forcerun", force]
        return shlex.join(words)
