"""Step 1: training loss and solution with more points than dimensions, as many, and fewer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from widelimit.report.figures import parts, style
from widelimit.report.figures import step1_common as common
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "Three regimes, and a matrix of less than full rank"

TABLE = Table(
    "figures/step1_regimes.parquet",
    "gradient descent from 0 in one regime, after so many steps",
    (
        Column("regime", pa.string(), "overdetermined, square, underdetermined or deficient"),
        Column("n", pa.int32(), "points", "count"),
        Column("d", pa.int32(), "inputs", "count"),
        Column("rank", pa.int32(), "rank of X", "count"),
        Column("step", pa.int64(), "steps of gradient descent taken", "count"),
        Column("loss", pa.float64(), "1/2 sum_i (y_i - w.x_i)^2 / the same of w = 0"),
        Column("least_loss", pa.float64(), "what it must tend to, / the same of w = 0"),
        Column("distance", pa.float64(), "|w_T - y X^+| / |y X^+|"),
    ),
)

ROUNDING = 1e-25
"""Losses below this share of the first are 0 but for rounding: squares of 10⁻¹⁶."""


def summarise(regimes: pd.DataFrame) -> pd.DataFrame:
    return parts.arrange(regimes[regimes["start"] == "zero"], TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.5)
    left, right = figure.subplots(1, 2)
    ends = {left: [], right: []}
    for regime, rows in table[table["step"] > 0].groupby("regime", sort=False):
        name, colour, marker = common.REGIMES[regime]
        x = rows["step"].astype(float)
        for axes, column, floor in ((left, "loss", 1e-34), (right, "distance", common.FLOOR)):
            y = np.maximum(rows[column].astype(float), floor)
            look = {"marker": marker, "markersize": 2.8, "linewidth": 1.2}
            axes.plot(x, y, color=colour, **look)
            ends[axes].append(style.End(x.iloc[-1], y.iloc[-1], name, colour))
        least = rows["least_loss"].iloc[0]
        if least > ROUNDING:
            left.axhline(least, color=style.THEORY, linestyle=style.DASHED, linewidth=1)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("training steps")
    left.set_ylabel("training loss (at the start: 1)")
    right.set_ylabel(r"distance $|w_T - yX^+| \, / \, |yX^+|$")
    style.panel(left, "a", "Training loss")
    style.panel(right, "b", "Distance to the solution")
    for axes, labels in ends.items():
        style.label_ends(axes, labels)
    return figure


def caption(table: pd.DataFrame) -> str:
    shapes = parts.listed(
        f"{common.REGIMES[row.regime][0]} (n = {row.n}, d = {row.d}, rank {row.rank})"
        for row in table.drop_duplicates("regime").itertuples()
    )
    return (
        f"Gradient descent from 0 for {shapes}. a: training loss, 1 for w = 0; dashed: what it"
        " must tend to where that is not 0. b: distance to the solution that belongs to each"
        " regime."
    )


def finding(table: pd.DataFrame) -> str:
    last = table[table["step"] == parts.last_step(table)]
    losses = parts.listed(
        f"{number(row.loss, 2)} ({common.REGIMES[row.regime][0]}; it must be"
        f" {number(row.least_loss if row.least_loss > ROUNDING else 0, 2)})"
        for row in last.itertuples()
    )
    return (
        f"After {parts.steps_words(parts.last_step(table))} the training loss is {losses}, in"
        " units of the first; the distance to the solution is"
        f" {number(last['distance'].max(), 2)} or less."
    )
