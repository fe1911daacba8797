"""Numbers from a CSV or Parquet file of the user's own: a misread table never passes for data."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from widelimit.data.sources import row_place


class Columns(NamedTuple):
    """values (rows, columns), all finite, and where a row, counted from 0, is in the file."""

    values: np.ndarray
    place: Callable[[int], str]


def read_columns(path: str, columns: Sequence[str]) -> Columns:
    """The named columns of a file as float64, (rows, len(columns)).

    CSV has a header and commas between values, each row as many values as the header has names;
    it is UTF-8, and may be compressed (.gz, .bz2, .zst). Parquet is known by its first bytes.
    Whole, decimal and floating-point numbers are read; of text, dates and truth values, none.

    Raises ValueError, naming the file and the column or the line, where the file cannot be read, a
    column is missing or there twice, or a value is missing, infinite or no number.
    """
    is_parquet = _is_parquet(path)
    table = _read(path, is_parquet)
    place = row_place if is_parquet else lambda row: f"line {_line(path, row)}"
    for name in columns:
        count = table.column_names.count(name)
        if count != 1:
            raise ValueError(f"{path}: {_wrong_count(name, count, table.column_names)}")
    if not table.num_rows:
        raise ValueError(f"{path}: it has a header and no rows")
    values = [_numbers(path, name, table.column(name), place) for name in columns]
    return Columns(np.stack(values, axis=1), place)


def _is_parquet(path: str) -> bool:
    try:
        if not Path(path).is_file():
            what = "it is a folder" if Path(path).is_dir() else "no such file"
            raise ValueError(f"{path}: {what}; path must be a CSV or Parquet file")
        with open(path, "rb") as file:
            return file.read(4) == b"PAR1" or path.endswith((".parquet", ".pq"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None


def _read(path: str, is_parquet: bool) -> pa.Table:
    try:
        if is_parquet:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return file.read()
        with _open(path) as stream:
            _check_encoding(stream.read(16))
        parse = pa.csv.ParseOptions(newlines_in_values=True)
        with _open(path) as stream:
            table = pa.csv.read_csv(stream, parse_options=parse)
        list(table.column_names)  # raises where a name is no UTF-8
        return table
    except UnicodeDecodeError:
        reason = "it is not UTF-8; save it as UTF-8"
    except (ValueError, OSError, pa.ArrowException) as error:
        reason = _printable(str(error)) or type(error).__name__
        if re.search(r"Expected \d+ columns, got \d+", reason):
            reason = _uneven(path) or reason
    raise ValueError(f"{path}: cannot be read as CSV or Parquet: {reason}")


def _open(path: str) -> pa.NativeFile:
    return pa.input_stream(path, compression="detect")


_BINARY = {
    rb"PK\x03\x04": "a spreadsheet or another archive",
    rb"\xd0\xcf\x11\xe0": "an old spreadsheet",
    rb"\x1f\x8b": "compressed, and its name does not end in .gz",
    rb"BZh[1-9]1AY&SY": "compressed, and its name does not end in .bz2",
    rb"\x28\xb5\x2f\xfd": "compressed, and its name does not end in .zst",
    rb"\xfd7zX": "compressed by xz",
    rb"ARROW1\0\0": "an Arrow or Feather file",
    rb"FEA1[\0-\x08]": "an old Feather file",
    rb"PARE.{3}\0": "an encrypted Parquet file",
    rb"\x89HDF": "an HDF5 file",
    rb"\x93NUM": "an array of NumPy",
    rb"SQLite format 3\0": "a database",
    rb"%PDF-\d\.\d": "a PDF",
}
"""How files begin that are often at hand in the place of CSV: patterns that no header has, as names
of columns may be PARENT_INCOME or ARROW. After PARE comes a length, whose fourth byte is 0."""


def _check_encoding(head: bytes) -> None:
    for pattern, kind in _BINARY.items():
        if re.match(pattern, head, re.DOTALL):
            raise ValueError(f"it is {kind}; save it as CSV")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]:
        raise ValueError("it is UTF-16; save it as UTF-8")


def _uneven(path: str) -> str | None:
    """Which line of a CSV file has more or fewer values than the header has names."""
    rows = _csv_rows(path)
    _, names = next(rows)
    for line, values in rows:
        if len(values) != len(names):
            return (
                f"line {line} has {_counted(len(values), 'value')}, and the header"
                f" {_counted(len(names), 'name')}"
            )
    return None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _csv_rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """(line, values) of each row that is not blank; the line is that in which the row ends,
    counted from 1 as an editor shows it."""
    with (
        _open(path) as stream,
        io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="") as text,
    ):
        reader = csv.reader(text)
        yield from ((reader.line_num, values) for values in reader if values)


def _printable(text: str) -> str:
    signs = (sign if sign.isprintable() else ascii(sign)[1:-1] for sign in " ".join(text.split()))
    return "".join(signs)[:300]


def _wrong_count(name: str, count: int, columns: Sequence[str]) -> str:
    if count:
        return f"column {name!r} is there {count} times"
    alike = [column for column in columns if _plain(column) == _plain(name)]
    names = ", ".join(repr(column[:40]) for column in columns[:20])
    if alike:
        hint = f"; did you mean {alike[0]!a}?"
    elif len(columns) == 1 and re.search(r"[;\t|]", columns[0]):
        hint = "; put commas between values"
    else:
        hint = ""
    return f"no column {name!r}; its columns are {names or 'none'}{hint}"


def _plain(name: str) -> str:
    """A name without what people do not see: blanks, small or capital letters, one sign or two."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _numbers(path: str, name: str, column: pa.ChunkedArray, place) -> np.ndarray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not numeric:
        raise ValueError(f"{path}: column {name!r} must be numeric; it {_content(column, place)}")
    if pa.types.is_decimal(kind):
        # Arrow's own cast is off by a last digit here and there: 1.5 of 60 digits.
        column = column.cast(pa.string())
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{path}: column {name!r} must be finite; {_counted(bad.size, 'value')}"
            f" {'is' if bad.size == 1 else 'are'} not, the first in {place(int(bad[0]))}"
        )
    return values


def _content(column: pa.ChunkedArray, place) -> str:
    if pa.types.is_null(column.type):
        return "has no values"
    first = pc.index(pc.is_valid(column), True).as_py()
    text = _printable(str(column[first].as_py()))[:40]
    hint = ""
    if isinstance(column[first].as_py(), str):
        words = column.to_pylist()
        odd = (i for i, word in enumerate(words) if word and not _reads_as_number(word))
        first = next(odd, first)
        text = _printable(words[first])[:40]
        if _reads_as_number(text):
            hint = "; save numbers as numbers, not as text"
        elif re.fullmatch(r"[-+]?\d+([ ,.'’_\u2009\u202f\xa0]\d+)+", text):
            hint = "; write decimals with a point, and nothing between thousands"
    return f"holds {column.type}, such as {text!r} in {place(first)}{hint}"


def _reads_as_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word  # but in Python alone


def _line(path: str, row: int) -> int:
    return next(line for i, (line, _) in enumerate(_csv_rows(path)) if i == row + 1)
