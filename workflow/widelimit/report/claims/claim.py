"""One statement of the report, with the limits within which it holds."""

import math
from dataclasses import dataclass

VALUES, SLOPES, MEDIANS, MEANS, RATIOS, ERRORS = (
    "values",
    "slopes",
    "medians",
    "means",
    "ratios",
    "errors",
)
"""What of a metric the limits are for, and its 95 % interval:
every value, which has no interval: it is the same in each draw, up to rounding, or one draw's;
its fitted slopes, with Student's; where the line is rejected, those from width to width;
its medians, or means, over seeds at the widest width;
its root mean square over widths and seeds / theory's;
every value, with twice the standard error that the metric <metric>_error gives."""

LAST = "last"

ROUNDING = "rounding leaves 10⁻¹² or less; a wrong formula shows in the first digits"
"""Why the limits of many a difference between two ways to one number are where they are."""


@dataclass(frozen=True)
class Claim:
    """One statement, and within which limits every value of a metric must lie for it to hold.

    statement  : one sentence, plain text
    metric     : as in metrics.parquet
    experiment : as in metrics.parquet; with "/" at its end all that begin so
    test       : where it is tested, <file under tests/>::<function>
    reason     : one sentence, why the limits are where they are
    low, high  : limits, both included
    kind       : VALUES, SLOPES, MEDIANS, MEANS, RATIOS or ERRORS of the metric
    step       : only values after so many steps of gradient descent, or those at the LAST
    truth      : the metric where the statement is exactly true; None where chance has no part
    widths     : "widest" or "all", of SLOPES
    least_width : of RATIOS and ERRORS, the narrowest width that counts; None: all of RATIOS, and of
                 ERRORS the widest alone
    activations : only these; None: all
    constant_scale : whether it is true only where the output scale is the same at all widths
    theory     : of RATIOS, the metric that says what the root mean square is, at each width or,
                 where it has none, at all
    """

    statement: str
    metric: str
    experiment: str
    test: str
    reason: str
    low: float = -math.inf
    high: float = math.inf
    kind: str = VALUES
    step: int | str | None = None
    truth: float | None = None
    widths: str = "widest"
    least_width: int | None = None
    activations: tuple[str, ...] | None = None
    constant_scale: bool = False
    theory: str | None = None


def within(margin: float, of: float) -> dict[str, float]:
    """Arguments of a claim whose limits are on either side of what is exactly true."""
    return {"low": of - margin, "high": of + margin, "truth": of}
