"""Phrases that captions and findings share."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from widelimit.report.numbers import number, power


def listed(phrases: Iterable[str]) -> str:
    """a, b and c."""
    *first, last = phrases
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: int, noun: str) -> str:
    """1 point, 20 points."""
    return f"{number(int(count))} {noun}{'' if count == 1 else 's'}"


def steps(step: int) -> str:
    """1 step, 10⁵ steps."""
    return "1 step" if step == 1 else f"{power(int(step))} steps"


def units(width: int) -> str:
    """1 hidden unit, 2²⁰ hidden units."""
    return "1 hidden unit" if width == 1 else f"{power(int(width))} hidden units"


def seeds(counts: Sequence[int]) -> str:
    """12 seeds, or 5 to 12 seeds where widths differ in them."""
    fewest, most = int(np.min(counts)), int(np.max(counts))
    return counted(most, "seed") if fewest == most else f"{fewest} to {most} seeds"


def by_width(
    widths: pd.Series, values: pd.Series, write: Callable[[float], str] | None = None
) -> str:
    """0.31 at width 2⁶ and 0.0085 at width 2²⁰: the narrowest and the widest."""
    write = write or (lambda value: number(value, 2))
    ends = dict.fromkeys((widths.astype(int).argmin(), widths.astype(int).argmax()))
    return listed(
        f"{write(float(values.iloc[place]))} at width {power(int(widths.iloc[place]))}"
        for place in ends
    )
