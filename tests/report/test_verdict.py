"""What the statements of a report come to."""

import pandas as pd
import pytest

from widelimit.report.verdict import answer, tally


def claims(**verdicts: str) -> pd.DataFrame:
    rows = [(step, verdict) for step, found in verdicts.items() for verdict in found.split(",")]
    return pd.DataFrame(rows, columns=["course_step", "verdict"])


@pytest.mark.parametrize(
    "verdicts, short, long",
    [
        ({"step1": "yes,yes", "step7": "yes"}, "yes", "3 of 3 statements hold"),
        ({"step1": "yes"}, "yes", "1 of 1 statements hold"),
        (
            {"step1": "open,open", "step7": "yes,open"},
            "open in part",
            "1 of 4 statements hold, 3 are open (step 1, step 7)",
        ),
        (
            {"step4": "yes,no", "step7": "open,not measured"},
            "not in every respect",
            "1 of 4 statements hold, 1 is open (step 7), 1 does not hold (step 4),"
            " 1 was not measured (step 7)",
        ),
        (
            {"step7": "yes,not measured"},
            "yes",
            "1 of 2 statements hold, 1 was not measured (step 7)",
        ),
        (
            {"step7": "not measured"},
            "not measured",
            "0 of 1 statements hold, 1 was not measured (step 7)",
        ),
    ],
)
def test_the_verdict_in_words(verdicts, short, long):
    assert answer(claims(**verdicts)) == short
    assert tally(claims(**verdicts)) == long
