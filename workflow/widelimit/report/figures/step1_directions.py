"""Step 1: gradient descent direction by direction, below and beyond the threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from widelimit.report.figures import parts, style
from widelimit.report.figures import step1_common as common
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "Fast and slow directions"

TABLE = Table(
    "figures/step1_directions.parquet",
    "the distance to y X^+ along one singular direction, after so many steps",
    (
        Column("condition_number", pa.float64(), "sigma_1^2 / sigma_d^2"),
        Column("relative_learning_rate", pa.float64(), "eta sigma_1^2"),
        Column("direction", pa.int32(), "number i of the direction, from the largest", "count"),
        Column("eigenvalue", pa.float64(), "sigma_i^2 / sigma_1^2"),
        Column("step", pa.int64(), "steps of gradient descent taken", "count"),
        Column("distance", pa.float64(), "|v_i.(w_T - y X^+)| / |v_i.y X^+|, step by step"),
        Column("closed_form", pa.float64(), "|1 - eta sigma_i^2|^T"),
    ),
)

CURVES = 5


def summarise(directions: pd.DataFrame) -> pd.DataFrame:
    """The first and the last direction, and some between."""
    numbers = np.unique(directions["direction"])
    chosen = numbers[np.unique(np.linspace(0, len(numbers) - 1, CURVES).round().astype(int))]
    return parts.arrange(directions[directions["direction"].isin(chosen)], TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.3)
    rates = table["relative_learning_rate"].unique()
    panels = figure.subplots(1, len(rates), sharex=True, sharey=True, squeeze=False)[0]
    eigenvalues = table["eigenvalue"].unique()
    for axes, letter, rate in zip(panels, "abc", rates, strict=False):
        rows = table[(table["relative_learning_rate"] == rate) & (table["step"] > 0)]
        for eigenvalue, curve in rows.groupby("eigenvalue", sort=False):
            colour = common.shade(eigenvalue, eigenvalues)
            step = curve["step"].astype(float)
            axes.plot(step, common.clipped(curve["closed_form"]), color=colour, linewidth=1)
            axes.plot(step, common.clipped(curve["distance"]), "o", color=colour, markersize=2)
        axes.set_xscale("log")
        common.distance_axis(axes)
        axes.set_xlabel("training steps $T$")
        style.panel(axes, letter, rf"$\eta\,\sigma_1^2 = {rate:g}$")
    panels[0].set_ylabel("distance along one direction\n(at the start: 1)")
    figure.legend(
        handles=[
            Line2D(
                [],
                [],
                color=common.shade(eigenvalue, eigenvalues),
                marker="o",
                markersize=2.5,
                label=rf"$\sigma_i^2/\sigma_1^2$ = {number(eigenvalue, 2)}",
            )
            for eigenvalue in eigenvalues
        ],
        loc="outside upper center",
        ncols=CURVES,
    )
    return figure


def caption(table: pd.DataFrame) -> str:
    kappa = number(table["condition_number"].iloc[0])
    return (
        "The distance between gradient descent from 0 and the solution along single singular"
        f" directions, for eigenvalues that span a factor of {kappa}, at three learning rates;"
        " beyond the threshold 2 in the last panel. Dots: step by step, down to rounding, which"
        " grows with the weights where they diverge; lines: the power |1 − ησᵢ²|ᵀ."
    )


def finding(table: pd.DataFrame) -> str:
    last = table[table["step"] == parts.last_step(table)]
    sentences = []
    for rate, rows in last.groupby("relative_learning_rate", sort=False):
        first, slowest = (rows.loc[rows["direction"].eq(i)].iloc[0] for i in _ends(rows))
        sentences.append(
            f"{number(first['distance'], 2)} along the first and"
            f" {number(slowest['distance'], 2)} along the last direction at ησ₁² = {rate:g}"
        )
    return (
        f"After {parts.steps_words(parts.last_step(table))} the distance is"
        f" {parts.listed(sentences)}."
    )


def _ends(rows: pd.DataFrame) -> tuple[int, int]:
    return rows["direction"].min(), rows["direction"].max()
