"""Whole runs: the same bytes whatever the cores, the place and the chunks; what is left behind."""

import html
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from checkout import FIGURES, MEASURED, Checkout, check_out, digests
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.report.catalog import PAGES
from widelimit.report.claims import CLAIMS, judge
from widelimit.report.claims.document import document
from widelimit.report.describe_tables import readme
from widelimit.report.figures import step7_convergence
from widelimit.tables.files import read_metadata, read_table

pytestmark = pytest.mark.slow

SCIENCE = ["data", "kernels", "theory", "predictions", "metrics", "slopes", "claims"]


def test_bytes_do_not_depend_on_cores_place_or_chunks(finished, tmp_path):
    """Nor do the tables of the other steps: test_storage.py makes them all, on one core."""
    other = check_out(tmp_path / "some where else")
    other.configure(network={"seeds_per_job": 3})
    other.run(MEASURED, "results/figures/step7_fits.svg", cores=1)
    expected = digests(finished.path / "results")
    assert digests(other.path / "results").items() <= expected.items()
    assert {Path(name).stem for name in expected if name.endswith(".svg")} == FIGURES


def test_tables_carry_the_meaning_of_their_columns(finished):
    for name in SCIENCE:
        schema = pq.read_schema(finished.path / "results" / f"{name}.parquet")
        for field in schema:
            assert field.metadata[b"meaning"]
            assert field.metadata[b"unit"]


def test_every_table_has_its_place_in_the_description(finished):
    described = set(re.findall(r"^## `(.*)`$", readme(), re.MULTILINE))
    for path in (finished.path / "results").rglob("*.parquet"):
        assert read_metadata(path)["table"] in described, path


def test_networks_read_as_one_dataset(finished):
    folder = finished.path / "results/networks"
    table = ds.dataset(folder, partitioning="hive").to_table().to_pandas()
    assert sorted(table["width"].unique()) == [16, 64, 256]
    assert sorted(table["seed"].unique()) == [0, 1, 2, 3]
    assert table["train_loss"].notna().all()
    assert len(pd.read_parquet(folder)) == len(table)


def test_networks_of_earlier_configurations_are_named_and_can_be_left_out(
    finished, tmp_path, monkeypatch
):
    shutil.copytree(finished.path, tmp_path / "checkout")
    study = Checkout(tmp_path / "checkout")
    study.configure(network={"widths": [16, 64], "seeds": 2})
    printed = study.run("metrics")
    assert "results/networks: 4 folders are of earlier configurations" in printed
    assert "variants/interval/networks:" not in printed
    monkeypatch.chdir(study.path)
    example = re.findall(r"```python\n(.*?)```", readme(), flags=re.DOTALL)[1]
    names = {"pandas": pd}
    exec(example, names)
    assert len(pd.read_parquet("results/networks")["width"].unique()) == 3
    networks = names["networks"]
    assert sorted(networks["width"].unique()) == [16, 64]
    assert sorted(networks["seed"].unique()) == [0, 1]
    assert not networks.duplicated(["width", "seed", "step"]).any()


def test_metrics_are_complete_and_explained(finished):
    metrics = pd.read_parquet(finished.path / "results/metrics.parquet")
    assert set(metrics["metric"]) <= set(METRIC_MEANINGS)
    assert set(metrics["experiment"]) >= {
        *(f"step{number}" for number in (1, 2, 4, 5, 7)),
        "interval",
    }
    main = metrics[metrics["experiment"] == "step7"]
    each = main[main["metric"] == "rmse_network_vs_ntk"]
    assert len(each) == 3 * 4 * 4  # widths, seeds, checkpoints with 0
    assert (each[each["step"] == 0]["value"] == 0).all()


def test_pages_are_there_and_speak_of_this_study(finished):
    pages = finished.path / "results/pages"
    assert {path.name for path in pages.iterdir()} == {
        "index.html",
        "gallery.html",
        *(f"{name}.html" for name in PAGES),
    }
    text = (pages / "step7.html").read_text()
    assert "t + sin(4 * t)" in text
    assert str(finished.path) not in text


def test_statements_stand_beside_their_numbers(finished):
    results = finished.path / "results"
    claims, metrics, slopes = (
        read_table(results / f"{name}.parquet") for name in ("claims", "metrics", "slopes")
    )
    steps = [step for step in CLAIMS if step != "classes"]  # the study has none
    again = pd.concat([judge(step, metrics, slopes) for step in steps], ignore_index=True)
    pd.testing.assert_frame_equal(claims, again, check_dtype=False)
    assert (results / "claims.md").read_text() == document(claims)
    # So small a study measures all there is; what rests on few widths and seeds may fail.
    others = ("distance", "scale")  # of steps and output scales that the study does not have
    missing = claims[claims["verdict"].eq("not measured") & ~claims["course_step"].isin(others)]
    # The study keeps no first step, and has no ReLU beyond the main experiment.
    assert missing["metric"].tolist() == ["progress_vs_ntk", "rmse_network_vs_empirical_ntk"]
    exact = claims["course_step"].isin(["step1", "step2"])
    assert set(claims.loc[exact, "verdict"]) == {"yes"}


@pytest.mark.heavy
def test_the_commands_on_a_page_find_their_targets(finished):
    text = html.unescape((finished.path / "results/pages/step7.html").read_text())
    commands = re.findall(r"<code>(snakemake [^<]+)", text)
    assert len(commands) >= 9
    stages = [command for command in commands if "figures/" not in command]
    assert len(stages) >= 4
    assert all("--configfile study.yaml" in command for command in commands)
    finished.plan_each([*stages, commands[0]])


def test_the_command_beside_a_figure_draws_it_and_makes_its_page(finished):
    text = html.unescape((finished.path / "results/pages/step7.html").read_text())
    (command,) = re.findall(r"<code>(snakemake [^<]+step7_loss\.svg)<", text)
    planned = finished.snakemake(*shlex.split(command)[1:], "-n")
    assert planned.returncode == 0, planned.stdout
    jobs = re.findall(r"Job \d+: (figure|page) (\w+)", planned.stdout)
    assert sorted(jobs) == [("figure", "step7_loss"), ("page", "step7")]


def test_nothing_half_written_is_left(finished):
    leftovers = [path for path in (finished.path / "results").rglob(".*")]
    assert leftovers == []


def test_snakemake_s_report_holds_figures_with_captions(finished, tmp_path):
    report = tmp_path / "report.zip"
    done = finished.snakemake("--report", str(report))
    assert done.returncode == 0, done.stdout[-3000:]
    with zipfile.ZipFile(report) as files:
        names = files.namelist()
        text = b"".join(files.read(name) for name in names if name.endswith((".js", ".html")))
    assert len([name for name in names if name.endswith(".svg")]) == len(FIGURES)
    assert step7_convergence.__doc__.encode() in text
