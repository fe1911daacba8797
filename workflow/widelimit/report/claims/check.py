"""Statements of the report beside the numbers that a study measured for them: the verdicts."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from widelimit.measure.slopes import REJECTED
from widelimit.report.claims import intervals
from widelimit.report.claims.chance import Sample, chances
from widelimit.report.claims.claim import (
    ERRORS,
    LAST,
    MEANS,
    MEDIANS,
    RATIOS,
    SLOPES,
    VALUES,
    Claim,
)
from widelimit.report.verdict import FAILS, HOLDS, MISSING, OPEN

_BY = ["experiment", "activation", "step"]
_INTERVALS = {
    MEANS: intervals.mean,
    MEDIANS: intervals.median,
    RATIOS: intervals.root_mean_square,
    ERRORS: lambda pair: intervals.Interval(pair[0], pair[0] - 2 * pair[1], pair[0] + 2 * pair[1]),
}


def check_claims(
    claims: Iterable[Claim], metrics: pd.DataFrame, slopes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The columns of the table CLAIMS, but for the course's step, from the tables METRICS and
    SLOPES; a row a claim. Raises ValueError for a claim on slopes where these are None."""
    claims = list(claims)
    for claim in claims:
        if claim.kind == SLOPES and slopes is None:
            raise ValueError(f"slopes must be given to check {claim.statement!r}; got None")
    return pd.DataFrame([_checked(claim, metrics, slopes) for claim in claims])


def _checked(claim: Claim, metrics: pd.DataFrame, slopes: pd.DataFrame | None) -> dict[str, Any]:
    samples = [] if claim.kind == VALUES else list(_samples(claim, metrics, slopes))
    if claim.kind == SLOPES:
        measured = _fitted(claim, slopes)
    elif claim.kind == VALUES:
        values = _rows(claim, metrics)["value"].dropna()
        measured = pd.DataFrame({"value": values, "low": values, "high": values})
    else:
        rows = [_INTERVALS[claim.kind](sample.values) for sample in samples]
        measured = pd.DataFrame(rows, columns=["value", "low", "high"], dtype=float)
    chance = claim.kind != VALUES
    true, false = chances(claim, samples)
    return {
        "statement": claim.statement,
        "metric": claim.metric,
        "experiment": claim.experiment,
        "kind": claim.kind,
        "step": None if claim.step is None else str(claim.step),
        "low": math.nan if math.isinf(claim.low) else claim.low,
        "high": math.nan if math.isinf(claim.high) else claim.high,
        "reason": claim.reason,
        "smallest": measured["value"].min(),
        "largest": measured["value"].max(),
        "interval_low": measured["low"].min() if chance else math.nan,
        "interval_high": measured["high"].max() if chance else math.nan,
        "count": len(measured),
        "rejected": int(measured["local"].sum()) if "local" in measured else 0,
        "verdict": _verdict(claim, measured),
        "truth": math.nan if claim.truth is None else claim.truth,
        "chance_if_true": true,
        "chance_if_false": false,
        "test": claim.test,
    }


def _verdict(claim: Claim, measured: pd.DataFrame) -> str:
    if measured.empty:
        return MISSING
    low, high = measured["low"], measured["high"]
    if ((low >= claim.low) & (high <= claim.high)).all():
        return HOLDS
    beyond = (high < claim.low) | (low > claim.high)
    return FAILS if beyond.any() else OPEN


def _rows(claim: Claim, table: pd.DataFrame, metric: str | None = None) -> pd.DataFrame:
    """What the table has of the metric, or of another one, where the claim speaks of it."""
    names = table["experiment"]
    folder = claim.experiment.endswith("/")
    here = names.str.startswith(claim.experiment) if folder else names == claim.experiment
    if claim.activations is not None:
        here &= table["activation"].isin(claim.activations)
    rows = table[here & (table["metric"] == (metric or claim.metric))]
    if claim.step is None:
        return rows
    step = rows["step"].max() if claim.step == LAST else claim.step
    return rows[(rows["step"] == step).fillna(False).astype(bool)]


def _fitted(claim: Claim, slopes: pd.DataFrame) -> pd.DataFrame:
    """The slopes with their intervals; local ones in place of those whose line is rejected."""
    fits = _rows(claim, slopes)
    local = fits[fits["widths"] == "local"]
    rows = []
    for fit in fits[fits["widths"] == claim.widths].itertuples():
        rejected = fit.lack_of_fit < REJECTED
        within = local["smallest_width"].ge(fit.smallest_width)
        within &= local["largest_width"].le(fit.largest_width)
        for name in _BY:
            within &= local[name].eq(getattr(fit, name)) | (pd.isna(getattr(fit, name)))
        chosen = local[within].itertuples() if rejected else [fit]
        rows += [(row.slope, row.slope_low, row.slope_high, rejected) for row in chosen]
    return pd.DataFrame(rows, columns=["value", "low", "high", "local"])


def _samples(claim: Claim, metrics: pd.DataFrame, slopes: pd.DataFrame | None) -> Iterator[Sample]:
    """Of each experiment, activation and step, what the intervals are computed from."""
    needed = ["value"] if claim.kind == ERRORS else ["value", "width"]
    rows = _rows(claim, metrics).dropna(subset=needed)
    by = _BY
    if claim.least_width is not None:
        rows = rows[(rows["width"] >= claim.least_width).fillna(False).astype(bool)]
        by = [*_BY, "width"] if claim.kind == ERRORS else _BY
    if claim.kind == SLOPES:
        fits = _rows(claim, slopes)
        beside = fits[fits["widths"] == claim.widths]
    elif claim.kind in (ERRORS, RATIOS):
        beside = _rows(claim, metrics, claim.theory or f"{claim.metric}_error")
    else:
        beside = rows
    beside = dict(_groups(beside, by))
    for key, group in _groups(rows, by):
        if key in beside:
            widths, values = _SAMPLED[claim.kind](group, beside[key])
            if len(values):
                # Those of all steps are drawn together: they are the same networks.
                name = (*key[:2], *key[len(_BY) :])
                yield Sample(" ".join(map(str, name)), widths, values)


def _groups(rows: pd.DataFrame, by: list[str]) -> Iterator[tuple[tuple, pd.DataFrame]]:
    for key, group in rows.groupby(by, dropna=False):
        yield tuple(None if pd.isna(part) else part for part in key), group


def _on_the_line(group: pd.DataFrame, fits: pd.DataFrame):
    (fit,) = fits.itertuples()
    within = group["width"].between(fit.smallest_width, fit.largest_width) & group["value"].gt(0)
    return _arrays(group[within.astype(bool)])


def _at_the_widest(group: pd.DataFrame, beside: pd.DataFrame):
    return _arrays(group[(group["width"] == group["width"].max()).astype(bool)])


def _over_theory(group: pd.DataFrame, theory: pd.DataFrame):
    widths, values = _arrays(group)
    if theory["width"].isna().all():
        return widths, values / theory["value"].iloc[0]
    expected = theory.set_index("width")["value"].reindex(widths.astype(int))
    return widths, values / expected.to_numpy(float)


def _with_its_error(group: pd.DataFrame, errors: pd.DataFrame):
    """At the widest width; what has none counts as one of width 0."""
    width = group["width"].fillna(0).max()
    value, error = (
        table.loc[table["width"].fillna(0).eq(width), "value"].to_numpy(float)
        for table in (group, errors)
    )
    return np.repeat(float(width), 2), np.array([value[0], error[0] if len(error) else math.nan])


def _arrays(group: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return group["width"].to_numpy(float), group["value"].to_numpy(float)


_SAMPLED = {
    SLOPES: _on_the_line,
    MEDIANS: _at_the_widest,
    MEANS: _at_the_widest,
    RATIOS: _over_theory,
    ERRORS: _with_its_error,
}
