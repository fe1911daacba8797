"""Widths that distances need, between those for which the distance is predicted."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from widelimit.report.numbers import number, power

SHARES = (0.3, 0.1, 0.03, 0.01)
"""Distances for which a width is given, of what training changes."""


def width_for(
    distance: pd.Series,
    tolerance: float,
    crossover: float = 0.0,
    doubtful: Callable[[float], bool] = lambda width: False,
) -> str:
    """The width from which on distances, by ascending width, stay within a tolerance; with a ~ in
    front where it is below the crossover, in brackets where theory does not vouch for it.

    A distance of nan, where theory overflows, is not within any tolerance.
    """
    widths, values = distance.index.to_numpy(float), distance.to_numpy(float)
    beyond = np.flatnonzero(~(values <= tolerance))
    last = beyond[-1] if beyond.size else -1
    if last == len(values) - 1:
        return f"> {power(int(widths[-1]))}"
    if last < 0 or math.isnan(values[last]):
        width = widths[last + 1]
        text = f"<= {power(int(width))}"
    else:
        share = math.log(values[last] / tolerance) / math.log(values[last] / values[last + 1])
        width = widths[last] * (widths[last + 1] / widths[last]) ** share
        text = ("~" if width < crossover else "") + number(width, 2)
    return f"({text})" if doubtful(width) else text


def between(values: pd.Series, width: float) -> float:
    """Interpolated on logarithms, from those by ascending width that are numbers."""
    values = values.dropna()
    logs = np.interp(math.log(width), np.log(values.index.to_numpy(float)), np.log(values))
    return math.exp(logs)
