"""Finished studies side by side."""

import json

import pandas as pd
import pytest

from page_checks import Seen
from widelimit.report.comparison import compare
from widelimit.tables import schemas
from widelimit.tables.files import read_table, write_table

FAR = {16: 0.5, 64: 0.25}
"""Distances by width in one study; half of them in the other."""


def write_study(folder, *, factor, learning_rate, verdict, steps=(10, 100)):
    rows = [
        ("step7", "relu", width, seed, step, "rmse_network_vs_ntk", factor * far * (1 + seed))
        for width, far in FAR.items()
        for seed in (0, 1, 2)
        for step in (0, *steps)
    ]
    names = ["experiment", "activation", "width", "seed", "step", "metric", "value"]
    measured = schemas.METRICS.arrange(pd.DataFrame(rows, columns=names))
    network = {"learning_rate": learning_rate, "activation": "relu"}
    made_by = [{"rule": "train_networks", "params": {"network": network, "root": 0}}]
    folder.mkdir()
    metadata = {"made_by": json.dumps(made_by)}
    write_table(folder / "measured.parquet", measured, schemas.METRICS.schema(), metadata)
    said = dict.fromkeys(("metric", "experiment", "kind", "test", "reason"), "text")
    claims = pd.DataFrame(
        {
            **{name: [value] * 2 for name, value in said.items()},
            "statement": ["It falls.", "It ends."],
            "course_step": "step7",
            "count": 1,
            "rejected": False,
            "verdict": ["yes", verdict],
        }
    )
    write_table(folder / "claims.parquet", schemas.CLAIMS.arrange(claims), schemas.CLAIMS.schema())


@pytest.fixture
def studies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path / "one", factor=1, learning_rate=0.01, verdict="yes")
    write_study(tmp_path / "two", factor=0.5, learning_rate=0.02, verdict="open", steps=(100,))
    return tmp_path


def test_what_differs_stands_side_by_side(studies):
    compare(["one", "two"], studies)
    table = read_table(studies / "comparison.parquet")
    assert set(table["step"]) == {100}  # which both have
    centres = table.set_index(["study", "width"])["centre"]
    for width, far in FAR.items():
        assert centres["one", width] == 2 * far
        assert centres["two", width] == far
    page = Seen((studies / "comparison.html").read_text())
    text = " ".join(data.strip() for _, data in page.texts if data.strip())
    assert "learning_rate 0.01 0.02" in text
    assert "activation relu" not in text
    assert "100 0.5 at 2⁶ 0.25 at 2⁶" in text
    assert "2 of 2 statements hold" in text
    assert "step7: It falls. yes yes" in text
    bold = [data for where, data in page.texts if "strong" in where]
    assert {"yes", "open"} <= {data.strip() for data in bold}


def test_what_cannot_be_compared_is_refused(studies):
    for folders in (["one"], ["one", "one"], [str(n) for n in range(7)]):
        with pytest.raises(ValueError, match="studies must be 2 to 6 different"):
            compare(folders, studies)
    write_study(studies / "three", factor=1, learning_rate=0.01, verdict="yes", steps=(7,))
    with pytest.raises(ValueError, match="at a step that all have"):
        compare(["one", "three"], studies)
