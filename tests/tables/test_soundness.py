"""Files that a power cut left empty or cut short are told from whole ones."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from snakemake.persistence.file import FilePersistence

from widelimit.study.checks import mend_results
from widelimit.study.config import ConfigError
from widelimit.tables.files import write_table, write_text
from widelimit.tables.schemas import Column, Table
from widelimit.tables.soundness import damaged_results

TABLE = Table("t.parquet", "a row", (Column("a", pa.float64(), "a number"),))


@pytest.fixture
def results(tmp_path):
    """One whole file of each kind that a study leaves."""
    folder = tmp_path / "results"
    write_table(folder / "deep/t.parquet", pd.DataFrame({"a": [1.0, 2.0]}), TABLE.schema())
    write_table(folder / "none.parquet", pd.DataFrame({"a": [0.0][:0]}), TABLE.schema())
    for kind in ("svg", "pdf", "png"):
        Figure().savefig(folder / f"f.{kind}")
    write_text(folder / "p.html", "<!doctype html><html><body>p</body></html>\n")
    write_text(folder / "f.json", '{"title": "f"}\n')
    write_text(folder / "claims.md", "# Claims\n")
    return folder


def test_whole_files_are_whole(results):
    assert list(damaged_results(results)) == []
    assert list(mend_results(results)) == []


@pytest.mark.parametrize("kept", [0, 0.3, 0.6, 0.9])
def test_files_cut_short_anywhere_are_found(results, kept):
    files = sorted(path for path in results.rglob("*") if path.is_file())
    for path in files:
        os.truncate(path, int(kept * path.stat().st_size))
    found = {path for path, _ in damaged_results(results)}
    # Of plain text nobody can tell where it should have ended.
    assert found == {path for path in files if kept == 0 or path.suffix != ".md"}


def test_what_is_damaged_is_named_and_removed(results):
    os.truncate(results / "p.html", 0)
    os.truncate(results / "deep/t.parquet", 50)
    lines = list(mend_results(results, remove=False))
    assert lines == [
        f"{results / 'deep/t.parquet'}: it is cut short; it will be made again",
        f"{results / 'p.html'}: it is empty; it will be made again",
    ]
    assert (results / "p.html").exists()
    assert list(mend_results(results)) == lines
    assert not (results / "p.html").exists()
    assert not (results / "deep/t.parquet").exists()
    assert list(mend_results(results)) == []


@pytest.mark.parametrize("name", ["deep/t.json", "long" * 60 + ".json", "gone.json"])
@pytest.mark.parametrize("content", ["", "{", "\0" * 300], ids=["empty", "cut", "zeros"])
def test_a_result_whose_record_was_lost_is_made_again(tmp_path, monkeypatch, name, content):
    """The record is one that Snakemake writes itself."""
    monkeypatch.chdir(tmp_path)
    for folder in ("results", "elsewhere"):
        for file in ("whole.json", *([name] if name != "gone.json" else [])):
            (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / file).write_text("{}")
    snakemake = FilePersistence.__new__(FilePersistence)
    snakemake._max_len = None
    records = str(tmp_path / "records")
    Path(records).mkdir()
    snakemake._io_write(records, {"code": "1"}, "results/whole.json")
    for lost in (f"results/{name}", f"elsewhere/{name}"):
        snakemake._io_write(records, {}, lost)
        Path(snakemake._record_path(records, lost)).write_text(content)
    lines = list(mend_results("results", records=records, remove=False))
    assert [line.split(": ")[0] for line in lines if "record" in line] == (
        [] if name == "gone.json" else [f"results/{name}"]
    )
    assert list(mend_results("results", records=records)) == lines
    assert not Path("results", name).exists()
    assert Path("results/whole.json").exists()
    assert list(mend_results("results", records=records)) == []
    assert Path(snakemake._record_path(records, f"elsewhere/{name}")).exists()


def test_a_damaged_entry_of_a_shared_cache_is_named(results, tmp_path):
    entry = tmp_path / "entry"
    entry.write_bytes(b"")
    (results / "data.parquet").symlink_to(entry)
    with pytest.raises(ConfigError, match=rf"data\.parquet: it is empty; it is a link to {entry}"):
        list(mend_results(results))
    assert entry.exists()


def test_files_still_being_written_are_left_alone(results):
    (results / ".x.t.parquet").write_bytes(b"")
    assert list(damaged_results(results)) == []
