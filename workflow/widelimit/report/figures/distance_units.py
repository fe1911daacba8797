"""Distance: units beside the border of one training point stick to it or are pushed away."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import style, words
from widelimit.report.numbers import number
from widelimit.tables.distance import BORDER_UNITS

TITLE = "Units at the kink of one training point"

LATE = 10
"""Steps at the end in which a unit that is held has been on and off."""
BORDER = {"color": style.THEORY, "linestyle": style.DASHED, "linewidth": 1.1}
SIDES = {"on": style.NTK, "off": style.NNGP}

TABLE = BORDER_UNITS.but(path="figures/distance_units.parquet")


def summarise(units: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(units)


def by_sign(table: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """z of each unit, a row, after each number of steps, a column, for a > 0 and for a < 0."""
    return {
        sign: table[table["sign"] == sign].pivot(index="unit", columns="step", values="z")
        for sign in (1, -1)
    }


def held(z: pd.DataFrame) -> pd.Series:
    """Which units are on at some of the last steps and off at others."""
    late = z.iloc[:, -LATE:] > 0
    return late.any(axis=1) & ~late.all(axis=1)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, panels = style.row(3.2, "Units with $a$ > 0", "Units with $a$ < 0", sharey=True)
    for axes, z in zip(panels, by_sign(table).values(), strict=True):
        _draw(axes, z)
        axes.set_xlabel("training steps")
    panels[0].set_ylabel("distance from the border\n$z = x_i \\cdot b \\, / \\, (s |a|)$")
    looks = {f"{side} at $x_i$": {"color": colour} for side, colour in SIDES.items()}
    style.key(figure, {**looks, "border of $x_i$": BORDER})
    return figure


def _draw(axes: Axes, z: pd.DataFrame):
    steps = z.columns.to_numpy()
    for side, colour in SIDES.items():
        shown = z.where(z > 0 if side == "on" else z <= 0)
        axes.plot(steps, shown.T.to_numpy(float), color=colour, linewidth=0.6, alpha=0.9)
    axes.axhline(0, zorder=1.5, **BORDER)
    axes.set_xlim(steps[0], steps[-1])


def caption(table: pd.DataFrame) -> str:
    point = int(table["point"].iloc[0]) + 1
    return (
        f"Evenly spaced units beside the border of training point {point}, as an infinitely wide"
        " network moves them; a unit is on where the training point activates it.\nThe distance is"
        " in units of s|a|, s = √(c/k), the step of a unit: so the picture is the same at every"
        " width. It is the border that holds most units after these steps, with f₀ = 0."
    )


def finding(table: pd.DataFrame) -> str:
    each = by_sign(table)
    stuck = {sign: int(held(z).sum()) for sign, z in each.items()}
    sticky = max(stuck, key=stuck.get)
    step, apart = int(table["step"].max()), each[-sticky].iloc[:, -1]
    gap = apart[apart > 0].min() - apart[apart <= 0].max()
    start = each[-sticky].iloc[:, 0].diff().iloc[1]
    names = {1: "a > 0", -1: "a < 0"}
    return (
        f"After {words.steps(step)}, {stuck[sticky]} of {len(apart)} units with {names[sticky]}"
        f" stick to the border, where they go on and off; with {names[-sticky]} units are pushed"
        " away, and the gap between the two nearest has grown from"
        f" {number(start, 2)} to {number(gap, 2)}."
    )
