"""A statement of the report, and whether the numbers that a study measured for it bear it out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

HOLDS, FAILS, OPEN, MISSING = "yes", "no", "open", "not measured"
"""The verdicts. open: a fitted slope lies beyond the limits, but its interval reaches into them."""

LAST = "last"


@dataclass(frozen=True)
class Claim:
    """One statement, and within which limits every value of a metric must lie for it to hold.

    statement  : one sentence, plain text
    metric     : as in metrics.parquet
    experiment : as in metrics.parquet; with "/" at its end all that begin so
    test       : where it is tested, <file under tests/>::<function>
    low, high  : limits, both included
    slope      : the limits are for the slopes of the metric over the widest widths
    widest     : they are for its medians over seeds at the widest width
    step       : only values after so many steps of gradient descent, or those at the LAST
    """

    statement: str
    metric: str
    experiment: str
    test: str
    low: float = -math.inf
    high: float = math.inf
    slope: bool = False
    widest: bool = False
    step: int | str | None = None


@dataclass(frozen=True)
class Checked:
    """A claim, the smallest and largest value measured (NaN if there is none), their number."""

    claim: Claim
    smallest: float
    largest: float
    count: int
    verdict: str


def check_claims(
    claims: Iterable[Claim], metrics: pd.DataFrame, slopes: pd.DataFrame
) -> Iterator[Checked]:
    """Each claim with its numbers from the tables METRICS and SLOPES."""
    widest = slopes[slopes["widths"] == "widest"]
    for claim in claims:
        rows = _rows(claim, widest if claim.slope else metrics)
        if claim.widest:
            rows = _medians_at_the_widest(rows)
        values = rows["slope" if claim.slope else "value"].dropna()
        if values.empty:
            yield Checked(claim, math.nan, math.nan, 0, MISSING)
        else:
            verdict = _verdict(claim, rows)
            yield Checked(claim, float(values.min()), float(values.max()), len(values), verdict)


def _rows(claim: Claim, table: pd.DataFrame) -> pd.DataFrame:
    of = table["experiment"]
    folder = claim.experiment.endswith("/")
    here = of.str.startswith(claim.experiment) if folder else of == claim.experiment
    rows = table[here & (table["metric"] == claim.metric)]
    if claim.step is None:
        return rows
    step = rows["step"].max() if claim.step == LAST else claim.step
    return rows[(rows["step"] == step).fillna(False).astype(bool)]


def _medians_at_the_widest(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["experiment", "activation", "step"]
    last = rows[rows["width"] == rows.groupby(by, dropna=False)["width"].transform("max")]
    return last.groupby(by, dropna=False)["value"].median().reset_index()


def _verdict(claim: Claim, rows: pd.DataFrame) -> str:
    if not claim.slope:
        return HOLDS if rows["value"].dropna().between(claim.low, claim.high).all() else FAILS
    if rows["slope"].between(claim.low, claim.high).all():
        return HOLDS
    reach = (rows["slope_low"] <= claim.high) & (rows["slope_high"] >= claim.low)
    return OPEN if reach.all() else FAILS
