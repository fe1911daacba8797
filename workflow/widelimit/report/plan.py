"""The plan of a study: how far its networks should be from their kernel predictions, and how wide
they would have to be for less, before anything is trained."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from widelimit.report.numbers import number, power

TOLERANCES = (0.3, 0.1, 0.03, 0.01)


def plan(metrics: pd.DataFrame) -> str:
    """Markdown, from the numbers of measure.predicted.

    The distance is sqrt(start^2 + movement^2), root mean square over initialisations and test
    points. Between the study's widths it is interpolated on logarithms.
    """
    parts = {
        part: metrics[metrics["metric"] == f"predicted_distance_{part}"].pivot(
            index="width", columns="step", values="value"
        )
        for part in ("start", "movement")
    }
    distance = np.hypot(parts["start"], parts["movement"])
    crossover = metrics[metrics["metric"] == "crossover_width"].set_index("step")["value"]
    heads = ["1 step" if step == 1 else f"{step:,} steps" for step in distance.columns]
    needed = _needed(distance)
    if len(crossover):
        needed["crossover"] = [number(crossover[step], 2) for step in distance.columns]
    lines = [
        "Predicted distance between networks and their NTK predictions: root mean square over",
        "initialisations and test points, in the units of the targets. No network was trained.",
        "",
        *_table("width", heads, _by_width(distance)),
        "",
        "Width needed for a distance, interpolated between the widths above. Below the crossover",
        "the distance falls by no power of the width: do not extrapolate from narrower networks.",
        "",
        *_table("distance", heads, needed),
        "",
        "Below a width of 2^10 the theory predicts too much: by up to 40 % at 2^6.",
    ]
    return "\n".join(lines) + "\n"


def _by_width(distance: pd.DataFrame) -> dict[str, list[str]]:
    return {
        power(int(width)): [number(value, 2) for value in row] for width, row in distance.iterrows()
    }


def _needed(distance: pd.DataFrame) -> dict[str, list[str]]:
    return {
        f"{tolerance:g}": [width_for(column, tolerance) for _, column in distance.items()]
        for tolerance in TOLERANCES
    }


def width_for(distance: pd.Series, tolerance: float) -> str:
    """The width from which on distances, by ascending width, stay within a tolerance."""
    widths, values = distance.index.to_numpy(float), distance.to_numpy(float)
    beyond = np.flatnonzero(~(values <= tolerance))
    if not beyond.size:
        return f"<= {power(int(widths[0]))}"
    last = beyond[-1]
    if last == len(values) - 1:
        return f"> {power(int(widths[-1]))}"
    share = math.log(values[last] / tolerance) / math.log(values[last] / values[last + 1])
    return number(widths[last] * (widths[last + 1] / widths[last]) ** share, 2)


def _table(corner: str, heads: list[str], rows: dict[str, list[str]]) -> list[str]:
    cells = [[corner, *heads], *([name, *values] for name, values in rows.items())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|".join("-" * (width + 1) + ":" for width in widths)
    return [lines[0], f"|{rule}|", *lines[1:]]
