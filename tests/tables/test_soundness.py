"""Files that are damaged, or are not what they pass for, are told from whole ones."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from snakemake.persistence.file import FilePersistence

from widelimit.study.config import ConfigError
from widelimit.study.faults import faults, remove
from widelimit.tables.files import read_table, write_table, write_text
from widelimit.tables.schemas import Column, Table
from widelimit.tables.soundness import damaged_results, fault_of

TABLE = Table("t.parquet", "a row", (Column("a", pa.float64(), "a number"),))


def lines_of(folder, **options):
    return [fault.line for fault in faults(str(folder), **options) if fault.line]


def mended(folder, **options):
    """The same lines, of faults that are removed one by one, as a run does."""
    lines = []
    for fault in faults(str(folder), **options):
        lines += [fault.line] * bool(fault.line)
        remove(fault)
    return lines


@pytest.fixture
def results(tmp_path):
    """One whole file of each kind that a study leaves."""
    folder = tmp_path / "results"
    write_table(folder / "deep/t.parquet", pd.DataFrame({"a": [1.0, 2.0]}), TABLE.schema())
    write_table(folder / "none/t.parquet", pd.DataFrame({"a": [0.0][:0]}), TABLE.schema())
    for kind in ("svg", "pdf", "png"):
        Figure().savefig(folder / f"f.{kind}")
    write_text(folder / "p.html", "<!doctype html><html><body>p</body></html>\n")
    write_text(folder / "f.json", '{"title": "f"}\n')
    write_text(folder / "claims.md", "# Claims\n")
    return folder


def test_whole_files_are_whole(results):
    assert list(damaged_results(results)) == []
    assert mended(results) == []


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
    lines = lines_of(results)
    assert lines == [
        f"{results / 'deep/t.parquet'}: it is cut short; it will be made again",
        f"{results / 'p.html'}: it is empty; it will be made again",
    ]
    assert (results / "p.html").exists()
    assert mended(results) == lines
    assert not (results / "p.html").exists()
    assert not (results / "deep/t.parquet").exists()
    assert mended(results) == []


def records_of(folder) -> FilePersistence:
    """What writes Snakemake's records into a new folder."""
    Path(folder).mkdir(parents=True)
    snakemake = FilePersistence.__new__(FilePersistence)
    snakemake._max_len = None
    return snakemake


@pytest.mark.parametrize("name", ["deep/t.json", "long" * 60 + ".json", "gone.json"])
@pytest.mark.parametrize("content", ["", "{", "\0" * 300], ids=["empty", "cut", "zeros"])
def test_a_result_whose_record_was_lost_is_made_again(tmp_path, monkeypatch, name, content):
    """The record is one that Snakemake writes itself."""
    monkeypatch.chdir(tmp_path)
    for folder in ("results", "elsewhere"):
        for file in ("whole.json", *([name] if name != "gone.json" else [])):
            (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / file).write_text("{}")
    records = str(tmp_path / "records")
    snakemake = records_of(records)
    snakemake._io_write(records, {"code": "1"}, "results/whole.json")
    for other in (".DS_Store", ".nfs0001", "no record!", "größe"):
        Path(records, other).write_text(content)
    for lost in (f"results/{name}", f"elsewhere/{name}"):
        snakemake._io_write(records, {}, lost)
        Path(snakemake._record_path(records, lost)).write_text(content)
    lines = lines_of("results", records=records)
    assert [line.split(": ")[0] for line in lines if "record" in line] == (
        [] if name == "gone.json" else [f"results/{name}"]
    )
    assert mended("results", records=records) == lines
    assert not Path("results", name).exists()
    assert Path("results/whole.json").exists()
    assert mended("results", records=records) == []
    assert Path(snakemake._record_path(records, f"elsewhere/{name}")).exists()


def test_a_damaged_entry_of_a_shared_cache_is_named(results, tmp_path):
    entry = tmp_path / "entry"
    entry.write_bytes(b"")
    (results / "data.parquet").symlink_to(entry)
    with pytest.raises(ConfigError, match=rf"data\.parquet: it is empty; it is a link to {entry}"):
        mended(results)
    assert entry.exists()


def test_no_damaged_page_is_taken_for_whole(results):
    """A flipped bit does not show at the ends."""
    path = results / "deep/t.parquet"
    content, found = path.read_bytes(), set()
    for place in range(4, 60, 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found.add(fault_of(path))
        if fault_of(path) is None:
            assert read_table(path)["a"].tolist() == [1.0, 2.0]
    assert found <= {None, "it is damaged"}
    assert "it is damaged" in found


PLACED = "networks/width=16/chunk=1/networks.parquet"


@pytest.mark.parametrize(
    "place, right",
    [
        (PLACED, True),
        ("networks/width=64/chunk=1/networks.parquet", False),
        ("networks/width=16/chunk=0/networks.parquet", False),
        ("runs/width=16/chunk=1/runs.parquet", False),
        ("theory.parquet", False),
    ],
)
def test_a_table_in_the_place_of_another_is_told_by_what_it_says(tmp_path, place, right):
    table = Table("networks/width=<k>/chunk=<c>/networks.parquet", "a row", TABLE.columns)
    chunk = {"chunk": json.dumps({"width": 16, "seeds": [2, 3]})}
    write_table(tmp_path / place, pd.DataFrame({"a": [1.0]}), table.schema(), chunk)
    assert fault_of(tmp_path / place) == (None if right else "it belongs in another place")


def test_measured_numbers_are_in_place_under_their_own_name(tmp_path):
    for name in ("measured", "predicted", "metrics", "slopes"):
        table = Table("metrics.parquet", "a row", TABLE.columns)
        write_table(tmp_path / f"{name}.parquet", pd.DataFrame({"a": [1.0]}), table.schema())
    assert [path.stem for path, _ in damaged_results(tmp_path)] == ["slopes"]


def test_what_no_rule_makes_is_left_alone(results):
    (results / "notes.md").write_text("")
    (results / "mine.parquet").write_text("half of")
    ours = {"claims.md", "t.parquet"}
    assert mended(results, is_result=lambda path: path.split("/")[-1] in ours) == []
    assert (results / "notes.md").exists()
    assert (results / "mine.parquet").exists()


def told(rule, value):
    return {"rule": rule, "params": {"a": value}, "code": "c", "versions": "v"}


def write(path, *entries, time):
    origin = {"made_by": json.dumps(entries)}
    write_table(path, pd.DataFrame({"a": [1.0]}), TABLE.schema(), origin)
    os.utime(path, (time, time))
    return str(path)


@pytest.fixture
def pair(tmp_path):
    """Two tables in the folder t, the second made from the first."""
    source = write(tmp_path / "source/t.parquet", told("fit", 1), time=100)
    made = write(tmp_path / "made/t.parquet", told("fit", 1), told("measure", 2), time=200)
    return source, made


def test_a_table_that_is_younger_than_its_source_and_not_made_from_it_is_made_again(pair):
    source, made = pair
    assert mended("none", made_from=[(made, [source])]) == []
    # An older file from elsewhere, which Snakemake would take for the source.
    write(source, told("fit", 7), time=150)
    lines = lines_of("none", made_from=[(made, [source, "gone"])])
    assert lines == [f"{made}: it was not made from {source}; it will be made again"]
    assert os.path.exists(made)
    assert mended("none", made_from=[(made, [source])]) == lines
    assert not os.path.exists(made)
    assert mended("none", made_from=[(made, [source])]) == []


def test_a_damaged_table_is_a_fault_of_its_own_alone(pair, tmp_path):
    """A dry run, which removes nothing, does not read it either."""
    source, made = pair
    options = {"made_from": [(made, [source]), (source, [])], "origins_of": [(source, {})]}
    os.truncate(source, 50)
    lines = [f"{source}: it is cut short; it will be made again"]
    assert lines_of(tmp_path, **options) == lines
    os.truncate(made, 50)
    lines = [f"{made}: it is cut short; it will be made again", *lines]
    assert lines_of(tmp_path, **options) == lines
    assert mended(tmp_path, **options) == lines
    assert mended(tmp_path, **options) == []


def test_a_source_that_has_changed_since_is_left_to_snakemake(pair):
    source, made = pair
    write(source, told("fit", 7), time=300)
    assert mended("none", made_from=[(made, [source])]) == []


def test_a_table_of_another_study_is_refused_unless_snakemake_made_it_here(
    pair, tmp_path, monkeypatch
):
    source, made = pair
    monkeypatch.chdir(tmp_path)
    expected = [(source, {"fit": {"params": {"a": 1}, "code": "c"}})]
    assert mended("none", origins_of=expected) == []
    expected = [(source, {"fit": {"params": {"a": 2}, "code": "c"}})]
    with pytest.raises(ConfigError, match=r"made it with a = 1, but this study has 2; del"):
        mended("none", origins_of=expected)
    words = r"this study has 2 \(one of 2 such tables\); delete them and run"
    with pytest.raises(ConfigError, match=words):
        mended("none", origins_of=[*expected, (made, expected[0][1])])
    # After an edit to the configuration Snakemake sees by its own record what has changed.
    snakemake = records_of(tmp_path / ".snakemake/metadata")
    snakemake._io_write(tmp_path / ".snakemake/metadata", {"endtime": 100.0}, source)
    assert mended("none", origins_of=expected) == []
    shutil.copy(source, f"{source}.new")
    os.replace(f"{source}.new", source)
    with pytest.raises(ConfigError, match="or choose another results_dir"):
        mended("none", origins_of=expected)


def test_files_still_being_written_are_left_alone(results):
    (results / ".x.t.parquet").write_bytes(b"")
    assert list(damaged_results(results)) == []
