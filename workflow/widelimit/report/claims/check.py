"""A statement of the report, and whether the numbers that a study measured for it bear it out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

HOLDS, FAILS, OPEN, MISSING = "yes", "no", "open", "not measured"
"""The verdicts. open: a fitted slope lies beyond the limits, but its interval reaches into them."""

VALUES, SLOPES, WIDEST, RATIOS = "values", "slopes", "widest", "ratios"
"""What of a metric the limits are for:
every value; its fitted slopes over the widest widths; its medians over seeds at the widest width;
its median at each width / that at the next smaller one."""

LAST = "last"


@dataclass(frozen=True)
class Claim:
    """One statement, and within which limits every value of a metric must lie for it to hold.

    statement  : one sentence, plain text
    metric     : as in metrics.parquet
    experiment : as in metrics.parquet; with "/" at its end all that begin so
    test       : where it is tested, <file under tests/>::<function>
    low, high  : limits, both included
    of         : VALUES, SLOPES, WIDEST or RATIOS of the metric
    step       : only values after so many steps of gradient descent, or those at the LAST
    """

    statement: str
    metric: str
    experiment: str
    test: str
    low: float = -math.inf
    high: float = math.inf
    of: str = VALUES
    step: int | str | None = None


@dataclass(frozen=True)
class Checked:
    """A claim, the smallest and largest value measured (NaN if there is none), their number.

    low, high : the outermost ends of the slopes' 95 % intervals; otherwise the values themselves
    """

    claim: Claim
    smallest: float
    largest: float
    low: float
    high: float
    count: int
    verdict: str


def check_claims(
    claims: Iterable[Claim], metrics: pd.DataFrame, slopes: pd.DataFrame
) -> Iterator[Checked]:
    """Each claim with its numbers from the tables METRICS and SLOPES."""
    for claim in claims:
        if claim.of == SLOPES:
            rows = _rows(claim, slopes[slopes["widths"] == "widest"])
            found = rows[["slope", "slope_low", "slope_high"]].set_axis(INTERVAL, axis="columns")
        else:
            values = OF[claim.of](_rows(claim, metrics).dropna(subset="value"))
            found = pd.DataFrame(dict.fromkeys(INTERVAL, values))
        found = found.dropna(subset="value")
        yield Checked(
            claim,
            smallest=float(found["value"].min()),
            largest=float(found["value"].max()),
            low=float(found["low"].min()),
            high=float(found["high"].max()),
            count=len(found),
            verdict=_verdict(claim, found),
        )


def _rows(claim: Claim, table: pd.DataFrame) -> pd.DataFrame:
    of = table["experiment"]
    folder = claim.experiment.endswith("/")
    here = of.str.startswith(claim.experiment) if folder else of == claim.experiment
    rows = table[here & (table["metric"] == claim.metric)]
    if claim.step is None:
        return rows
    step = rows["step"].max() if claim.step == LAST else claim.step
    return rows[(rows["step"] == step).fillna(False).astype(bool)]


INTERVAL = ["value", "low", "high"]
_BY = ["experiment", "activation", "step"]


def _medians(rows: pd.DataFrame) -> pd.Series:
    """Over seeds, by _BY and, the last level, width."""
    return rows.groupby([*_BY, "width"], dropna=False)["value"].median()


def _at_the_widest(rows: pd.DataFrame) -> pd.Series:
    return _medians(rows).groupby(level=_BY, dropna=False).last()


def _ratios(rows: pd.DataFrame) -> pd.Series:
    medians = _medians(rows)
    return medians / medians.groupby(level=_BY, dropna=False).shift()


OF = {VALUES: lambda rows: rows["value"], WIDEST: _at_the_widest, RATIOS: _ratios}


def _verdict(claim: Claim, found: pd.DataFrame) -> str:
    if found.empty:
        return MISSING
    if found["value"].between(claim.low, claim.high).all():
        return HOLDS
    reach = (found["low"] <= claim.high) & (found["high"] >= claim.low)
    return OPEN if reach.all() else FAILS
