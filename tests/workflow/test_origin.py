"""Each table and page says which configuration, code, lock and versions made it, and no date."""

import hashlib
import json
import re

import pyarrow.parquet as pq
import pytest

from widelimit.tables.files import read_metadata
from widelimit.tables.provenance import lock_digest, origins

pytestmark = pytest.mark.slow


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
    steps = {"measure_step1", "measure_step2", "measure_step4", "measure_step5", "measure_learning"}
    steps |= {"measure_small", "measure_scale", "predict_distance", "compare_with_predicted"}
    assert rules == training | steps | {"compare", "measure", "fit_slopes", "collect_metrics"}


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


def test_pyarrow_alone_reads_it(finished):
    """As docs/reliability.md shows it."""
    metadata = pq.read_schema(finished.path / "results/metrics.parquet").metadata
    entry = next(e for e in json.loads(metadata[b"made_by"]) if e["rule"] == "generate_data")
    assert entry["params"]["data"]["targets"] == ["t + sin(4 * t)"]
    lock = (finished.path / "requirements.lock").read_bytes()
    expected = hashlib.sha256(b"requirements.lock\0" + lock + b"\0").hexdigest()[:16]
    assert metadata[b"lock"].decode() == expected
