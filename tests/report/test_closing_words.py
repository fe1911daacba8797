"""What a run says at its end."""

import pandas as pd

from widelimit.report.closing_words import closing_words
from widelimit.report.places import NETWORKS, Places
from widelimit.study.config import load_study
from widelimit.tables import schemas
from widelimit.tables.files import write_table


def write_verdict(path, step, verdict):
    """A table of one statement."""
    schema = schemas.CLAIMS.schema()
    row = {name: 0 if schema.field(name).type == "int64" else "" for name in schema.names}
    reals = {name: None for name in schema.names if schema.field(name).type == "double"}
    row |= reals | {"course_step": step, "verdict": verdict}
    write_table(path, pd.DataFrame([row]), schema)


def test_what_is_there_is_named_and_what_is_missing_is_not(tmp_path):
    places = Places(load_study({"results_dir": str(tmp_path), "network": {"widths": [4, 8]}}))
    listed = {
        "Pages": [f"{tmp_path}/{name}.html" for name in ("one", "two", "three")],
        "Numbers": [places.table("metrics")],
    }
    assert list(closing_words(places, listed)) == []

    for name in ("one.html", "three.html"):
        (tmp_path / name).touch()
    for step, verdict in {"step1": "yes", "step4": "no"}.items():
        (tmp_path / step).mkdir()
        write_verdict(places.table(f"{step}/claims"), step, verdict)
    ours = places.training_jobs(NETWORKS, str(tmp_path))
    for path in [*ours, f"{tmp_path}/networks/width=2/chunk=0/networks.parquet"]:
        (tmp_path / path).parent.mkdir(parents=True)

    assert list(closing_words(places, listed)) == [
        f"Pages:      {tmp_path}/one.html",
        f"            {tmp_path}/three.html",
        "Verdict:    not in every respect (1 of 2 statements hold, 1 does not hold (step 4))",
        f"{tmp_path}/networks: 1 folder is of earlier configurations, such as"
        f" {tmp_path}/networks/width=2/chunk=0; {tmp_path}/runs.parquet lists those of this study",
    ]
