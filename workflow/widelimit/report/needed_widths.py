"""Widths that distances need, between those for which the distance is predicted."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from widelimit.finite_width.trusted import JOIN, why_doubtful
from widelimit.kernels.activations import parse_activation
from widelimit.report.numbers import number, power

SHARES = (0.3, 0.1, 0.03, 0.01)
"""Distances for which a width is given, of what training changes."""


def is_kinked(metrics: pd.DataFrame) -> bool:
    """Whether the activation of the rows is (leaky) ReLU."""
    return parse_activation(metrics["activation"].dropna().iloc[0]).slope is not None


def predicted_distances(metrics: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """start and whole, of start and movement: by width, a column a step; whole is nan where theory
    has no movement."""
    start, movement = (
        metrics[metrics["metric"] == f"predicted_distance_{part}"].pivot(
            index="width", columns="step", values="value"
        )
        for part in ("start", "movement")
    )
    return {"start": start, "whole": np.hypot(start, movement.reindex_like(start))}


def change_and_crossover(metrics: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """By step, what training changes, and the width of the crossover where there is one."""
    change, crossover = (
        metrics[metrics["metric"] == name].set_index("step")["value"]
        for name in ("predicted_change", "crossover_width")
    )
    return change, crossover


def needed_widths(metrics: pd.DataFrame) -> dict[float, list[str]]:
    """By share of what training changes, for each step the width it needs, as `width_for` says.

    metrics : rows of METRICS as measure.predicted gives them
    """
    distance = predicted_distances(metrics)
    kinked = is_kinked(metrics)
    change, crossover = change_and_crossover(metrics)

    def needed(step: int, tolerance: float) -> str:
        start, whole = distance["start"][step], distance["whole"][step]
        final = JOIN * crossover.get(step, math.inf)

        def doubtful(width: float) -> bool:
            options = {"kinked": kinked, "mean_field": kinked and width <= final}
            distances = (between(column, width) for column in (start, whole))
            return bool(why_doubtful(width, *distances, change[step], **options))

        return width_for(whole, tolerance, crossover.get(step, 0.0), doubtful)

    steps = distance["whole"].columns
    return {share: [needed(step, share * change[step]) for step in steps] for share in SHARES}


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
