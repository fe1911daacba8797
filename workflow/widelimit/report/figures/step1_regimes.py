"""Step 1: training loss and solution with more points than dimensions, as many, and fewer."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.figures.looks import REGIMES
from widelimit.report.numbers import number
from widelimit.tables.columns import Table
from widelimit.tables.linear_regression import TABLES

TITLE = "Three regimes, and a matrix of less than full rank"

TABLE = Table(
    "figures/step1_regimes.parquet",
    "gradient descent from 0 in one regime, after so many steps",
    TABLES["regimes"].pick("regime", "n", "d", "rank", "step", "loss", "least_loss", "distance"),
)

FLOOR = 1e-16
"""Below it the axes end."""
ROUNDING = 1e-25
"""Losses below this share of the first are 0 but for rounding: squares of 10⁻¹⁶."""


def summarise(regimes: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(regimes[regimes["start"] == "zero"])


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    regimes = table[table["step"] > 0].groupby("regime", sort=False)
    figure = style.figure(3.9)
    grid = figure.subplots(2, len(regimes), sharex=True, sharey=True, squeeze=False)
    for letter, (regime, rows), (above, below) in zip("abcd", regimes, grid.T, strict=True):
        look, least = REGIMES[regime], rows["least_loss"].iloc[0]
        for axes, column in ((above, "loss"), (below, "distance")):
            axes.plot(rows["step"], rows[column], color=look.colour, linewidth=1.8)
            last = rows[column].iloc[-1]
            ends = f"at\n{number(last, 2)}" if last >= FLOOR else f"below\n{number(FLOOR, 1)}"
            axes.text(0.06, 0.08, f"ends {ends}", transform=axes.transAxes)
        if least > ROUNDING:
            above.axhline(least, color=style.THEORY, linestyle=style.DASHED, linewidth=1)
        style.panel(above, letter, look.name)
        below.set_xlabel("training steps")
    style.log_scale(grid[0, 0], "xy")
    grid[0, 0].set_ylim(FLOOR, 10)
    grid[0, 0].set_ylabel("training loss\n(at the start: 1)")
    grid[1, 0].set_ylabel("distance to the solution\n" + r"$|w_T - X^+y| \, / \, |X^+y|$")
    return figure


def caption(table: pd.DataFrame) -> str:
    shapes = words.listed(
        f"{REGIMES[row.regime].name} (n = {row.n}, d = {row.d}, rank {row.rank})"
        for row in table.drop_duplicates("regime").itertuples()
    )
    return (
        "Gradient descent from 0 in each regime. Above: training loss in units of the first;"
        " dashed: the least loss there is, where that is not 0. Below: distance to the solution of"
        f" least norm.\nShapes: {shapes}. Below 10⁻¹⁶ the axes end."
    )


def finding(table: pd.DataFrame) -> str:
    step = choices.last_step(table)
    last = table[table["step"] == step]
    losses = words.listed(
        f"{number(row.loss, 2)} ({REGIMES[row.regime].name}; it must be"
        f" {number(row.least_loss if row.least_loss > ROUNDING else 0, 2)})"
        for row in last.itertuples()
    )
    return (
        f"After {words.steps(step)} the training loss is {losses}, in units of the first; the"
        f" distance to the solution is {number(last['distance'].max(), 2)} or less."
    )
