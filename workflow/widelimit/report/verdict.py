"""What the statements of a report come to: how many hold, are open or fail, and where."""

import pandas as pd

HOLDS, FAILS, OPEN, MISSING = "yes", "no", "open", "not measured"
"""The verdicts, by the intervals of all values: all lie within the limits; one lies beyond them;
one straddles a limit and none lies beyond; there is no value."""

_WORDS = {
    OPEN: ("is open", "are open"),
    FAILS: ("does not hold", "do not hold"),
    MISSING: ("was not measured", "were not measured"),
}


def answer(claims: pd.DataFrame) -> str:
    """The verdict on all rows of the table CLAIMS, in a word or two."""
    verdicts = set(claims["verdict"]) - {MISSING}
    if not verdicts:
        return "not measured"
    if FAILS in verdicts:
        return "not in every respect"
    return "yes" if verdicts == {HOLDS} else "open in part"


def tally(claims: pd.DataFrame) -> str:
    """Such as: 75 of 78 statements hold, 2 are open (step 7), 1 does not hold (step 4)."""
    counts = claims["verdict"].value_counts()
    holds = counts.get(HOLDS, 0)
    parts = [f"{holds} of {len(claims)} statements hold"]
    for verdict, (one, several) in _WORDS.items():
        if count := counts.get(verdict, 0):
            where = claims.loc[claims["verdict"] == verdict, "course_step"].unique()
            steps = ", ".join(step.replace("step", "step ") for step in where)
            parts.append(f"{count} {one if count == 1 else several} ({steps})")
    return ", ".join(parts)
