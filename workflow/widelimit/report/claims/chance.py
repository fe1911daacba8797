"""How often chance makes a verdict "yes": where the statement is true, and where it is not.

The numbers of a study are shifted (slopes, means) or scaled (medians, ratios) so that the statement
is exactly true, or lies on one of its limits; seeds are drawn anew from these, with replacement,
and each draw is judged as the study is (the bootstrap: Efron & Tibshirani 1993, chapter 6).
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

import numpy as np

from widelimit.measure.slopes import REJECTED
from widelimit.report.claims import intervals
from widelimit.report.claims.claim import ERRORS, MEANS, MEDIANS, RATIOS, SLOPES, Claim

DRAWS = 1000


class Sample(NamedTuple):
    """What a study measured of one value that is judged.

    name   : of its networks; those of one name are drawn anew together
    widths, values : of each network (n,); of ERRORS the value and its standard error
    """

    name: str
    widths: np.ndarray
    values: np.ndarray


def chances(claim: Claim, samples: Iterable[Sample]) -> tuple[float, float]:
    """Chance of "yes" when all values are claim.truth, and when one of them is at a limit.

    The second is the largest over values and limits. Both NaN if no chance is in the claim, or
    nothing was measured.
    """
    # What is 0 in every network, as distances at step 0, is so without chance.
    samples = [s for s in samples if len(s.values) > 1 and np.any(s.values)]
    if claim.truth is None or not samples:
        return math.nan, math.nan
    ends = [end for end in (claim.low, claim.high) if math.isfinite(end)]
    together = np.all([_yes(claim, sample, claim.truth) for sample in samples], axis=0)
    alone = [_yes(claim, sample, end).mean() for sample in samples for end in ends]
    return float(together.mean()), float(max(alone))


def _yes(claim: Claim, sample: Sample, truth: float) -> np.ndarray:
    """Whether each draw (DRAWS,) is within the limits when this value is in truth so much."""
    rng = np.random.default_rng(crc32(sample.name.encode()))
    estimate, fits = JUDGED[claim.kind](sample, truth, rng)
    return fits & (estimate.low >= claim.low) & (estimate.high <= claim.high)


def _slopes(sample: Sample, truth: float, rng) -> tuple[intervals.Interval, np.ndarray]:
    """Draws whose line is rejected by chance count as not borne out."""
    x, y = np.log2(sample.widths), np.log2(sample.values)
    drawn = np.empty((DRAWS, len(y)))
    for here in _places(sample.widths):
        scatter = y[here] - y[here].mean()
        drawn[:, here] = truth * x[here] + _again(scatter * _unbiased(len(scatter)), rng)
    estimate, lack = intervals.slope(x, drawn)
    return estimate, lack >= REJECTED


def _means(sample: Sample, truth: float, rng):
    scatter = (sample.values - sample.values.mean()) * _unbiased(len(sample.values))
    return intervals.mean(truth + _again(scatter, rng)), True


def _medians(sample: Sample, truth: float, rng):
    return intervals.median(_again(sample.values * truth / np.median(sample.values), rng)), True


def _ratios(sample: Sample, truth: float, rng):
    size = np.sqrt(np.mean(sample.values**2))
    return intervals.root_mean_square(_again(sample.values * truth / size, rng)), True


def _errors(sample: Sample, truth: float, rng):
    """The value is taken as normal, with the standard error measured."""
    _, error = sample.values
    value = truth + error * rng.standard_normal(DRAWS)
    return intervals.Interval(value, value - 2 * error, value + 2 * error), True


JUDGED = {SLOPES: _slopes, MEANS: _means, MEDIANS: _medians, RATIOS: _ratios, ERRORS: _errors}


def _places(widths: np.ndarray) -> Iterator[np.ndarray]:
    return (np.flatnonzero(widths == width) for width in np.unique(widths))


def _again(values: np.ndarray, rng) -> np.ndarray:
    """Draws with replacement, (DRAWS, n)."""
    return values[rng.integers(len(values), size=(DRAWS, len(values)))]


def _unbiased(n: int) -> float:
    """Makes the spread of draws that of the population: about their own mean n values scatter by
    less."""
    return math.sqrt(n / max(n - 1, 1))
