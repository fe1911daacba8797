import math

import pandas as pd
import pytest

from widelimit.claims import STEP4, Claim, check_claims
from widelimit.schemas import METRIC_MEANINGS
from widelimit.summaries import SLOPE_METRICS

METRICS = pd.DataFrame(
    [["step4", "a", 0.5], ["step4", "a", 2.0], ["step4", "b", math.nan], ["step7", "a", 99.0]],
    columns=["experiment", "metric", "value"],
)
SLOPES = pd.DataFrame(
    [
        ["step4", "a", "widest", -0.4],
        ["step4", "a", "all", -7.0],
        ["step4", "a", "widest", -0.6],
        ["step7", "a", "widest", 3.0],
    ],
    columns=["experiment", "metric", "widths", "slope"],
)


def check(**claim):
    return list(check_claims([Claim("s", **claim)], "step4", METRICS, SLOPES))


@pytest.mark.parametrize(
    "limits, holds",
    [
        ({"low": 0.5, "high": 2.0}, True),
        ({"low": 0.6}, False),
        ({"high": 1.9}, False),
        ({}, True),
    ],
)
def test_every_value_must_lie_within_the_limits(limits, holds):
    (checked,) = check(metric="a", **limits)
    assert (checked.smallest, checked.largest, checked.count) == (0.5, 2.0, 2)
    assert checked.holds is holds


def test_slopes_are_those_of_the_widest_widths():
    (checked,) = check(metric="a", slope=True, low=-0.6, high=-0.4)
    assert (checked.smallest, checked.largest) == (-0.6, -0.4)
    assert checked.holds


def test_what_was_not_measured_is_left_out():
    assert check(metric="b") == check(metric="c") == []


def test_the_claims_speak_of_metrics_that_exist():
    for claim in STEP4:
        assert claim.metric in METRIC_MEANINGS
        assert claim.slope <= (claim.metric in SLOPE_METRICS)
        assert claim.low > -math.inf or claim.high < math.inf
    assert len({claim.metric for claim in STEP4}) == len(STEP4)
