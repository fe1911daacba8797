"""Where the files of a study are: each table that is read is computed, or made from others."""

import pytest

from checkout import ROOT
from widelimit.report.places import NETWORKS, RUNS, Places
from widelimit.study.config import load_study, read_configs

STUDIES = {
    path.stem: Places(load_study(read_configs([str(ROOT / "config.yaml"), str(path)])))
    for path in sorted((ROOT / "studies").glob("*.yaml"))
}
EVERY_STUDY = pytest.mark.parametrize("places", STUDIES.values(), ids=STUDIES)

TWO = {"data": {"source": "interval"}, "network": {"widths": [8, 4], "seeds": 1}}
SMALL = load_study(
    {
        "results_dir": "here/",
        "network": {"widths": [16, 4], "seeds": 3, "seeds_per_job": 2},
        "variants": {"other": TWO},
        "beyond": {"activations": ["erf"], "dimensions": []},
        "scale": {"scales": []},
    }
)


def test_the_main_experiment_lies_in_the_results_and_a_variant_in_a_folder_of_its_own():
    places = Places(SMALL)
    assert {base: name for base, (name, _) in places.experiments.items()} == {
        "here": "step7",
        "here/variants/other": "other",
    }
    assert places.table("step4/slopes") == "here/step4/slopes.parquet"
    assert places.of_every_experiment("data", "theory") == [
        "here/data.parquet",
        "here/theory.parquet",
        "here/variants/other/data.parquet",
        "here/variants/other/theory.parquet",
    ]


def test_a_training_job_has_one_width_and_a_chunk_of_seeds():
    places = Places(SMALL)
    folders = ["width=4/chunk=0", "width=4/chunk=1", "width=16/chunk=0", "width=16/chunk=1"]
    expected = [f"here/networks/{folder}/networks.parquet" for folder in folders]
    assert places.training_jobs(NETWORKS, "here") == expected
    other = "here/variants/other"
    expected = [f"{other}/runs/width={width}/chunk=0/runs.parquet" for width in (4, 8)]
    assert places.training_jobs(RUNS, other) == expected


def test_predictions_of_a_variant_have_their_origins_too():
    rules = {path: rules for paths, rules, _ in Places(SMALL).computed() for path in paths}
    expected = ("generate_data", "predict_distance")
    assert rules["here/variants/other/predicted.parquet"] == expected


def test_a_step_without_experiments_is_left_out():
    places = Places(SMALL)
    assert "scale" not in places.measured
    assert "scale" not in places.fitted
    assert places.measured["step7"][:3] == [
        "here/measured.parquet",
        "here/variants/other/measured.parquet",
        "here/beyond/erf/measured.parquet",
    ]


@EVERY_STUDY
def test_every_table_that_is_read_is_computed_or_made_from_others(places):
    computed = [path for tables, _, _ in places.computed() for path in tables]
    made = dict(places.made_from())
    assert len(computed) == len(set(computed))
    assert made.keys() & set(computed) == set(places.of_every_experiment("measured"))
    there = {*computed, *made}
    for path, others in made.items():
        assert set(others) <= there - {path}, path
    for page in ("index", *places.pages):
        inputs = places.page_inputs(page)
        tables = {path for path in inputs.values() if isinstance(path, str)}
        assert tables | set(inputs["tables"]) <= there, page
        if not places.predicted:
            assert not tables & {places.table("predicted"), places.table("predicted_points")}


@EVERY_STUDY
def test_no_table_is_made_from_itself_by_way_of_others(places):
    waiting = {path: set(others) for path, others in places.made_from()}
    while waiting:
        free = {path for path, others in waiting.items() if not others & waiting.keys()}
        assert free, sorted(waiting)
        waiting = {path: others for path, others in waiting.items() if path not in free}


@EVERY_STUDY
def test_the_numbers_of_all_steps_are_collected_once(places):
    paths = places.all_measured
    assert len(paths) == len(set(paths))
    assert set(paths) == {path for step in places.measured.values() for path in step}
    assert set(places.fitted) <= places.measured.keys()
