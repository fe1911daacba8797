"""The statements of the report in one Markdown document, claims.md."""

import math
from collections.abc import Iterator

import pandas as pd

from widelimit.report.numbers import limits, number, percent
from widelimit.report.verdict import FAILS, HOLDS, MISSING, OPEN

INTRODUCTION = """\
# What the report states, and what was measured

<!-- Written by the rule claims from claims.parquet; do not edit. -->

A statement holds (yes) if all values of its metric lie within the limits, each with its whole 95 %
interval; the outermost ends of the intervals are in brackets. It does not (no) if an interval lies
beyond the limits, and is open if one straddles a limit: more widths or seeds would settle it.
Numbers without an interval are the same in every draw, up to rounding, or speak of one draw.

Slopes are fitted to log2 value against log2 width, by each network. Where the spread between seeds
rejects a straight line (p < 0.001), slopes are those from each width to the next: the points have
no exponent. Ratios are root mean squares over seeds and widths, divided by what theory says;
medians and means are over the seeds of the widest width.

The last two columns say what chance does to a verdict: how often such a study says yes where the
statement is true, all values being in truth as named, and where one of them is at a limit. They are
simulated: the numbers are shifted or scaled to that truth, and seeds drawn anew with replacement, a
thousand times. Where they are empty, the limits are far from what chance does, or it does nothing:
"why these" has the argument.

Limits are set for the shipped study. With targets of another size, correct numbers may miss a limit
on a distance, which is no ratio.
"""

TITLES = {
    "step1": "Step 1: linear regression",
    "step2": "Step 2: kernels",
    "step4": "Step 4: random features and NNGP",
    "step5": "Step 5: the neural tangent kernel",
    "step7": "Step 7: wide networks",
    "distance": "How far from the limit",
    "learning": "Learning curves",
    "scale": "Where the kernel picture ends",
    "classes": "Classes",
}

LOOSE = """\
## Where the report is loose

- It calls the interval [−1, 1] a unit sphere. The unit sphere of one dimension is {−1, 1}; on the
  interval the kernels of ReLU networks have rank 2 at most. The study lifts t onto the unit circle.
- It writes the inner product of Hermite polynomials without its measure. They are orthonormal, and
  φ̂(ξ) = Σ aₙ² ξⁿ is true, for the density of the standard normal distribution, normalised to 1.
- It gives −E[φ²] to E[φ²] as the range of a dual activation (corollary 2(d)). That is false for
  ReLU, whose dual goes from 0 to 1/2, and for cosine, whose dual goes from 1/e to (1 + e⁻²)/2. The
  two are bounds; the lower one is reached if φ is odd, like sine and erf.
- It claims that gradient descent finds the solution of least norm. It does from a start at 0, or
  any other in the span of the data; from any other start, the part outside the span never changes.
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
    of_step = dict(iter(claims.groupby("course_step")))
    sections = [
        f"## {title}\n\n" + _table(of_step[step])
        for step, title in TITLES.items()
        if step in of_step
    ]
    return "\n".join([INTRODUCTION, total, *sections, LOOSE])


def _table(claims: pd.DataFrame) -> str:
    rows = ([cell.replace("|", "\\|") for cell in cells] for cells in _cells(claims))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(claims: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    yield (
        *("holds", "statement", "metric", "measured", "limits", "why these"),
        *("tested in `tests/`", "yes if true", "yes at a limit"),
    )
    yield ("---",) * 9
    for row in claims.itertuples():
        yield (
            row.verdict,
            row.statement,
            f"`{row.metric}`",
            _measured(row),
            limits(row.low, row.high),
            row.reason,
            f"`{row.test}`",
            percent(row.chance_if_true) and f"{percent(row.chance_if_true)} at {number(row.truth)}",
            percent(row.chance_if_false),
        )


def _measured(row) -> str:
    if not row.count:
        return "–"
    measured = number(row.smallest, 3)
    if row.count > 1:
        local = f", {number(row.rejected)} of them from width to width" * bool(row.rejected)
        measured += f" to {number(row.largest, 3)} ({number(row.count)} values{local})"
    if not math.isnan(row.interval_low):
        measured += f" [{number(row.interval_low, 3)} to {number(row.interval_high, 3)}]"
    return measured
