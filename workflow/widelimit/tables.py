"""Parquet in, Parquet out: one writer that is atomic, deterministic and holds to a schema."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


@contextmanager
def replacing(path: str | os.PathLike):
    """A temporary path beside ``path`` that takes its place when the block ends well.

    A job that is killed, or a disk that fills up, so leaves no half-written file under a name
    that a rule could take for a result.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=f".{path.name}", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_table(path: str | os.PathLike, table: pa.Table | pd.DataFrame, schema: pa.Schema):
    """Write ``table`` with exactly the columns of ``schema``, its texts in the metadata.

    The bytes depend on the values alone: no dates, no pandas index, one row group.
    Raises ValueError for a missing or superfluous column, or a null where none may be.
    """
    if isinstance(table, pd.DataFrame):
        _same_columns(table.columns, schema, path)
        # Nulls are looked for below, where the file can be named.
        nullable = pa.schema([field.with_nullable(True) for field in schema])
        table = pa.Table.from_pandas(table, schema=nullable, preserve_index=False)
    _same_columns(table.column_names, schema, path)
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise ValueError(f"{path}: column {field.name} must not be null")
    table = table.select(schema.names).cast(schema)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, row_group_size=max(table.num_rows, 1), compression="zstd")


def _same_columns(names: Iterable[str], schema: pa.Schema, path):
    if set(names) != set(schema.names):
        odd = sorted(set(names) ^ set(schema.names))
        raise ValueError(f"{path}: columns must be {', '.join(schema.names)}; differs in {odd}")


def read_table(path: str | os.PathLike) -> pd.DataFrame:
    """One Parquet file as a data frame; integers that may be missing become Int64."""
    return pq.ParquetFile(path).read().to_pandas(types_mapper=_NULLABLE.get)


_NULLABLE: dict[pa.DataType, pd.api.extensions.ExtensionDtype] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
}


def concatenate(paths: Iterable[str | os.PathLike]) -> pd.DataFrame:
    """The rows of several files of one schema, in the order of the paths."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)


def write_text(path: str | os.PathLike, text: str):
    """Write UTF-8 text atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_atomically(path: str | os.PathLike, write: Callable[[Path], object]):
    """Let ``write`` fill a temporary file, then put it in the place of ``path``."""
    with replacing(path) as temporary:
        write(temporary)


def read_networks(paths: Iterable[str | os.PathLike], *, seeds: int | None = None):
    """(width, rows) of each networks.parquet, the width from its path.

    seeds : keep seeds below this number only, as whole jobs may have trained more
    """
    for path in paths:
        frame = read_table(path)
        if seeds is not None:
            frame = frame[frame["seed"] < seeds]
        yield int(_WIDTH_IN_PATH.search(str(path))[1]), frame


_WIDTH_IN_PATH = re.compile(r"width=(\d+)")
