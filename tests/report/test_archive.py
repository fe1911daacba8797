"""A study in one file: whole, described, and up to date where it is unpacked."""

import json
import shutil
import tarfile

import pytest

from checkout import ROOT, Checkout
from widelimit.study.config import ConfigError, load_study, read_configs

pytest.importorskip("rocrate", reason="comes with the lock: set up again")

from widelimit.report import archive

CONFIGS = ["config.yaml", "study.yaml"]


@pytest.mark.slow
def test_an_archive_is_whole_described_and_up_to_date_elsewhere(finished, tmp_path, monkeypatch):
    source = tmp_path / "source"
    shutil.copytree(finished.path, source)
    shutil.copy(ROOT / "CITATION.cff", source)
    monkeypatch.chdir(source)
    count = archive.write_archive(
        load_study(read_configs(CONFIGS)), CONFIGS, tmp_path / "mine.tar.gz"
    )
    with tarfile.open(tmp_path / "mine.tar.gz") as packed:
        assert len(packed.getnames()) == count
        assert {member.uid for member in packed} == {0}
        packed.extractall(tmp_path, filter="data")
    there = tmp_path / "mine"
    for name in ("pages/step7.html", "claims.md", "figures/step7_loss.pdf", "metrics.parquet"):
        copied = there / "results" / name
        assert copied.read_bytes() == (source / "results" / name).read_bytes()

    entities = json.loads((there / "ro-crate-metadata.json").read_text())["@graph"]
    by_id = {entity["@id"]: entity for entity in entities}
    for entity in entities:
        if entity["@type"] in ("File", "Dataset"):
            assert (there / entity["@id"]).exists()
    root, run = by_id["./"], by_id["#run"]
    assert root["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert "statements hold" in root["description"]
    assert {"@id": "study.yaml"} in run["object"]
    assert {"@id": "results/metrics.parquet"} in run["result"]
    assert "rule train_networks, code " in run["description"]
    assert "t + sin(4 * t)" in by_id["#configuration"]["value"]

    planned = Checkout(there).snakemake("-n", "--cores", "1")
    assert "Nothing to be done" in planned.stdout
    # Its records are there too: what is edited runs again.
    Checkout(there).edit("study.yaml", "t + sin(4 * t)", "t + sin(5 * t)")
    assert ": train_networks of width" in Checkout(there).snakemake("-n", "--cores", "1").stdout


def test_a_study_without_pages_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^results_dir: must be a folder .*; got nowhere$"):
        archive.write_archive(load_study({"results_dir": "nowhere"}), [], tmp_path / "a.tar.gz")
