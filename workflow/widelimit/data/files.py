"""Numbers from a CSV or Parquet file of the user's own: a misread table never passes for data."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq


class Columns(NamedTuple):
    """values (rows, columns), all finite, and where a row, counted from 0, is in the file."""

    values: np.ndarray
    place: Callable[[int], str]


def read_columns(path: str, columns: Sequence[str]) -> Columns:
    """The named columns of a file as float64, (rows, len(columns)).

    CSV has a header and commas between values, each row as many values as the header has names;
    it is UTF-8. A file that ends in .parquet or .pq is Parquet. Whole, decimal and floating-point
    numbers are read; of text, dates and truth values, none.

    Raises ValueError, naming the file and the column or the line, where the file cannot be read, a
    column is missing or there twice, or a value is missing, infinite or no number.
    """
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file; path must be a CSV or Parquet file")
    is_parquet = path.endswith((".parquet", ".pq"))
    table = _read(path, is_parquet)
    place = _row if is_parquet else lambda row: f"line {_line(path, row)}"
    for name in columns:
        count = table.column_names.count(name)
        if count != 1:
            raise ValueError(f"{path}: {_wrong_count(name, count, table.column_names)}")
    if not table.num_rows:
        raise ValueError(f"{path}: it has a header and no rows")
    values = [_numbers(path, name, table.column(name), place) for name in columns]
    return Columns(np.stack(values, axis=1), place)


def _read(path: str, is_parquet: bool) -> pa.Table:
    try:
        if is_parquet:
            return pq.ParquetFile(path).read()
        with open(path, "rb") as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise ValueError("it is UTF-16; save it as UTF-8")
        parse = pa.csv.ParseOptions(newlines_in_values=True)
        table = pa.csv.read_csv(path, parse_options=parse)
        list(table.column_names)  # raises where a name is no UTF-8
        return table
    except (ValueError, OSError, pa.ArrowException) as error:
        reason = _printable(str(error)) or type(error).__name__
        if re.search(r"Expected \d+ columns, got \d+", reason):
            reason = _uneven(path) or reason
        raise ValueError(f"{path}: cannot be read as CSV or Parquet: {reason}") from None


def _uneven(path: str) -> str | None:
    """Which line of a CSV file has more or fewer values than the header has names."""
    rows = _csv_rows(path)
    _, names = next(rows)
    for line, values in rows:
        if len(values) != len(names):
            return f"line {line} has {len(values)} values, and the header {len(names)} names"
    return None


def _csv_rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """(line, values) of each row that is not blank; the line is that in which the row ends,
    counted from 1 as an editor shows it."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.reader(file)
        yield from ((reader.line_num, values) for values in reader if values)


def _printable(text: str) -> str:
    return " ".join(text.split()).encode("ascii", "backslashreplace").decode()[:300]


def _wrong_count(name: str, count: int, columns: Sequence[str]) -> str:
    if count:
        return f"column {name!r} is there {count} times"
    names = ", ".join(repr(column[:40]) for column in columns[:20])
    one = len(columns) == 1 and re.search(r"[;\t]", columns[0])
    return f"no column {name!r}; its columns are {names}" + "; put commas between values" * bool(
        one
    )


def _numbers(path: str, name: str, column: pa.ChunkedArray, place) -> np.ndarray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not numeric:
        raise ValueError(f"{path}: column {name!r} must be numeric; it {_content(column, place)}")
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{path}: column {name!r} must be finite; {bad.size} values are not, the first in"
            f" {place(int(bad[0]))}"
        )
    return values


def _content(column: pa.ChunkedArray, place) -> str:
    if pa.types.is_null(column.type):
        return "has no values"
    first = pc.index(pc.is_valid(column), True).as_py()
    text = _printable(str(column[first].as_py()))[:40]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        words = [str(value) for value in column.to_pylist()]
        first = next((i for i, word in enumerate(words) if not _reads_as_number(word)), first)
        text = _printable(words[first])[:40]
    comma = "; write decimals with a point" * bool(re.fullmatch(r"\s*[-+]?\d+,\d+\s*", text))
    return f"holds {column.type}, such as {text!r} in {place(first)}{comma}"


def _reads_as_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _row(row: int) -> str:
    return f"row {row + 1}"


def _line(path: str, row: int) -> int:
    return next(line for i, (line, _) in enumerate(_csv_rows(path)) if i == row + 1)
