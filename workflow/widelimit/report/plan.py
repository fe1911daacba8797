"""The plan of a study: how far its networks should be from their kernel predictions, and how wide
they would have to be for less, before anything is trained."""

import pandas as pd

from widelimit.finite_width.trusted import NARROWEST_KINKED, SMALL
from widelimit.report.needed_widths import (
    SHARES,
    change_and_crossover,
    is_kinked,
    needed_widths,
    predicted_distances,
)
from widelimit.report.numbers import number, power


def plan(metrics: pd.DataFrame) -> str:
    """Markdown, from the numbers of measure.predicted.

    The distance is sqrt(start^2 + movement^2), root mean square over initialisations and test
    points. Between the study's widths it is interpolated on logarithms.
    """
    distance = predicted_distances(metrics)["whole"]
    change, crossover = change_and_crossover(metrics)
    heads = ["1 step" if step == 1 else f"{step:,} steps" for step in distance.columns]
    by_width = {
        power(int(width)): [
            number(value, 2) + ("*" if value > SMALL * change[step] else "")
            for step, value in row.items()
        ]
        for width, row in distance.iterrows()
    }
    by_width["change"] = [number(change[step], 2) for step in distance.columns]
    kinked = is_kinked(metrics)
    needed = {f"{share:.0%}": cells for share, cells in needed_widths(metrics).items()}
    if len(crossover):
        needed["crossover"] = [number(crossover[step], 2) for step in distance.columns]
    lines = [
        "Predicted distance between networks and their NTK predictions: root mean square over",
        "initialisations and test points, in the units of the targets. No network was trained.",
        "",
        *_table("width", heads, by_width),
        "",
        "change: of the limit's output by training, from 0 on, root mean square over test points.",
        f"*: more than {SMALL:.0%} of that, where the first order overestimates the distance.",
        "",
        "Width needed for a distance of this share of the change, interpolated between the widths",
        "above:",
        "",
        *_table("distance", heads, needed),
    ]
    if any("(" in cell for share in SHARES for cell in needed[f"{share:.0%}"]):
        lines += [
            "",
            f"( ): theory does not vouch for this width: what it expands in is over {SMALL:.0%} of",
            "the change, or networks of (leaky) ReLU are too narrow for it.",
        ]
    if kinked and distance.index.min() < NARROWEST_KINKED:
        lines += [
            "",
            f"Below {power(NARROWEST_KINKED)} units networks of (leaky) ReLU come nearer.",
        ]
    if len(crossover):
        lines += [
            "",
            "~: narrower than the crossover, where what the kernel's movement adds to the distance",
            "falls by no power of the width: do not extrapolate to other widths.",
        ]
    return "\n".join(lines) + "\n"


def _table(corner: str, heads: list[str], rows: dict[str, list[str]]) -> list[str]:
    cells = [[corner, *heads], *([name, *values] for name, values in rows.items())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|".join("-" * (width + 1) + ":" for width in widths)
    return [lines[0], f"|{rule}|", *lines[1:]]
