"""The figures of learning curves."""

from functools import cache

import numpy as np
import pytest
from figure_checks import check_figure, short, take

from table_checks import where
from widelimit.measure.learning_curves import measure
from widelimit.report.figures import (
    learning_curves,
    learning_direction,
    learning_shares,
    learning_theory,
)
from widelimit.study.config import load_study
from widelimit.study.measurements import MEASUREMENTS

MODULES = [learning_curves, learning_shares, learning_theory, learning_direction]
CASES = {
    "full": {"dimensions": [3, 6], "sizes": [4, 8, 32], "draws": 4, "n_test": 20},
    "smallest": {"dimensions": [2], "sizes": [1, 2], "degrees": [0], "draws": 2, "n_test": 1},
    "many": {"dimensions": [3, 4, 5, 6], "degrees": [0, 1, 2, 3, 10], "draws": 2, "ridge": 0.1},
}


@cache
def tables(case):
    networks = {"width": 16, "scales": [1, 10], "sizes": [4, 8], "draws": 2, "steps": 10}
    sizes = {f"network_{name}": value for name, value in networks.items()}
    sizes |= {"sizes": [5, 9], "n_test": 8} | CASES[case]
    study = load_study({"learning": sizes})
    return measure(**MEASUREMENTS["learning"].arguments(study))


@pytest.mark.parametrize("module", MODULES, ids=short)
@pytest.mark.parametrize("case", CASES)
def test_each_figure_is_readable(module, case):
    check_figure(module, take(module, tables(case)))


def test_means_and_theory_are_of_one_place():
    made = tables("full")
    table = learning_curves.summarise(made["errors"], made["theory"])
    place = {"dimension": 6, "kernel": "laplace", "n_train": 8, "degree": 2}
    row = where(table, **place).iloc[0]
    draws = where(made["errors"], **place)["test_rmse"]
    assert row["mean"] == pytest.approx(np.sqrt(np.mean(draws**2)))
    assert row["theory"] == where(made["theory"].dropna(), **place)["test_rmse"].item()
    ratios = where(learning_theory.summarise(made["errors"], made["theory"]), **place)
    assert ratios["ratio"].item() == pytest.approx(row["mean"] / row["theory"])
    error = np.std(draws**2, ddof=1) / 2 / np.mean(draws**2) * ratios["ratio"].item() / 2
    assert ratios["error"].item() == pytest.approx(error)


def test_shares_are_of_the_largest_dimension_and_sum_to_1():
    table = learning_shares.summarise(tables("full")["theory"])
    assert set(table["dimension"]) == {6}
    sums = table.groupby(["kernel", "n_train"])["share"].sum()
    np.testing.assert_allclose(sums, 1, rtol=1e-12)
