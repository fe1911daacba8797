"""Whole runs: the same bytes whatever the cores, the place and the chunks; what is left behind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from checkout import check_out
from widelimit import schemas

pytestmark = pytest.mark.slow

SCIENCE = ["data", "kernels", "theory", "predictions", "metrics", "slopes"]


def digests(results: Path) -> dict[str, str]:
    """sha256 of each science table and SVG figure."""
    paths = [results / f"{name}.parquet" for name in SCIENCE]
    paths += sorted((results / "variants").rglob("*.parquet"))
    paths += sorted((results / "figures").iterdir())
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if "runs" not in path.parts and "networks" not in path.parts
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The tiny study on two cores."""
    checkout = check_out(tmp_path_factory.mktemp("reference") / "checkout")
    printed = checkout.run(cores=2)
    return checkout, printed


@pytest.mark.parametrize("cores, seeds_per_job", [(1, 2), (2, 3)])
def test_bytes_do_not_depend_on_cores_place_or_chunks(reference, tmp_path, cores, seeds_per_job):
    other = check_out(tmp_path / "some where else")
    other.configure(network={"seeds_per_job": seeds_per_job})
    other.run("figures", "metrics", cores=cores)
    expected = digests(reference[0].path / "results")
    assert digests(other.path / "results") == expected
    assert len([name for name in expected if name.endswith(".svg")]) == 11


def test_tables_carry_the_meaning_of_their_columns(reference):
    for name in SCIENCE:
        schema = pq.read_schema(reference[0].path / "results" / f"{name}.parquet")
        for field in schema:
            assert field.metadata[b"meaning"]
            assert field.metadata[b"unit"]


def test_networks_read_as_one_dataset(reference):
    folder = reference[0].path / "results/networks"
    table = ds.dataset(folder, partitioning="hive").to_table().to_pandas()
    assert sorted(table["width"].unique()) == [16, 64, 256]
    assert sorted(table["seed"].unique()) == [0, 1, 2, 3]
    assert table["train_loss"].notna().all()
    assert len(pd.read_parquet(folder)) == len(table)


def test_metrics_are_complete_and_explained(reference):
    metrics = pd.read_parquet(reference[0].path / "results/metrics.parquet")
    assert set(metrics["metric"]) == set(schemas.METRIC_MEANINGS)
    assert set(metrics["experiment"]) == {"step7", "interval"}
    main = metrics[metrics["experiment"] == "step7"]
    each = main[main["metric"] == "rmse_network_vs_ntk"]
    assert len(each) == 3 * 4 * 4  # widths, seeds, checkpoints with 0
    assert (each[each["step"] == 0]["value"] == 0).all()


def test_pages_are_there_and_speak_of_this_study(reference):
    pages = reference[0].path / "results/pages"
    assert {path.name for path in pages.iterdir()} == {"index.html", "step3.html", "step7.html"}
    text = (pages / "step7.html").read_text()
    assert "t + sin(4 * t)" in text
    assert str(reference[0].path) not in text


def test_nothing_half_written_is_left(reference):
    leftovers = [path for path in (reference[0].path / "results").rglob(".*")]
    assert leftovers == []


def test_snakemake_s_report_holds_figures_with_captions(reference):
    checkout, _ = reference
    done = checkout.snakemake("--report", "report.zip")
    assert done.returncode == 0, done.stdout[-3000:]
    assert (checkout.path / "report.zip").stat().st_size > 100_000
