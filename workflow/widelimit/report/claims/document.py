"""The statements of the report in one Markdown document, claims.md."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from widelimit.report.claims.check import FAILS, HOLDS, MISSING, OPEN, SLOPES
from widelimit.report.numbers import number

INTRODUCTION = """\
# What the report states, and what was measured

<!-- Written by the rule claims from claims.parquet; do not edit. -->

A statement holds (yes) if every value of its metric lies within the limits. Slopes are fitted to
log2 value against log2 width over the widest widths; in brackets stands the 95 % interval, of
several slopes the outermost ends. Where a slope lies beyond its limits but its interval reaches
into them, the question is open: more widths or seeds would settle it. They are held to lie within
0.1 of −1/2, not to be −1/2, which some of the intervals exclude. Limits are set for the shipped
study: with targets of another size, right numbers may miss one that is no ratio, as 0.06.
"""

TITLES = {
    "step1": "Step 1: linear regression",
    "step2": "Step 2: kernels",
    "step4": "Step 4: random features and NNGP",
    "step5": "Step 5: the neural tangent kernel",
    "step7": "Step 7: wide networks",
    "scale": "Where the kernel picture ends",
}

LOOSE = """\
## Where the report is loose

- It calls the interval [−1, 1] a unit sphere. The unit sphere of one dimension is {−1, 1}; on the
  interval the kernels of ReLU networks have rank 2 at most. The study lifts t onto the unit circle.
- It writes the inner product of Hermite polynomials without its measure. They are orthonormal, and
  φ̂(ξ) = Σ aₙ² ξⁿ is true, for the density of the standard normal distribution, normalised to 1.
- It claims that gradient descent finds the solution of least norm. It does from a start at 0, or
  any other in the span of the data; from elsewhere it keeps the part outside the span for ever.
"""


def document(claims: pd.DataFrame) -> str:
    """claims.md of the study whose table CLAIMS this is."""
    verdicts = claims["verdict"].value_counts()
    counts = ", ".join(
        f"{words} {verdicts.get(verdict, 0)}"
        for verdict, words in {
            HOLDS: "hold",
            OPEN: "open",
            FAILS: "do not hold",
            MISSING: "not measured in this study",
        }.items()
    )
    total = f"Of {len(claims)} statements: {counts}.\n"
    sections = [
        f"## {title}\n\n" + _table(claims[claims["course_step"] == step])
        for step, title in TITLES.items()
    ]
    return "\n".join([INTRODUCTION, total, *sections, LOOSE])


def _table(claims: pd.DataFrame) -> str:
    rows = ([cell.replace("|", "\\|") for cell in cells] for cells in _cells(claims))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(claims: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    yield "holds", "statement", "metric", "measured", "limits", "tested in `tests/`"
    yield ("---",) * 6
    for row in claims.itertuples():
        yield (
            row.verdict,
            row.statement,
            f"`{row.metric}`",
            _measured(row),
            limits(row.low, row.high),
            f"`{row.test}`",
        )


def _measured(row) -> str:
    if not row.count:
        return "–"
    measured = number(row.smallest, 3)
    if row.count > 1:
        measured += f" to {number(row.largest, 3)} ({number(row.count)} values)"
    if row.kind == SLOPES:
        measured += f" [{number(row.interval_low, 3)} to {number(row.interval_high, 3)}]"
    return measured


def limits(low: float, high: float) -> str:
    """≤ 1, ≥ 1, 1 to 2, or = 1; a limit that there is not is missing."""
    if low == high:
        return f"= {number(low, 7)}"
    if math.isnan(low):
        return f"≤ {number(high, 7)}"
    if math.isnan(high):
        return f"≥ {number(low, 7)}"
    return f"{number(low, 7)} to {number(high, 7)}"
