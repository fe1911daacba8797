"""Parquet in, Parquet out: one writer that is atomic, deterministic and holds to a schema."""

import base64
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from widelimit.tables import schemas
from widelimit.tables.columns import Column, Table

T = TypeVar("T")


@contextmanager
def replacing(path: str | os.PathLike):
    """A temporary path beside ``path`` that takes its place when the block ends well.

    A job that is killed, or a disk that fills up, so leaves no half-written file under a name
    that a rule could take for a result. Nor does a power cut: the content is on the disk before it
    gets its name. Raises OSError, naming ``path``, where it cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=f".{path.name}", dir=path.parent)
        os.close(handle)
        try:
            yield Path(name)
            os.chmod(name, 0o666 & ~_umask())
            _flush(name)
            os.replace(name, path)
            # Some network file systems cannot flush a folder: they keep names in their own way.
            with suppress(OSError):
                _flush(path.parent)
            # What jobs left that were killed while they wrote this file.
            for left in path.parent.glob(f".*.{path.name}"):
                left.unlink(missing_ok=True)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise OSError(f"{path}: cannot be written: {error.strerror or error}") from None


def _flush(path: str | os.PathLike) -> None:
    """Wait until the content of the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_table(
    path: str | os.PathLike,
    table: pa.Table | pd.DataFrame,
    schema: pa.Schema,
    metadata: Mapping[str, str] | None = None,
):
    """Write ``table`` with exactly the columns of ``schema``, its texts in the metadata.

    metadata : further texts, such as provenance.made_by has them

    The bytes depend on the values and texts alone: no dates, no pandas index, one row group.
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
    table = table.replace_schema_metadata({**(schema.metadata or {}), **(metadata or {})})
    with replacing(path) as temporary:
        pq.write_table(
            table,
            temporary,
            row_group_size=max(table.num_rows, 1),
            compression="zstd",
            write_page_checksum=True,
        )


def _same_columns(names: Iterable[str], schema: pa.Schema, path):
    if set(names) != set(schema.names):
        odd = sorted(set(names) ^ set(schema.names))
        raise ValueError(f"{path}: columns must be {', '.join(schema.names)}; differs in {odd}")


def read_table(path: str | os.PathLike) -> pd.DataFrame:
    """One Parquet file as a data frame; integers that may be missing become Int64.

    Raises ValueError, naming the file and what to do, where it is missing, damaged (every page has
    a checksum), or has other columns than ``schemas`` gives its kind of table.
    """
    with _named(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        _same_names(file)
        _same_kind(file.schema_arrow)
        return file.read().to_pandas(types_mapper=_NULLABLE.get)


def check_pages(path: str | os.PathLike) -> dict[str, str]:
    """The texts that a Parquet file carries. Raises ValueError, naming the file, where a page, or
    the name of a column, is damaged."""
    with _named(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        _same_names(file)
        return _texts(file.read().schema)


def read_columns(path: str | os.PathLike) -> tuple[Column, ...]:
    """What the columns of a Parquet file mean, in its order, from the texts that it carries."""
    with _named(path):
        fields = list(pq.read_schema(path))
        if any(not field.metadata for field in fields):
            raise ValueError("not a table of this workflow")
    return tuple(
        Column(
            field.name,
            field.type,
            field.metadata[b"meaning"].decode(),
            field.metadata[b"unit"].decode(),
            field.metadata.get(b"null", b"").decode(),
        )
        for field in fields
    )


def read_metadata(path: str | os.PathLike) -> dict[str, str]:
    """The texts that a Parquet file carries, by name."""
    with _named(path):
        return _texts(pq.read_schema(path))


def _texts(schema: pa.Schema) -> dict[str, str]:
    metadata = schema.metadata or {}
    return {name.decode(): text.decode(errors="replace") for name, text in metadata.items()}


@contextmanager
def _named(path: str | os.PathLike):
    """Give what is wrong with a file its name."""
    try:
        yield
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"{path}: damaged, or of another version of this workflow; delete it and run again"
            f" ({reason})"
        ) from None


def _same_names(file: pq.ParquetFile) -> None:
    """Raise ValueError unless both places where a file keeps the columns' names agree; no checksum
    is over either."""
    stored = base64.b64decode((file.metadata.metadata or {}).get(b"ARROW:schema", b""))
    if stored and pa.ipc.read_schema(pa.py_buffer(stored)).names != file.schema_arrow.names:
        raise ValueError("the names of its columns are damaged")


def _same_kind(schema: pa.Schema) -> None:
    """Raise ValueError unless the first columns, types and meanings, are those of ``schemas``."""
    name = (schema.metadata or {}).get(b"table", b"").decode()
    if not name:
        raise ValueError("not a table of this workflow")
    for i, field in enumerate(_TABLES[name].schema() if name in _TABLES else ()):
        stored = schema.field(i) if i < len(schema) else None
        if stored is None or _description(stored) != _description(field):
            instead = stored and _description(stored)
            raise ValueError(f"column {i} should be {_description(field)}, and is {instead}")


def _description(field: pa.Field) -> tuple:
    # Parquet has a name of its own for the items of a list.
    kind = f"list of {field.type.value_type}" if pa.types.is_list(field.type) else str(field.type)
    texts = (field.metadata or {}).values()
    return (field.name, kind, field.nullable, *(text.decode() for text in texts))


_TABLES = {value.path: value for value in vars(schemas).values() if isinstance(value, Table)}


_NULLABLE: dict[pa.DataType, pd.api.extensions.ExtensionDtype] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
}


def concatenate(paths: Iterable[str | os.PathLike]) -> pd.DataFrame:
    """The rows of several files of one schema, in the order of the paths."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)


def read_text(path: str | os.PathLike, parse: Callable[[str], T] = str) -> T:
    """What ``parse`` makes of a file of UTF-8 text.

    Raises ValueError, naming the file and what to do, where it cannot be read or parsed.
    """
    with _named(path):
        return parse(Path(path).read_text(encoding="utf-8"))


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
