"""What a user types to run a study again, in part or from some point on; pages show it."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOUND = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
"""Of these Snakemake takes the first that is there, if it is given none."""


@dataclass(frozen=True)
class Command:
    """The call of Snakemake that a study was started with.

    configfiles : what was given with --configfile
    changes : key=value, as given with --config
    snakefile : the workflow's own, wherever the user stands
    """

    configfiles: Sequence[str] = ()
    changes: Sequence[str] = ()
    snakefile: str | os.PathLike | None = None

    def line(self, *targets: str, force: str = "") -> str:
        """What to type into a shell for these targets, or for all; ``force``, a rule or a file, is
        made again. Targets come first, as --configfile and --config take all words behind them."""
        words = ["snakemake", "--cores", "2", *self._snakefile(), *targets]
        if self.configfiles:
            words += ["--configfile", *map(os.path.relpath, self.configfiles)]
        if self.changes:
            words += ["--config", *self.changes]
        if force:
            words += ["--forcerun", force]
        return shlex.join(words)

    def _snakefile(self) -> list[str]:
        """What to type where Snakemake would find another workflow, or none."""
        if self.snakefile is None:
            return []
        if not os.path.exists(self.snakefile):  # an address
            return ["--snakefile", str(self.snakefile)]
        found = next(filter(Path.exists, map(Path, FOUND)), None)
        same = found is not None and found.samefile(self.snakefile)
        return [] if same else ["--snakefile", os.path.relpath(self.snakefile)]
