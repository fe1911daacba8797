"""Step 1: training loss and solution with more points than dimensions, as many, and fewer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.figures.descent_axes import FLOOR
from widelimit.report.figures.labels import End, label_ends
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

ROUNDING = 1e-25
"""Losses below this share of the first are 0 but for rounding: squares of 10⁻¹⁶."""


def summarise(regimes: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(regimes[regimes["start"] == "zero"])


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.5)
    left, right = figure.subplots(1, 2)
    ends = {left: [], right: []}
    for regime, rows in table[table["step"] > 0].groupby("regime", sort=False):
        look = REGIMES[regime]
        x = rows["step"].astype(float)
        marks = {"color": look.colour, "marker": look.marker, "markersize": 2.8, "linewidth": 1.2}
        for axes, column, floor in ((left, "loss", 1e-34), (right, "distance", FLOOR)):
            y = np.maximum(rows[column].astype(float), floor)
            axes.plot(x, y, **marks)
            ends[axes].append(End(x.iloc[-1], y.iloc[-1], look.name, look.colour))
        least = rows["least_loss"].iloc[0]
        if least > ROUNDING:
            left.axhline(least, color=style.THEORY, linestyle=style.DASHED, linewidth=1)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("training steps")
    left.set_ylabel("training loss (at the start: 1)")
    right.set_ylabel(r"distance $|w_T - X^+y| \, / \, |X^+y|$")
    style.panel(left, "a", "Training loss")
    style.panel(right, "b", "Distance to the solution")
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    shapes = words.listed(
        f"{REGIMES[row.regime].name} (n = {row.n}, d = {row.d}, rank {row.rank})"
        for row in table.drop_duplicates("regime").itertuples()
    )
    return (
        "Gradient descent from 0. a: training loss in units of the first; dashed:"
        " what it must tend to where that is not 0. b: distance to the solution of each regime."
        f"\nShapes: {shapes}."
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
