"""What the steps are told is what their functions take; what they declare is what they give."""

import inspect
from importlib import import_module
from itertools import chain

import pytest

from checkout import ROOT
from table_checks import check_tables
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.measure.slope_metrics import SLOPE_METRICS
from widelimit.study.config import load_study, read_configs
from widelimit.study.measurements import MEASUREMENTS
from widelimit.tables.schemas import METRICS

TINY = load_study(read_configs([str(ROOT / "config.yaml"), str(ROOT / "studies/tiny.yaml")]))
QUICK = TINY.model_copy(
    update={
        "step2": TINY.step2.model_copy(update={"degrees": [2], "steps": 5, "draws": 1}),
        "step4": TINY.step4.model_copy(
            update={"activations": ["relu"], "widths": [8], "steps": 5, "seeds": 1}
        ),
        "step5": TINY.step5.model_copy(
            update={"activations": ["erf"], "widths": [8, 16], "training_widths": [8], "seeds": 1}
        ),
    }
)
IRIS = load_study({"data": {"source": "iris", "n_train": 20, "n_test": 130}, "variants": {}})


def study_with(step):
    return IRIS if step == "classes" else QUICK


@pytest.mark.parametrize("step", MEASUREMENTS)
def test_a_step_gives_the_tables_that_it_declares(step, tmp_path):
    """And of its numbers each has a meaning and a value, and those that fall with the width have
    their slopes fitted."""
    measurement = MEASUREMENTS[step]
    module = import_module(measurement.module)
    tables = module.measure(**measurement.arguments(study_with(step)))
    assert set(tables) == set(measurement.tables)
    kinds = module.TABLES | {"measured": METRICS}
    assert all(len(table) for table in tables.values())
    # Points have as many columns as inputs and targets, and bring their own schema.
    assert tables.keys() - kinds.keys() <= {"points"}
    for name in tables.keys() & kinds.keys():
        check_tables({name: tables[name]}, {name: kinds[name]}, tmp_path)
        assert name == "measured" or kinds[name].path == f"{step}/{name}.parquet"
    if "measured" in tables:
        metrics = set(tables["measured"]["metric"])
        assert metrics <= set(METRIC_MEANINGS)
        assert metrics & set(chain(*SLOPE_METRICS.values())) == set(SLOPE_METRICS.get(step, ()))
        assert tables["measured"]["value"].notna().all()


@pytest.mark.parametrize("step", [step for step in MEASUREMENTS if hasattr(TINY, step)])
def test_every_key_of_a_section_is_told(step):
    """Whatever is changed in a step's section of config.yaml reaches the step."""
    study = study_with(step)
    section = getattr(study, step)
    told = str(MEASUREMENTS[step].arguments(study))
    for name, value in section.model_dump().items():
        changed = section.model_copy(update={name: another(value)})
        other = study.model_copy(update={step: changed})
        assert str(MEASUREMENTS[step].arguments(other)) != told, name


def another(value):
    match value:
        case list():
            return value * 2
        case str():
            return f"{value} + 1"
        case None:
            return 1
    return value + 1


@pytest.mark.parametrize("step", MEASUREMENTS)
def test_memory_and_time_are_asked_for(step):
    measurement = MEASUREMENTS[step]
    assert 100 <= measurement.megabytes(TINY) <= 4000
    assert 1 <= measurement.minutes(TINY) <= 60


def test_the_module_of_a_step_says_what_it_takes():
    for measurement in MEASUREMENTS.values():
        assert inspect.getdoc(import_module(measurement.module).measure)
