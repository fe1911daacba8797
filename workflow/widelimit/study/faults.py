"""Results that cannot stay as they are: named before a run, and removed by it."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from widelimit.study.config.errors import ConfigError
from widelimit.tables.provenance import origins, other_origin
from widelimit.tables.soundness import (
    damaged_results,
    foreign_source,
    lost_records,
    recorded_times,
    result_of,
)


class Fault(NamedTuple):
    """What is wrong with a result, in a line, and the files to remove so that it is made again; no
    line where only Snakemake's record of a file that is gone is damaged."""

    line: str
    files: tuple[Path, ...]


def faults(
    folder: str,
    *,
    is_result: Callable[[str], bool] = lambda path: True,
    origins_of: Iterable[tuple[str, dict]] = (),
    made_from: Iterable[tuple[str, Sequence[str]]] = (),
    records: str = ".snakemake/metadata",
) -> Iterator[Fault]:
    """The results that are damaged, or were made from something else than what is there, and those
    of which Snakemake's record is damaged.

    is_result : whether a rule makes the file of this path; all others are left alone
    origins_of : paths of tables, each with what this study has them made by (`other_origin`)
    made_from : tables, each with those that it is to be made from
    records : where Snakemake keeps them

    Raises ConfigError for a link to a damaged file in a cache that studies share: it is the entry
    there that is damaged, and it is not ours alone. Raises it also, after the last fault, for a
    sound table of another study that Snakemake has no record of making here: after an edit to the
    configuration it makes its own anew, but takes what somebody has put there for up to date.
    """
    gone = set()
    for path, wrong in damaged_results(folder):
        if not is_result(str(path)):
            continue
        if path.is_symlink():
            raise ConfigError(
                f"{path}: {wrong}; it is a link to {path.resolve()}, an entry of the cache that"
                " studies share: delete both and run again"
            )
        gone.add(str(path))
        yield Fault(f"{path}: {wrong}; it will be made again", (path,))
    for record in lost_records(folder, records):
        result = result_of(record, records)
        there = os.path.lexists(result) and str(result) not in gone
        gone.add(str(result))
        line = f"{result}: its record in Snakemake is damaged; it will be made again"
        yield Fault(line if there else "", (result, record))
    for made, sources in made_from:
        if made in gone:
            continue
        if source := foreign_source(made, [path for path in sources if path not in gone]):
            gone.add(made)
            yield Fault(
                f"{made}: it was not made from {source}; it will be made again", (Path(made),)
            )
    _refuse_foreign(((path, made_by) for path, made_by in origins_of if path not in gone), records)


def _refuse_foreign(origins_of: Iterable[tuple[str, dict]], records: str) -> None:
    """Raise ConfigError for tables of another study that Snakemake did not make here."""
    times, foreign = None, []
    for path, expected in origins_of:
        if not Path(path).is_file() or not (other := other_origin(origins([path]), expected)):
            continue
        times = times or recorded_times(records)
        if times.get(path) != os.lstat(path).st_mtime:
            foreign.append((path, other))
    if foreign:
        path, other = foreign[0]
        them = (
            f" (one of {len(foreign)} such tables); delete them" if foreign[1:] else "; delete it"
        )
        raise ConfigError(f"{path}: {other}{them} and run again, or choose another results_dir")


def remove(fault: Fault) -> None:
    """Remove its files, so that Snakemake makes the result again."""
    for path in fault.files:
        path.unlink(missing_ok=True)
