"""Step 1: where gradient descent ends up, against its learning rate, for several spectra."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from widelimit.report.figures import parts, style
from widelimit.report.figures import step1_common as common
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "The threshold of the learning rate"

TABLE = Table(
    "figures/step1_threshold.parquet",
    "gradient descent from 0 on one spectrum, with one learning rate, after so many steps",
    (
        Column("spectrum", pa.string(), "condition <number>, gaussian or deficient"),
        Column("condition_number", pa.float64(), "sigma_1^2 / smallest sigma_i^2 that is not 0"),
        Column("relative_learning_rate", pa.float64(), "eta sigma_1^2"),
        Column("step", pa.int64(), "steps of gradient descent taken", "count"),
        Column("distance", pa.float64(), "|w_T - y X^+| / |y X^+|, step by step"),
        Column("closed_form", pa.float64(), "the same by singular value decomposition"),
        Column("lower", pa.float64(), "smallest stable eta sigma_1^2, found by bisection"),
        Column("upper", pa.float64(), "largest stable eta sigma_1^2, found by bisection"),
    ),
)

OTHERS = {
    "gaussian": (style.GREEN, "Gaussian points"),
    "deficient": (style.PURPLE, "rank-deficient"),
}


def summarise(threshold: pd.DataFrame, spectra: pd.DataFrame) -> pd.DataFrame:
    ranges = spectra[["spectrum", "lower", "upper"]]
    return parts.arrange(threshold.merge(ranges, on="spectrum", validate="many_to_one"), TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.7)
    left, right = figure.subplots(1, 2, sharey=True)
    last = table[table["step"] == parts.last_step(table)]
    key = []
    for name, rows in last.groupby("spectrum", sort=False):
        colour, label = _look(name, rows, last)
        _draw_curve(left, rows, colour)
        key.append(Line2D([], [], color=colour, marker="o", markersize=2.5, label=label))
    shown = _second(table)
    rows = table[table["spectrum"] == shown]
    steps = parts.integers(rows["step"])
    for step in steps:
        colour = style.step_colour(step, steps)
        _draw_curve(right, rows[rows["step"] == step], colour)
    for axes in (left, right):
        common.distance_axis(axes)
        axes.set_xlim(table["relative_learning_rate"].min(), table["relative_learning_rate"].max())
        axes.set_xlabel(r"learning rate times largest eigenvalue, $\eta\,\sigma_1^2$")
        for end in (0, 2):
            axes.axvline(end, color=style.THEORY, linewidth=1, linestyle=style.DASHED)
    left.set_ylabel(r"distance $|w_T - yX^+| \, / \, |yX^+|$")
    style.panel(left, "a", f"{parts.steps_words(steps[-1])}, several spectra")
    _, label = _look(shown, rows, last)
    style.panel(right, "b", f"{label}, more and more steps")
    right.legend(
        handles=[
            Line2D([], [], color=style.step_colour(step, steps), label=parts.steps_words(step))
            for step in steps
        ],
        loc="upper center",
    )
    figure.legend(handles=key, loc="outside upper center", ncols=4)
    return figure


def _draw_curve(axes: Axes, rows: pd.DataFrame, colour):
    """Closed form as a line, what the steps gave as dots."""
    x = rows["relative_learning_rate"]
    axes.plot(x, common.clipped(rows["closed_form"]), color=colour, linewidth=1)
    axes.plot(x, common.clipped(rows["distance"]), "o", color=colour, markersize=1.8)


def _look(name: str, rows: pd.DataFrame, table: pd.DataFrame) -> tuple:
    if name in OTHERS:
        return OTHERS[name]
    family = table.loc[~table["spectrum"].isin(OTHERS), "condition_number"].unique()
    kappa = rows["condition_number"].iloc[0]
    return common.shade(kappa, family), f"$\\sigma_1^2/\\sigma_d^2$ = {number(kappa)}"


def _second(table: pd.DataFrame) -> str:
    """The spectrum of panel b: the second smallest condition number, or the only one."""
    family = table[~table["spectrum"].isin(OTHERS)].drop_duplicates("spectrum")
    names = family.sort_values("condition_number")["spectrum"].tolist()
    return names[min(1, len(names) - 1)]


def caption(table: pd.DataFrame) -> str:
    steps = parts.integers(table["step"])
    names = table.drop_duplicates("spectrum")
    kappa = names.set_index("spectrum")["condition_number"]
    return (
        "How far gradient descent from 0 is from the minimum-norm solution, against the learning"
        " rate in units of the largest eigenvalue. Dots: step by step; lines: closed form; dashed:"
        f" 0 and 2. a: {len(names)} spectra after {parts.steps_words(steps[-1])}: eigenvalues even"
        " in the logarithm with the condition number named, Gaussian points"
        f" (condition number {number(kappa['gaussian'], 3)}), and a matrix of half the rank. b: one"
        f" spectrum after {parts.listed(f'{step}' for step in steps)} steps."
    )


def finding(table: pd.DataFrame) -> str:
    ranges = table.drop_duplicates("spectrum")
    last = table[table["step"] == parts.last_step(table)]
    inside = last["relative_learning_rate"].gt(0) & last["relative_learning_rate"].lt(2)
    outside = last["relative_learning_rate"].lt(0) | last["relative_learning_rate"].gt(2)
    nearer = (last.loc[inside, "distance"] < 1).sum()
    low, high = (float(np.abs(ranges[n] - at).max()) for n, at in (("lower", 0), ("upper", 2)))
    return (
        f"After {parts.steps_words(parts.last_step(table))}, {nearer} of {inside.sum()} runs with"
        " 0 < ησ₁² < 2 are nearer to the solution than at the start, and"
        f" {(last.loc[outside, 'distance'] > 1).sum()} of {outside.sum()} runs outside are farther"
        " away. Bisection on the steps themselves finds the ends of the stable range within"
        f" {number(low, 2)} of 0 and {number(high, 2)} of 2, for all {len(ranges)} spectra."
    )
