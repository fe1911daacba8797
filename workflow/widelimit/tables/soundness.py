"""Results that are empty or cut short, as a power cut or a full disk can leave them.

Snakemake takes a file that exists for a result. So before a run each result is looked at, at both
ends only: that costs little, and damage within a table is found by its checksums when it is read.

Snakemake notes in a record of each result with which parameters and code it was made, and does not
flush it. It ignores a record that is empty, and so would take a result of other parameters for one
of this study.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

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
        if record.is_file() and not _tail(record).endswith(b"}"):
            if result_of(record, records).is_relative_to(folder):
                yield record


def result_of(record: Path, records: str | os.PathLike) -> Path:
    """The result that a record is of. Long names are cut into folders, which begin with @."""
    parts = record.relative_to(records).parts
    return Path(urlsafe_b64decode("".join(part.lstrip("@") for part in parts)).decode())


def _tail(path: Path) -> bytes:
    with open(path, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        return file.read()


def fault_of(path: Path) -> str | None:
    """What is wrong with a file, judged by its ends: None where nothing is.

    A Parquet file begins and ends with PAR1, and before that says how long its footer is.
    """
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(4)
    tail = _tail(path)
    if not size:
        return "it is empty"
    if path.suffix == ".parquet":
        footer = int.from_bytes(tail[-8:-4], "little")
        whole = size >= 12 and head == tail[-4:] == b"PAR1" and footer + 12 <= size
    else:
        whole = tail.rstrip().endswith(_ENDS[path.suffix])
    return None if whole else "it is cut short"
