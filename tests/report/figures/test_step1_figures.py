import numpy as np
import pytest
from figure_checks import check_figure, short, take

from widelimit.measure.linear_regression.statements import measure
from widelimit.report.figures import step1_directions, step1_regimes, step1_span, step1_threshold
from widelimit.report.figures.descent_axes import CEILING, FLOOR, clipped
from widelimit.report.figures.looks import REGIMES
from widelimit.report.numbers import number

MODULES = [step1_threshold, step1_directions, step1_span, step1_regimes]
SMALL = {
    "root": 2,
    "dimension": 6,
    "condition_numbers": [1, 10],
    "condition_number": 5,
    "steps": 100,
    "draws": 1,
}
STUDIES = {
    "small": {},
    "smallest": {"dimension": 4, "condition_numbers": [1], "condition_number": 1, "steps": 20},
    "five spectra": {"condition_numbers": [1, 3, 1e2, 1e4, 1e6], "condition_number": 1e6},
    "one": {"condition_numbers": [1e6], "dimension": 9, "condition_number": 2.5, "steps": 777},
}


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return measure(**(SMALL | STUDIES[request.param]))


@pytest.fixture(scope="module")
def small():
    return measure(**SMALL)


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_figures_are_readable(module, study):
    check_figure(module, take(module, study))


def test_the_threshold_counts_runs_on_both_sides(small):
    table = take(step1_threshold, small)
    last = table[table["step"] == 100]
    rates = last["relative_learning_rate"]
    inside = last[(rates > 0) & (rates < 2)]
    text = step1_threshold.finding(table)
    assert f"{len(inside)} of {len(inside)} runs with 0 < ησ₁² < 2 are nearer" in text
    assert "for all 4 spectra" in text
    # Said as it is measured: one run that is farther away is not counted.
    off = table.copy()
    off.loc[inside.index[0], "distance"] = 7.0
    assert f"{len(inside) - 1} of {len(inside)} runs with 0 <" in step1_threshold.finding(off)
    off["upper"] = 2.25
    assert "and 0.25 of 2" in step1_threshold.finding(off)


def test_the_second_panel_has_the_second_spectrum(small):
    assert step1_threshold._second(take(step1_threshold, small)) == "condition 10"


def test_directions_keep_the_first_and_the_last(small):
    table = take(step1_directions, small)
    assert set(table["direction"]) >= {1, 6}
    assert table["direction"].nunique() == step1_directions.CURVES
    last = table[(table["step"] == 100) & (table["relative_learning_rate"] == 2.02)]
    first = last.loc[last["direction"] == 1, "distance"].item()
    assert first == pytest.approx(1.02**100, rel=1e-6)
    assert f"{number(first, 2)} along the first" in step1_directions.finding(table)


def test_the_span_tells_both_starts_apart(small):
    table = take(step1_span, small)
    regimes = small["regimes"]
    many = regimes[regimes["regime"].isin(["underdetermined", "deficient"])]
    largest = many.loc[many["start"] == "zero", "outside"].max()
    last = many[many["step"] == 100]
    ends = {start: rows["distance"] for start, rows in last.groupby("start")}
    text = step1_span.finding(table)
    assert f"never exceeds {number(largest, 2)};" in text
    assert f"at {number(ends['zero'].max(), 2)} or less from 0" in text
    assert f"at {number(ends['elsewhere'].min(), 2)} or more from elsewhere" in text
    assert set(table.loc[table["quantity"] == "plane", "start"]) == {"0", "1", "2", "3"}


def test_regimes_quote_what_the_loss_must_be(small):
    table = take(step1_regimes, small)
    assert list(table["regime"].unique()) == list(REGIMES)
    last = table[(table["step"] == 100) & (table["regime"] == "overdetermined")].iloc[0]
    loss, least = (number(last[name], 2) for name in ("loss", "least_loss"))
    assert f"{loss} (n > d; it must be {least})" in step1_regimes.finding(table)
    assert step1_regimes.finding(table).count("it must be 0)") == 2
    assert "n < d (n = 3, d = 6, rank 3)" in step1_regimes.caption(table)


def test_lines_leave_the_panel_where_they_diverge_or_vanish():
    drawn = clipped([0.0, 1e-30, 0.5, 1e300, np.inf])
    assert drawn[2] == 0.5
    assert (drawn[:2] < FLOOR).all()
    assert (drawn[3:] > CEILING).all()
