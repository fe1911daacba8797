"""A statement of the report, and whether the numbers that a study measured for it bear it out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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
    kind       : VALUES, SLOPES, WIDEST or RATIOS of the metric
    step       : only values after so many steps of gradient descent, or those at the LAST
    """

    statement: str
    metric: str
    experiment: str
    test: str
    low: float = -math.inf
    high: float = math.inf
    kind: str = VALUES
    step: int | str | None = None


def check_claims(
    claims: Iterable[Claim], metrics: pd.DataFrame, slopes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The columns of the table CLAIMS, but for the course's step, from the tables METRICS and
    SLOPES; a row a claim."""
    return pd.DataFrame([_checked(claim, metrics, slopes) for claim in claims])


def _checked(claim: Claim, metrics: pd.DataFrame, slopes: pd.DataFrame | None) -> dict[str, Any]:
    measured = _measured(claim, metrics, slopes).dropna(subset="value")
    return {
        "statement": claim.statement,
        "metric": claim.metric,
        "experiment": claim.experiment,
        "kind": claim.kind,
        "step": None if claim.step is None else str(claim.step),
        "low": math.nan if math.isinf(claim.low) else claim.low,
        "high": math.nan if math.isinf(claim.high) else claim.high,
        "smallest": measured["value"].min(),
        "largest": measured["value"].max(),
        "interval_low": measured["low"].min(),
        "interval_high": measured["high"].max(),
        "count": len(measured),
        "verdict": _verdict(claim, measured),
        "test": claim.test,
    }


def _measured(claim: Claim, metrics: pd.DataFrame, slopes: pd.DataFrame | None) -> pd.DataFrame:
    """What the limits are for (value), and the ends of the intervals of slopes (low, high)."""
    if claim.kind == SLOPES:
        fits = _rows(claim, slopes[slopes["widths"] == "widest"])
        return fits[["slope", "slope_low", "slope_high"]].set_axis(["value", "low", "high"], axis=1)
    values = TAKEN[claim.kind](_rows(claim, metrics).dropna(subset="value"))
    return pd.DataFrame({"value": values, "low": math.nan, "high": math.nan})


def _rows(claim: Claim, table: pd.DataFrame) -> pd.DataFrame:
    names = table["experiment"]
    folder = claim.experiment.endswith("/")
    here = names.str.startswith(claim.experiment) if folder else names == claim.experiment
    rows = table[here & (table["metric"] == claim.metric)]
    if claim.step is None:
        return rows
    step = rows["step"].max() if claim.step == LAST else claim.step
    return rows[(rows["step"] == step).fillna(False).astype(bool)]


_BY = ["experiment", "activation", "step"]


def _medians(rows: pd.DataFrame) -> pd.Series:
    """Over seeds, by _BY and, the last level, width."""
    return rows.groupby([*_BY, "width"], dropna=False)["value"].median()


def _at_the_widest(rows: pd.DataFrame) -> pd.Series:
    return _medians(rows).groupby(level=_BY, dropna=False).last()


def _ratios(rows: pd.DataFrame) -> pd.Series:
    medians = _medians(rows)
    return medians / medians.groupby(level=_BY, dropna=False).shift()


TAKEN = {VALUES: lambda rows: rows["value"], WIDEST: _at_the_widest, RATIOS: _ratios}


def _verdict(claim: Claim, measured: pd.DataFrame) -> str:
    if measured.empty:
        return MISSING
    if measured["value"].between(claim.low, claim.high).all():
        return HOLDS
    reach = (measured["low"] <= claim.high) & (measured["high"] >= claim.low)
    return OPEN if reach.all() else FAILS
