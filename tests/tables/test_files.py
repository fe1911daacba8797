import os
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from widelimit.tables import schemas
from widelimit.tables.columns import MATRIX, Column, Table
from widelimit.tables.files import read_networks, read_table, replacing, write_table, write_text

TABLE = Table(
    "t.parquet",
    "one row",
    (
        Column("a", pa.int64(), "a number", "count", null="none"),
        Column("b", pa.float64(), "another", "s"),
        Column("c", MATRIX, "some", null="none"),
    ),
)
FRAME = pd.DataFrame({"b": [1.0, 2.0], "a": [3, None], "c": [np.arange(2.0), None]})


def test_round_trip_with_meanings(tmp_path):
    path = tmp_path / "deep" / "t.parquet"
    write_table(path, FRAME.astype({"a": "Int64"}), TABLE.schema())
    back = read_table(path)
    assert list(back.columns) == ["a", "b", "c"]
    assert back["a"].tolist() == [3, pd.NA]
    np.testing.assert_array_equal(back["c"][0], [0.0, 1.0])
    field = pq.read_schema(path).field("b")
    assert field.metadata == {b"meaning": b"another", b"unit": b"s"}
    assert pq.read_schema(path).metadata[b"row"] == b"one row"


def test_bytes_depend_on_values_alone(tmp_path):
    frame = FRAME.astype({"a": "Int64"})
    for name in ("one", "two"):
        write_table(tmp_path / name, frame, TABLE.schema())
        frame = frame.set_index(pd.Index([7, 9]))[["c", "a", "b"]]
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "frame, says",
    [
        (FRAME.drop(columns="a"), "differs in .'a'"),
        (FRAME.assign(d=1), "differs in .'d'"),
        (FRAME.assign(b=[1.0, None]), "column b must not be null"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, frame, says):
    with pytest.raises(ValueError, match=says):
        write_table(tmp_path / "t.parquet", frame, TABLE.schema())
    assert os.listdir(tmp_path) == []


DATA = schemas.DATA.schema(schemas.input_column(0), schemas.target_column(0))


@pytest.fixture
def points(tmp_path) -> Path:
    """A table of the workflow's, of several kinds of columns."""
    columns = {"split": ["train", "test"] * 20, "index": range(40), "t": [None, 0.5] * 20}
    columns |= {"x_0": np.linspace(0, 1, 40), "y_0": np.linspace(1, 2, 40) ** 0.5}
    write_table(tmp_path / "data.parquet", pd.DataFrame(columns), DATA, {"made_by": "[]"})
    return tmp_path / "data.parquet"


@pytest.mark.slow
def test_no_changed_byte_changes_a_number(points):
    good, content = read_table(points), points.read_bytes()
    rng, refused = random.Random(0), 0
    for _ in range(500):
        changed = bytearray(content)
        changed[rng.randrange(len(content))] ^= rng.randrange(1, 256)
        points.write_bytes(changed)
        try:
            found = read_table(points)
        except ValueError:
            refused += 1
        else:
            pd.testing.assert_frame_equal(found, good, check_exact=True)
    # The rest are bytes that nobody reads: statistics, offsets, texts of other programs.
    assert refused > 150


def test_a_truncated_table_is_refused(points):
    content = points.read_bytes()
    for length in [*range(0, len(content), 97), len(content) - 1]:
        points.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"data\.parquet: damaged.*delete it and run again"):
            read_table(points)


@pytest.mark.parametrize(
    "change, says",
    [
        (lambda table: table.drop_columns("t"), "column 2 should be .*'t'"),
        (lambda table: table.set_column(2, "position", table["t"]), "column 2 should be .*'t'"),
        (lambda table: table.set_column(2, "t", table["t"].cast(pa.float32())), "column 2 should"),
        (lambda table: table.replace_schema_metadata({}), "not a table of this workflow"),
    ],
)
def test_a_table_of_another_version_is_refused(points, change, says):
    pq.write_table(change(pq.read_table(points)), points)
    with pytest.raises(ValueError, match=rf"data\.parquet: .*another version.*{says}"):
        read_table(points)


def test_what_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the place of a folder")
    with pytest.raises(OSError, match=r"file/t\.parquet: cannot be written: "):
        write_text(tmp_path / "file" / "t.parquet", "x")


def test_what_a_killed_job_left_is_cleared_away(tmp_path):
    (tmp_path / ".abc123.t.txt").write_text("half of th")
    write_text(tmp_path / "t.txt", "whole")
    assert os.listdir(tmp_path) == ["t.txt"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "t.txt"
    write_text(path, "old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["t.txt"]


def test_files_have_the_permissions_of_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "t", "x")
    finally:
        os.umask(old)
    assert (tmp_path / "t").stat().st_mode & 0o777 == 0o640


def test_networks_know_their_width_and_keep_the_seeds_asked_for(tmp_path):
    path = tmp_path / "width=64" / "chunk=1" / "networks.parquet"
    frame = pd.DataFrame({"seed": pd.array([0, 1, 2, 3], "Int32")})
    table = Table("seeds.parquet", "one seed", (Column("seed", pa.int32(), "a seed"),))
    write_table(path, frame, table.schema())
    ((width, rows),) = read_networks([path], seeds=3)
    assert width == 64
    assert rows["seed"].tolist() == [0, 1, 2]


def test_every_column_has_a_meaning_and_a_unit():
    tables = [value for value in vars(schemas).values() if isinstance(value, Table)]
    assert len(tables) >= 8
    for table in tables:
        for column in table.columns:
            assert column.meaning
            assert column.unit


def test_content_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    """A power cut after the rename must not leave the name with nothing behind it."""
    calls = []
    flush, rename = os.fsync, os.replace

    def fsync(descriptor):
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        calls.append("folder" if path.is_dir() else path.read_text())
        flush(descriptor)

    def replace(old, new):
        calls.append("renamed")
        rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    write_text(tmp_path / "a.md", "whole")
    assert calls == ["whole", "renamed", "folder"]
