"""Step 7: with which power of the width the kernel's movement falls, for every activation."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.kernels.activations import parse_activation
from widelimit.report.figures import against_width, choices, looks, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.numbers import power
from widelimit.tables.columns import ACTIVATION, BAND, STEP, WIDTH, Table, real

TITLE = "How fast the movement of the NTK falls with the width"

METRIC = "ntk_drift"
SMOOTH, KINKED = (-1.0, -1.0), (-0.75, -0.5)
"""Exponents of theory, early in training and in the end (docs/finite_width.md)."""

TABLE = Table(
    "figures/step7_exponents.parquet",
    "the drift of the NTK of one activation at one width, over seeds",
    (
        ACTIVATION,
        STEP,
        WIDTH,
        real("early", "slope that theory gives early in training"),
        real("late", "slope that theory gives in the end"),
        *BAND,
        *against_width.FIT,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """The drift in the experiments with other activations on the points of the study, each with
    its slope over all widths."""
    rows, fits = (
        frame[frame["metric"].eq(METRIC) & frame["experiment"].str.match(r"beyond/(?!sphere_)")]
        for frame in (metrics, slopes)
    )
    steps = metrics[metrics["experiment"].isin(rows["experiment"])]["step"]
    table = against_width.summarise(rows, fits[fits["widths"] == "all"], ["activation"], quantiles)
    kinked = table["activation"].map(lambda name: parse_activation(name).slope is not None)
    theory = {
        name: np.where(kinked, KINKED[place], SMOOTH[place])
        for place, name in enumerate(("early", "late"))
    }
    return TABLE.arrange(table.assign(step=steps.max(), **theory))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("Drift of the NTK in training", "Its slopes, and theory's")
    figure, (left, right) = style.row(3.4, *titles)
    curves = [
        Curve(rows, *looks.activation(name))
        for name, rows in table.groupby("activation", sort=False)
    ]
    against_width.draw({left: curves}, guide=-1.0)
    left.set_ylabel("drift of the NTK (norm / norm)")
    against_width.draw_slopes(right, curves, values=True)
    for line in list(right.lines[:1]):
        line.remove()  # at −1/2, which no smooth activation has here
    for place, curve in enumerate(curves):
        for theory in set(curve.rows.iloc[0][["early", "late"]]):
            right.plot([theory] * 2, [place - 0.3, place + 0.3], **looks.THEORY)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Drift of the empirical NTK on the training points, relative to its norm, in"
        f" {words.steps(choices.last_step(table))} of networks with other activations. b: slope of"
        " each, and in black those of theory to leading order.\nThese are −1 for smooth"
        " activations, and for leaky ReLU −3/4 early in training and −1/2 in the end."
        f" {against_width.caption(table)}".replace("grey: 1/√k", "grey: 1/k")
    )


def finding(table: pd.DataFrame) -> str:
    each = table.sort_values("width").drop_duplicates("activation", keep="last")
    fits = each.dropna(subset="slope")
    widths = choices.distinct(table["width"])
    over = (
        f"from width {power(widths[0])} to {power(widths[-1])}, after"
        f" {words.steps(choices.last_step(table))}, {words.seeds(table['seeds'])}"
    )
    if fits.empty:
        return f"The drift of the NTK has no slope in this study ({over})."
    listed = words.listed(
        f"{looks.activation(fit['activation']).name} {against_width.interval(fit)}"
        for _, fit in fits.sort_values("slope").iterrows()
    )
    return f"The drift of the NTK falls with these slopes ({over}): {listed}."
