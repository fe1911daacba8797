"""Studies whose figures are looked at."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from figure_checks import make_study, with_variant

SMALLEST = {"widths": (64,), "seeds": 1, "steps": (0, 10), "n_train": 5, "n_test": 12}
TWO = SMALLEST | {"widths": (16, 64), "seeds": 2}
"""Of slopes with an interval, but too few widths to test the line."""


PLAIN = {"full", "shipped", "small", "two", "beyond", "exponents", "classes", "lecture"}
"""The studies whose figures every run of the tests looks at; those of others are slow."""


STEP7 = {"test_step7", "test_sliders", "test_distance_figures"}
"""Modules that look at the studies below."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        # Studies are made once: by the one process that runs what looks at them.
        group = "step7 figures" if item.path.stem in STEP7 else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
        drawn = "readable" in item.name and "[" in item.name
        if drawn and not PLAIN & set(item.callspec.id.split("-")):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def full():
    return with_variant(make_study(), make_study(dimension=1))


@pytest.fixture(scope="session")
def smallest():
    return with_variant(make_study(**SMALLEST), make_study(**SMALLEST, dimension=1))


@pytest.fixture(scope="session")
def two():
    return with_variant(make_study(**TWO), make_study(**TWO, dimension=1))


@pytest.fixture(scope="session")
def diverged():
    """Gradient descent has left the range of numbers before its last step."""
    study = make_study(steps=(0, 1, 10, 100))
    study["predictions"].loc[study["predictions"]["step"] == 100, "f"] = np.nan
    study["theory"].loc[study["theory"]["step"] == 100, ["mean", "std"]] = np.nan
    study["metrics"] = study["metrics"][study["metrics"]["step"].fillna(0) < 100]
    return with_variant(study, study)


@pytest.fixture(scope="session")
def sphere():
    study = make_study(dimension=4, widths=(64, 256), steps=(0, 10, 100))
    return with_variant(study, make_study(dimension=1, widths=(64, 256), steps=(0, 10, 100)))


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
