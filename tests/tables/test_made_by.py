"""What made a table is in its metadata: each rule on the way to it, with parameters and code."""

import json
from types import SimpleNamespace

import pyarrow as pa
import pytest

from checkout import ROOT
from widelimit.tables.files import write_table
from widelimit.tables.provenance import code_digest, made_by, origins, page_origin

SCRIPTS = ROOT / "workflow/scripts"


def job(script="compare.py", *, rule="compare", tables=(), **params):
    code = code_digest(SCRIPTS / script)
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


def chunk(number):
    return {"width": 16, "seeds": [2 * number, 2 * number + 1]}


def test_a_table_knows_all_rules_on_the_way_to_it_each_once(tmp_path):
    data = write(tmp_path / "d.parquet", origin("generate_data.py", rule="generate_data", root=3))
    chunks = [
        write(
            tmp_path / f"{c}.parquet",
            origin(
                "train_networks.py", rule="train_networks", tables=[data], chunk=chunk(c), a=[1]
            ),
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
    digest = code_digest(SCRIPTS / "train_networks.py")
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
        f"figure {name}": code_digest(SCRIPTS / script) for name, script in scripts.items()
    }


def test_the_prefix_of_an_importing_workflow_is_not_recorded():
    for rule in ("compare", "widelimit_compare", "compare_compare"):
        assert json.loads(origin(rule=rule)["made_by"])[0]["rule"] == "compare"
    assert json.loads(origin("figure.py", rule="figure")["made_by"])[0]["rule"] == "figure"


def test_folders_are_not_recorded(tmp_path):
    made = origin(data={"path": str(tmp_path / "mine.csv"), "inputs": ["a"]})
    assert str(tmp_path) not in made["made_by"]
    assert '"path": "mine.csv"' in made["made_by"]


def test_code_that_was_edited_meanwhile_is_refused():
    made = job()
    made.params = Params(made.params, code="0" * 16)
    with pytest.raises(ValueError, match=r"rule compare.*edited since.*start it again"):
        made_by(made, str(SCRIPTS / "compare.py"))


TOLD = {"train_networks": {"params": {"network": {"steps": 5, "learning_rate": 0.02}}}}


def networks(tmp_path, place="width=16/chunk=1", **changes):
    """A table of networks as the rule train_networks leaves it in a place, and its path."""
    told = {"network": {"steps": 5, "learning_rate": 0.02} | changes.pop("network", {})}
    chunk = {"width": 16, "seeds": [2, 3]} | changes
    metadata = origin("train_networks.py", rule="train_networks", chunk=chunk, **told)
    path = tmp_path / place / "networks.parquet"
    write(path, metadata)
    return str(path)


def read(path, code=None):
    expected = json.loads(json.dumps(TOLD))
    own = code_digest(SCRIPTS / "train_networks.py")
    expected["train_networks"]["code"] = code or own
    return origin(tables=[path], origins=expected)


def test_a_table_of_this_study_in_its_place_is_read_and_what_is_expected_is_not_recorded(tmp_path):
    entries = json.loads(read(networks(tmp_path))["made_by"])
    assert {entry["rule"] for entry in entries} == {"compare", "train_networks"}
    assert all("origins" not in entry["params"] for entry in entries)


def test_a_table_of_another_study_is_named_with_what_differs(tmp_path):
    path = networks(tmp_path, network={"learning_rate": 0.01})
    words = r"networks\.parquet: rule train_networks made it with network\.learning_rate = 0\.01,"
    with pytest.raises(ValueError, match=f"{words} but this study has 0.02; delete it and run"):
        read(path)


def test_a_table_by_other_code_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"it was made by other code of rule train_networks"):
        read(networks(tmp_path), code="0123456789abcdef")


@pytest.mark.parametrize("place", ["width=64/chunk=1", "width=16/chunk=0", "width=16/chunk=2"])
def test_networks_in_the_place_of_others_are_named(tmp_path, place):
    with pytest.raises(ValueError, match=r"it holds networks of width 16, seeds 2 to 3, and"):
        read(networks(tmp_path, place))
