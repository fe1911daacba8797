"""Each table and page says which configuration, code, lock and versions made it, and no date."""

from __future__ import annotations

import hashlib
import json
import re
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checkout import ROOT
from widelimit.tables.files import read_metadata, write_table
from widelimit.tables.provenance import (
    LOCK,
    code_digest,
    lock_digest,
    made_by,
    origins,
    page_origin,
)

SCRIPTS = ROOT / "workflow/scripts"


def job(script="compare.py", *, rule="compare", tables=(), **params):
    code = code_digest(SCRIPTS / script, files=[LOCK])
    return SimpleNamespace(rule=rule, params={"code": code} | params, input=list(tables))


class Params(dict):
    __getattr__ = dict.__getitem__


def origin(script="compare.py", **options):
    made = job(script, **options)
    made.params = Params(made.params)
    return made_by(made, str(SCRIPTS / script))


def write(path, metadata):
    write_table(path, pa.table({"a": [1.0]}), pa.schema([pa.field("a", pa.float64())]), metadata)
    return str(path)


def test_a_table_knows_all_rules_on_the_way_to_it_each_once(tmp_path):
    data = write(tmp_path / "d.parquet", origin("generate_data.py", rule="generate_data", root=3))
    chunks = [
        write(
            tmp_path / f"{c}.parquet",
            origin("train_networks.py", rule="train_networks", tables=[data], chunk=c, a=[1]),
        )
        for c in (0, 1)
    ]
    entries = json.loads(origin(tables=[data, *chunks, "mine.csv"], seeds=2)["made_by"])
    assert {entry["rule"]: entry["params"] for entry in entries} == {
        "generate_data": {"root": 3},
        "train_networks": {"a": [1]},
        "compare": {"seeds": 2},
    }
    assert len(entries) == 3
    assert origins(chunks) == [entry for entry in entries if entry["rule"] != "compare"]
    digest = code_digest(SCRIPTS / "train_networks.py", files=[LOCK])
    assert [e["code"] for e in entries if e["rule"] == "train_networks"] == [digest]
    assert "numpy " in entries[0]["versions"]


def test_a_page_names_the_code_of_each_figure(tmp_path):
    scripts = {"step1_span": "compare.py", "step1_regimes": "measure.py"}
    tables = [
        write(tmp_path / f"{name}.parquet", origin(script, rule="figure", figure=name))
        for name, script in scripts.items()
    ]
    codes = page_origin({}, "0" * 16, tables)["codes"]
    assert codes == {"page": "0" * 16} | {
        f"figure {name}": code_digest(SCRIPTS / script, files=[LOCK])
        for name, script in scripts.items()
    }


def test_folders_are_not_recorded(tmp_path):
    made = origin(data={"path": str(tmp_path / "mine.csv"), "inputs": ["a"]})
    assert str(tmp_path) not in made["made_by"]
    assert '"path": "mine.csv"' in made["made_by"]


def test_code_that_was_edited_meanwhile_is_refused():
    made = job()
    made.params = Params(made.params, code="0" * 16)
    with pytest.raises(ValueError, match=r"rule compare.*edited since.*start it again"):
        made_by(made, str(SCRIPTS / "compare.py"))


@pytest.mark.slow
@pytest.mark.xdist_group("finished")
def test_every_table_of_a_study_says_what_made_it(finished):
    results = finished.path / "results"
    tables = sorted(results.rglob("*.parquet"))
    assert len(tables) > 30
    for path in tables:
        metadata = read_metadata(path)
        assert metadata["lock"] == lock_digest(), path
        entries = json.loads(metadata["made_by"])
        assert entries, path
        for entry in entries:
            assert re.fullmatch("[0-9a-f]{16}", entry["code"])
        text = json.dumps(entries)
        assert str(finished.path) not in text
        assert not re.search(r"20\d\d-\d\d-\d\d", text)
    rules = {entry["rule"] for entry in origins([results / "metrics.parquet"])}
    training = {"generate_data", "fit_kernels", "train_networks"}
    steps = {"measure_step1", "measure_step2", "fit_step4", "measure_step5", "measure_beyond"}
    assert rules == training | steps | {"compare", "measure", "fit_slopes", "collect_metrics"}


@pytest.mark.slow
@pytest.mark.xdist_group("finished")
def test_every_page_says_what_made_it(finished):
    results = finished.path / "results"
    for page in (results / "pages").iterdir():
        text = page.read_text()
        assert lock_digest() in text
        assert re.search(r"configuration <code>[0-9a-f]{16}</code>", text)
        assert "numpy" in text
        for entry in origins(results.glob(f"figures/{page.stem}_*.parquet")):
            assert entry["code"] in text
            assert entry["rule"] in text


@pytest.mark.slow
@pytest.mark.xdist_group("finished")
def test_pyarrow_alone_reads_it(finished):
    """As docs/reliability.md shows it."""
    metadata = pq.read_schema(finished.path / "results/metrics.parquet").metadata
    entry = next(e for e in json.loads(metadata[b"made_by"]) if e["rule"] == "generate_data")
    assert entry["params"]["data"]["targets"] == ["t + sin(4 * t)"]
    lock = (finished.path / "requirements.lock").read_bytes()
    expected = hashlib.sha256(b"requirements.lock\0" + lock + b"\0").hexdigest()[:16]
    assert metadata[b"lock"].decode() == expected
