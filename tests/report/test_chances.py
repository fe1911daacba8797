"""Intervals and the chance of verdicts, against theory where numbers are normal."""

import numpy as np
import pytest

from widelimit.measure.slopes import fit_slope
from widelimit.report.claims import Claim, intervals
from widelimit.report.claims.chance import Sample, chances
from widelimit.report.claims.claim import ERRORS, MEANS, MEDIANS, RATIOS, SLOPES, VALUES

WIDTHS = np.repeat([16.0, 64.0, 256.0, 1024.0], 10)
RNG = np.random.default_rng(0)


def claim(kind, **limits):
    return Claim("s", "m", "e", test="t", reason="r", kind=kind, **limits)


def power_law(slope, scatter):
    return WIDTHS**slope * np.exp(scatter * np.random.default_rng(1).standard_normal(40))


def test_slopes_are_those_that_the_study_fits():
    draws = np.stack([power_law(-0.5, 0.3), power_law(-1, 0.1), WIDTHS ** -np.log2(WIDTHS) / 9])
    draws[2] *= np.exp(0.1 * RNG.standard_normal(40))
    interval, lack = intervals.slope(np.log2(WIDTHS), np.log2(draws))
    for place, values in enumerate(draws):
        fit = fit_slope(WIDTHS, values)
        found = [interval.value[place], interval.low[place], interval.high[place], lack[place]]
        expected = [fit[name] for name in ("slope", "slope_low", "slope_high", "lack_of_fit")]
        np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize("n, kind", [(10, intervals.mean), (10, intervals.median)])
def test_intervals_hold_the_truth_as_often_as_they_say(n, kind):
    """0.95 for Student's; 0.979 for order statistics 2 and 9 of ten."""
    expected = {intervals.mean: 0.95, intervals.median: 1 - 22 / 2**10}[kind]
    drawn = kind(RNG.standard_normal((20_000, n)))
    covered = np.mean((drawn.low <= 0) & (drawn.high >= 0))
    assert covered == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 20_000))


def test_root_mean_squares_cover_too():
    drawn = intervals.root_mean_square(RNG.standard_normal((5_000, 100)))
    assert np.mean((drawn.low <= 1) & (drawn.high >= 1)) == pytest.approx(0.94, abs=0.02)


@pytest.mark.parametrize(
    "kind, values, truth, narrow, wide",
    [
        (SLOPES, power_law(-0.5, 0.3), -0.5, 0.02, 0.2),
        (MEANS, 3 + 0.1 * RNG.standard_normal(40), 1.0, 0.02, 0.2),
        (MEDIANS, 3 + 0.1 * RNG.standard_normal(40), 1.0, 0.005, 0.2),
        (RATIOS, 1 + 0.1 * RNG.standard_normal(40), 1.0, 0.005, 0.2),
        (ERRORS, np.array([5.0, 0.05]), 1.0, 0.05, 0.3),
    ],
)
def test_wide_limits_are_met_for_certain_and_narrow_ones_never(kind, values, truth, narrow, wide):
    """Whatever the study measured: only its scatter counts."""
    sample = Sample("it", WIDTHS[: len(values)], values)
    for margin, certain in ((narrow, False), (wide, True)):
        limits = claim(kind, low=truth - margin, high=truth + margin, truth=truth)
        true, false = chances(limits, [sample])
        assert (true > 0.99) if certain else (true < 0.05)
        assert false < 0.09


def test_several_values_are_drawn_together_or_alone():
    one = Sample("a", WIDTHS, power_law(-0.5, 0.45))
    limits = claim(SLOPES, low=-0.62, high=-0.38, truth=-0.5)
    single, _ = chances(limits, [one])
    same, _ = chances(limits, [one, one])
    apart, _ = chances(limits, [one, one._replace(name="b")])
    assert 0.2 < single < 0.9
    assert same == single
    assert apart == pytest.approx(single**2, abs=0.06)


def test_where_chance_has_no_part_there_is_none():
    assert np.isnan(chances(claim(VALUES, high=1), [])).all()
    assert np.isnan(chances(claim(MEDIANS, high=1, truth=0.5), [])).all()
    zero = Sample("it", WIDTHS, 0 * WIDTHS)
    assert np.isnan(chances(claim(MEDIANS, high=1, truth=0.5), [zero])).all()
