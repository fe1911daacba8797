"""The measurements of steps 1 to 5, of learning curves, of classes and of a lecture: small
experiments, one job each.

A step is the function ``measure`` of its module, with arguments from the study. It gives the tables
that widelimit.tables declares for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from widelimit.study.arguments import data_arguments
from widelimit.study.config import Study
from widelimit.study.cost import (
    classes_megabytes,
    learning_megabytes,
    learning_minutes,
    random_features_megabytes,
)
from widelimit.tables import (
    classes,
    features,
    learning,
    lecture,
    linear_regression,
    regression,
    tangent,
)


@dataclass(frozen=True)
class Measurement:
    """How the workflow measures a step.

    module : of the function ``measure``
    tables : names of the tables that it gives
    arguments : of ``measure``
    megabytes, minutes : what it takes at most; a second attempt is given twice as much
    applies : whether it is made in a study
    """

    module: str
    tables: tuple[str, ...]
    arguments: Callable[[Study], Mapping[str, Any]]
    megabytes: Callable[[Study], int]
    minutes: Callable[[Study], int]
    applies: Callable[[Study], bool] = lambda study: True


def _kernels_in_general(study: Study) -> dict[str, Any]:
    return {
        "root": study.seed,
        "samples": _samples(study, study.step3, study.step3.target),
        "kernels": _kernels(study),
        **study.step2.model_dump(),
    }


def _fits(study: Study) -> dict[str, Any]:
    return {
        "samples": _samples(study, study.step3, study.step3.target),
        **_kernels(study),
        "scales": study.step3.scales,
    }


def _random_features(study: Study) -> dict[str, Any]:
    points = {"dimension", "n_train", "n_test", "noise_std"}
    return {
        "root": study.seed,
        "points": {
            "source": "sphere",
            "design": "uniform",
            "targets": [study.step4.target],
            **study.step4.model_dump(include=points),
        },
        **study.step4.model_dump(exclude=points | {"target"}),
    }


def _tangent(study: Study) -> dict[str, Any]:
    return {
        "root": study.seed,
        "samples": _samples(study, study.step5, study.step5.targets),
        "trained_activation": study.network.activation,
        **study.step5.model_dump(exclude={"n_train", "n_test", "targets"}),
    }


def _classes(study: Study) -> dict[str, Any]:
    given, data = study.classes, study.data
    sizes = {"n_train": given.n_train or data.n_train, "n_test": given.n_test or data.n_test}
    return {
        "points": {"root": study.seed, **data_arguments(data), **sizes},
        "activation": study.network.activation,
        "scales": {"gaussian": given.gaussian_scales, "laplace": given.laplace_scales},
        **given.model_dump(include={"validation", "ridges"}),
    }


def _learning(study: Study) -> dict[str, Any]:
    keys = study.learning.model_dump()
    networks = {
        name.removeprefix("network_"): keys.pop(name)
        for name in list(keys)
        if name.startswith("network_")
    }
    return {"root": study.seed, **keys, "networks": networks}


def _samples(study: Study, section: Any, target: str | list[str]) -> dict[str, Any]:
    """Arguments of data.points.generate_samples."""
    sizes = section.model_dump(include={"n_train", "n_test"})
    return {"root": study.seed, **sizes, "target": target}


def _kernels(study: Study) -> dict[str, Any]:
    """Arguments of measure.regression.fits.main_kernels."""
    scales = study.step3.model_dump(include={"gaussian_scale", "laplace_scale"})
    return {"activation": study.network.activation, **scales}


def _of(step: str, tables: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, table in tables.items() if table.path.startswith(f"{step}/"))


MEASUREMENTS = {
    "step1": Measurement(
        "widelimit.measure.linear_regression.statements",
        ("measured", *linear_regression.TABLES),
        lambda study: {"root": study.seed, **study.step1.model_dump()},
        megabytes=lambda study: 500,
        minutes=lambda study: 15,
    ),
    "step2": Measurement(
        "widelimit.measure.regression.statements",
        ("measured", *_of("step2", regression.TABLES)),
        _kernels_in_general,
        megabytes=lambda study: 500,
        minutes=lambda study: 15,
    ),
    "step3": Measurement(
        "widelimit.measure.regression.fits",
        _of("step3", regression.TABLES),
        _fits,
        megabytes=lambda study: 500,
        minutes=lambda study: 5,
    ),
    "step4": Measurement(
        "widelimit.measure.features.statements",
        ("measured", *features.TABLES),
        _random_features,
        megabytes=lambda study: random_features_megabytes(study.step4),
        minutes=lambda study: 10,
    ),
    "step5": Measurement(
        "widelimit.measure.tangent.statements",
        ("measured", "points", *tangent.TABLES),
        _tangent,
        megabytes=lambda study: 1500,
        minutes=lambda study: 30,
    ),
    "learning": Measurement(
        "widelimit.measure.learning_curves",
        ("measured", *learning.TABLES),
        _learning,
        megabytes=lambda study: learning_megabytes(study.learning),
        minutes=lambda study: learning_minutes(study.learning),
    ),
    "classes": Measurement(
        "widelimit.measure.classes",
        ("measured", *classes.TABLES),
        _classes,
        megabytes=classes_megabytes,
        minutes=lambda study: 60,
        applies=lambda study: study.data.has_classes,
    ),
    "lecture": Measurement(
        "widelimit.measure.lecture",
        tuple(lecture.TABLES),
        lambda study: {"root": study.seed, "seeds": study.network.seeds},
        megabytes=lambda study: 1000,
        minutes=lambda study: 10,
        applies=lambda study: study.data.source == "lecture",
    ),
}
"""By step; each table lies in the results directory as <step>/<name>.parquet."""


def measurements_of(study: Study) -> dict[str, Measurement]:
    """Those that are made in a study."""
    return {step: each for step, each in MEASUREMENTS.items() if each.applies(study)}
