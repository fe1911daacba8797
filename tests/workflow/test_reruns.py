"""What a change reruns, and what it leaves alone, by the reasons that Snakemake gives.

Which rules an edit of code reaches at all is tested in test_digests.py.
"""

import json
import os
import re
import shutil
from collections import Counter

import pyarrow.parquet as pq
import pytest

from checkout import FIGURES as NAMES
from checkout import Checkout
from widelimit.report.catalog import PAGES as NAMES_OF_PAGES
from widelimit.tables.provenance import origins

pytestmark = pytest.mark.slow
heavy = pytest.mark.heavy

FIGURES = {f"figure {name}" for name in NAMES}
STEP1_FIGURES = {name for name in FIGURES if "step1" in name}
STEP7_FIGURES = {name for name in FIGURES if "step7" in name}
PAGES = {"gallery", *(f"page {name}" for name in ("index", *NAMES_OF_PAGES))}
CONCLUSIONS = {"fit_slopes", "judge_claims", "collect_metrics", "claims"}
COMPARISON = {"compare", "measure", "compare_with_predicted", *CONCLUSIONS}
TARGETS = {"all", "pages", "metrics"}


@pytest.fixture
def study(finished, tmp_path):
    """A copy of the finished checkout, times of files included, to edit."""
    shutil.copytree(finished.path, tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def planned(checkout, *arguments):
    """Jobs of a dry run: how many of each rule, and the reasons given for each rule.

    Each figure and each page counts by itself, as "figure step7_loss"."""
    done = checkout.snakemake("-n", "--cores", "1", *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    jobs, reasons = Counter(), {}
    # Jobs of a group are indented.
    for rule, reason in re.findall(
        r"^ *Job \d+: ((?:figure |page )?\w+).*\n *Reason: (.*)", done.stdout, re.MULTILINE
    ):
        jobs[rule] += 1
        reasons.setdefault(rule, []).append(reason)
    if not jobs:
        assert "Nothing to be done" in done.stdout
    return jobs, reasons


def rules_of(checkout, *arguments):
    return set(planned(checkout, *arguments)[0]) - TARGETS


def test_a_second_run_has_nothing_to_do_and_says_where_the_pages_are(finished):
    assert rules_of(finished) == set()
    printed = finished.run()
    assert "results/pages/index.html" in printed
    assert re.search(r"^Verdict: .*statements hold", printed, re.MULTILINE)


def forge(path, entries):
    """Have a table say that these made it, at its old time."""
    table, time = pq.read_table(path), os.stat(path).st_mtime
    metadata = table.schema.metadata | {b"made_by": json.dumps(entries).encode()}
    path.unlink()
    pq.write_table(table.replace_schema_metadata(metadata), path)
    os.utime(path, (time, time))


def test_tables_made_from_others_than_those_that_are_there_are_made_again(study):
    made = ("distance/measured", "distance/points", "scale/measured", "scale/predictions", "slopes")
    for name in made:
        forge(study.path / f"results/{name}.parquet", [])
    printed = study.snakemake("-n", "--cores", "1").stdout
    again = r"^results/(.+)\.parquet: it was not made from .+; it will be made again$"
    assert set(re.findall(again, printed, re.MULTILINE)) >= set(made)


def test_predictions_of_another_study_are_refused(study):
    for name in ("predicted", "predicted_points", "border_units"):
        path = study.path / f"results/{name}.parquet"
        entries = origins([path])
        (entry,) = (entry for entry in entries if entry["rule"] == "predict_distance")
        entry["params"]["predict"]["widths"] = [7]
        forge(path, entries)
        os.utime(path, (1e9, 1e9))  # not when Snakemake noted that it had made it
    printed = study.snakemake("-n", "--cores", "1").stdout
    assert "rule predict_distance made it with predict.widths = [7], but this study" in printed
    assert "(one of 3 such tables)" in printed


def test_editing_a_figure_reruns_it_and_its_page(study):
    study.edit(
        "workflow/widelimit/report/figures/step7_loss.py", "import pandas", "#\nimport pandas"
    )
    jobs, reasons = planned(study)
    assert set(jobs) - TARGETS == {"figure step7_loss", "page step7", "gallery"}
    assert "Params have changed" in reasons["figure step7_loss"][0]


@heavy
def test_editing_a_template_reruns_pages_only(study):
    study.edit(
        "workflow/widelimit/report/pages/templates/base.html.j2", "<body", "<!-- edited --><body"
    )
    assert rules_of(study) == PAGES


@heavy
def test_editing_the_dual_activations_reruns_kernels_not_data_nor_networks(study):
    study.edit("workflow/widelimit/kernels/duals.py", "import numpy", "#\nimport numpy")
    jobs, reasons = planned(study)
    assert "Params have changed" in reasons["fit_kernels"][0]
    fits = {"fit_kernels", "measure_step3", "measure_step4", "measure_step2", "measure_step5"}
    fits |= {"measure_learning"}
    follow = {"predict_distance", "measure_small", "measure_scale", *COMPARISON, *FIGURES, *PAGES}
    follow -= {*STEP1_FIGURES, "page step1"}
    assert set(jobs) - TARGETS == fits | follow


def test_reasons_name_what_has_changed_and_print_no_configuration(study):
    study.configure(network={"learning_rate": 0.01})
    jobs, reasons = planned(study)
    # The kernels and the networks are made anew, not the data.
    assert "generate_data" not in jobs
    assert jobs["train_networks"] == 3 * 2 + 1
    assert jobs["fit_kernels"] == 2
    for rule, name in {
        "train_networks": "network",
        "fit_kernels": "fit",
        "page step1": "study",
    }.items():
        assert re.search(
            rf"before: .*\b{name} [0-9a-f]+.*now: .*\b{name} [0-9a-f]+", reasons[rule][0]
        )
        assert "learning_rate" not in reasons[rule][0]


def test_new_widths_and_seeds_run_their_own_jobs_only(study):
    study.configure(network={"widths": [16, 32, 64, 256], "seeds": 5})
    jobs, reasons = planned(study)
    # Three chunks of the new width, and the third of each other one.
    assert jobs["train_networks"] == 3 + 3
    for reason in reasons["train_networks"]:
        assert "Missing output files" in reason
        assert "width=32" in reason or "chunk=2" in reason
    assert not {"generate_data", "fit_kernels"} & set(jobs)


@heavy
def test_a_seed_within_a_trained_chunk_trains_nothing(study):
    study.configure(network={"seeds": 3})
    rules = rules_of(study)
    assert "train_networks" not in rules
    assert "compare" in rules


@heavy
def test_a_target_reruns_the_data_and_what_follows(study):
    study.configure(data={"target": "t"})
    rules = rules_of(study)
    assert rules >= {"generate_data", "fit_kernels", "train_networks", *STEP7_FIGURES}
    assert "measure_step3" not in rules


@heavy
def test_a_changed_lock_reruns_everything_computed(study):
    study.edit("requirements.lock", "numpy==", "# another\nnumpy==")
    assert rules_of(study) >= {"generate_data", "fit_kernels", "train_networks", *FIGURES, *PAGES}


@heavy
def test_forcing_a_stage_reruns_it_and_what_follows(finished):
    jobs, reasons = planned(finished, "-R", "train_networks")
    assert jobs["train_networks"] == 3 * 2 + 1
    assert all("Forced execution" in reason for reason in reasons["train_networks"])
    follow = {"train_networks", "collect_runs", *COMPARISON, *STEP7_FIGURES, *PAGES}
    follow |= {name for name in FIGURES if "distance" in name}
    assert set(jobs) - TARGETS <= follow
    assert {"compare", "page step7"} <= set(jobs)


def needs(checkout, *targets) -> dict[str, set[str]]:
    """For each target the rules that it needs, directly or not, by Snakemake's graph of jobs."""
    done = checkout.snakemake("--forceall", "--dag", "dot", "--cores", "1", *targets)
    assert done.returncode == 0, done.stdout[-3000:]
    names = {}
    for job, label in re.findall(r'(\d+)\[label = "(.*?)"', done.stdout):
        rule, *wildcards = label.split("\\n")
        which = [value for value in wildcards if re.match("(figure|page): ", value)]
        names[job] = " ".join([rule, *(value.split(": ")[1] for value in which)])
    above = {job: set() for job in names}
    for job, follower in re.findall(r"(\d+) -> (\d+)", done.stdout):
        above[follower].add(job)

    def all_above(job):
        return above[job].union(*map(all_above, above[job]))

    jobs = {name: job for job, name in names.items()}
    return {target: {names[job] for job in all_above(jobs[target])} for target in targets}


def test_targets_reach_their_stage_and_no_further(finished):
    expected = {
        "data": {"generate_data"},
        "kernels": {"generate_data", "fit_kernels"},
        "networks": {"generate_data", "train_networks"},
        "step1": {"measure_step1", "judge_claims", "page step1", *STEP1_FIGURES},
        "step3": {"measure_step2", "judge_claims", "measure_step3", "page step3"}
        | {f for f in FIGURES if "step2" in f or "step3" in f},
        "step4": {"measure_step4", "fit_slopes", "judge_claims", "page step4"}
        | {f for f in FIGURES if "step4" in f},
        "learning": {"measure_learning", "judge_claims", "page learning"}
        | {f for f in FIGURES if "learning" in f},
        "step7": {"generate_data", "fit_kernels", "train_networks", "measure_small"}
        | {"compare", "measure", "fit_slopes", "judge_claims", "page step7", *STEP7_FIGURES}
        | {"predict_distance"},
        "distance": {"generate_data", "fit_kernels", "train_networks", "compare", "measure"}
        | {"predict_distance", "compare_with_predicted", "judge_claims", "page distance"}
        | {f for f in FIGURES if "distance" in f},
    }
    assert needs(finished, *expected) == expected


def test_a_run_after_adding_a_width_leaves_the_old_networks_as_they_are(study):
    old = study.path / "results/networks/width=64/chunk=0/networks.parquet"
    before, bytes_before = old.stat().st_mtime_ns, old.read_bytes()
    study.configure(network={"widths": [16, 32, 64, 256]})
    study.run("networks")
    assert (study.path / "results/networks/width=32/chunk=1/networks.parquet").exists()
    assert (old.stat().st_mtime_ns, old.read_bytes()) == (before, bytes_before)
