"""Step 1: gradient descent direction by direction, below and beyond the threshold."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.figures.descent_axes import clipped, distance_axis
from widelimit.report.numbers import number
from widelimit.tables.linear_regression import TABLES

TITLE = "Fast and slow directions"

TABLE = TABLES["directions"].but(path="figures/step1_directions.parquet")

CURVES = 5


def summarise(directions: pd.DataFrame) -> pd.DataFrame:
    """The first and the last direction, and some between."""
    numbers = choices.distinct(directions["direction"])
    chosen = [numbers[place] for place in choices.evenly(numbers, CURVES)]
    return TABLE.arrange(directions[directions["direction"].isin(chosen)])


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    rates = table["relative_learning_rate"].unique()
    titles = [rf"$\eta\,\sigma_1^2 = {rate:g}$" for rate in rates]
    figure, panels = style.row(3.3, *titles, sharex=True, sharey=True)
    eigenvalues = table["eigenvalue"].unique()
    colours = {eigenvalue: style.shade(eigenvalue, eigenvalues) for eigenvalue in eigenvalues}
    for axes, rate in zip(panels, rates, strict=True):
        rows = table[(table["relative_learning_rate"] == rate) & (table["step"] > 0)]
        for eigenvalue, curve in rows.groupby("eigenvalue", sort=False):
            step, colour = curve["step"].astype(float), colours[eigenvalue]
            axes.plot(step, clipped(curve["closed_form"]), color=colour, linewidth=1)
            axes.plot(step, clipped(curve["distance"]), "o", color=colour, markersize=2)
        axes.set_xscale("log")
        distance_axis(axes)
        axes.set_xlabel("training steps $T$")
    panels[0].set_ylabel("distance along one direction\n(at the start: 1)")
    looks = {
        rf"$\sigma_i^2/\sigma_1^2$ = {number(eigenvalue, 2)}": {
            "color": colour,
            "marker": "o",
            "markersize": 2.5,
        }
        for eigenvalue, colour in colours.items()
    }
    style.key(figure, looks)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Distance between gradient descent from 0 and the solution along single singular"
        " directions, at three learning rates, the last beyond the threshold 2. Dots: step by step;"
        " lines: the power |1 − ησᵢ²|ᵀ.\nRounding grows with the weights where they diverge. The"
        f" eigenvalues span a factor of {number(table['condition_number'].iloc[0])}."
    )


def finding(table: pd.DataFrame) -> str:
    step = choices.last_step(table)
    last = table[table["step"] == step].sort_values("direction")
    ends = words.listed(
        f"{number(rows['distance'].iloc[0], 2)} along the first and"
        f" {number(rows['distance'].iloc[-1], 2)} along the last direction at ησ₁² = {number(rate)}"
        for rate, rows in last.groupby("relative_learning_rate", sort=False)
    )
    return f"After {words.steps(step)} the distance is {ends}."
