"""Results that are damaged, or are not what they pass for.

Snakemake takes a file that exists for a result, and an older one for the source of a younger one.
So before a run tables are read whole, a millisecond or two each, and of other files both ends are
looked at.

Snakemake notes in a record of each result with which parameters and code it was made, and does not
flush it. It ignores a record that is empty, and so would take a result of other parameters for one
of this study.
"""

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from widelimit.tables.files import check_pages
from widelimit.tables.provenance import check_place, origins

_TAIL = 64
_ENDS = {
    ".html": b"</html>",
    ".svg": b"</svg>",
    ".pdf": b"%%EOF",
    ".png": b"IEND\xaeB`\x82",
    ".json": b"}",
    ".md": b"",
}
"""What a whole file ends in, blanks left out."""


def damaged_results(folder: str | os.PathLike) -> Iterator[tuple[Path, str]]:
    """The results under a folder that are not whole, and what is wrong with each, in order."""
    for path in sorted(Path(folder).rglob("*")):
        # Names that begin with a dot are those of files still being written.
        if path.suffix in (".parquet", *_ENDS) and not path.name.startswith("."):
            if path.is_file() and (wrong := fault_of(path)):
                yield path, wrong


def lost_records(folder: str | os.PathLike, records: str | os.PathLike) -> Iterator[Path]:
    """The records of results under a folder that are empty or cut short.

    records : .snakemake/metadata, where the name of a record is its result's in base 64
    """
    for record in sorted(Path(records).rglob("*")):
        with suppress(ValueError):  # what is no record has no such name
            if record.is_file() and not _tail(record).endswith(b"}"):
                if result_of(record, records).is_relative_to(folder):
                    yield record


def result_of(record: Path, records: str | os.PathLike) -> Path:
    """The result that a record is of. Long names are cut into folders, which begin with @.

    Raises ValueError for any other file there.
    """
    parts = record.relative_to(records).parts
    return Path(urlsafe_b64decode("".join(part.lstrip("@") for part in parts)).decode())


def recorded_times(records: str | os.PathLike) -> dict[str, float]:
    """The time of each result when Snakemake noted that it had made it, by path."""
    times = {}
    for record in filter(Path.is_file, Path(records).rglob("*")):
        with suppress(OSError, ValueError, KeyError):
            times[str(result_of(record, records))] = json.loads(record.read_bytes())["endtime"]
    return times


def _tail(path: Path) -> bytes:
    with open(path, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        return file.read()


def fault_of(path: Path) -> str | None:
    """What is wrong with a file: None where nothing is.

    A Parquet file begins and ends with PAR1, and before that says how long its footer is; each of
    its pages has a checksum. A table says what it holds, and so in which place it belongs.
    """
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(4)
    tail = _tail(path)
    if not size:
        return "it is empty"
    if path.suffix != ".parquet":
        return None if tail.rstrip().endswith(_ENDS[path.suffix]) else "it is cut short"
    footer = int.from_bytes(tail[-8:-4], "little")
    if not (size >= 12 and head == tail[-4:] == b"PAR1" and footer + 12 <= size):
        return "it is cut short"
    try:
        texts = check_pages(path)
    except ValueError:
        return "it is damaged"
    try:
        check_place(str(path), texts)
    except ValueError:
        return "it belongs in another place"
    return None


def foreign_source(made: str, sources: Iterable[str]) -> str | None:
    """The first of the tables that ``made`` was not made from, though it is older than that.

    made : a table that says what made it, and what made all tables on the way to it
    sources : paths of what it is to be made from, as far as they exist
    """
    if not Path(made).is_file():
        return None
    known, time = origins([made]), Path(made).stat().st_mtime
    for path in sources:
        if Path(path).is_file() and Path(path).stat().st_mtime <= time:
            if not all(entry in known for entry in origins([path])):
                return path
    return None
