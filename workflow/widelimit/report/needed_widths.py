"""Widths that distances need, between those for which the distance is predicted."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from widelimit.report.numbers import number, power

SHARES = (0.3, 0.1, 0.03, 0.01)
"""Distances for which a width is given, of what training changes."""


def width_for(distance: pd.Series, tolerance: float, crossover: float = 0.0) -> str:
    """The width from which on distances, by ascending width, stay within a tolerance; with a ~ in
    front where it is below the crossover."""
    widths, values = distance.index.to_numpy(float), distance.to_numpy(float)
    beyond = np.flatnonzero(~(values <= tolerance))
    if not beyond.size:
        return f"<= {power(int(widths[0]))}"
    last = beyond[-1]
    if last == len(values) - 1:
        return f"> {power(int(widths[-1]))}"
    share = math.log(values[last] / tolerance) / math.log(values[last] / values[last + 1])
    width = widths[last] * (widths[last + 1] / widths[last]) ** share
    return ("~" if width < crossover else "") + number(width, 2)
