"""Step 7: with which power of the width the kernel's movement falls, for every activation."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from widelimit.kernels.activations import parse_activation
from widelimit.report.figures import against_width, choices, looks, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.numbers import power
from widelimit.tables.columns import ACTIVATION, BAND, STEP, WIDTH, Table, real

TITLE = "How fast the movement of the NTK falls with the width"

METRIC = "ntk_drift"
KINKED, SMOOTH = -0.75, -1.0
"""Exponents of theory, before units reach the points beside their own (docs/finite_width.md)."""

TABLE = Table(
    "figures/step7_exponents.parquet",
    "the drift of the NTK of one activation at one width, over seeds",
    (
        ACTIVATION,
        STEP.but(null="the last one"),
        WIDTH,
        real("theory", "slope that theory gives"),
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
    by = ["activation", "step"]
    table = against_width.summarise(rows, fits[fits["widths"] == "all"], by, quantiles)
    theory = table["activation"].map(
        lambda name: KINKED if parse_activation(name).slope is not None else SMOOTH
    )
    return TABLE.arrange(table.assign(theory=theory.astype(float)))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.4)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    curves = []
    for name, rows in table.groupby("activation", sort=False):
        look = looks.activation(name)
        curves.append(Curve(rows, look.name, look.colour, look.marker, look.dash))
    against_width.draw({left: curves}, guide=-1.0)
    left.set_ylabel("drift of the NTK (norm / norm)")
    style.panel(left, "a", "Drift of the NTK in training")
    style.panel(right, "b", "Its slopes, and theory's")
    against_width.draw_slopes(right, curves, values=True)
    for line in list(right.lines[:1]):
        line.remove()  # at −1/2, which no smooth activation has here
    for place, curve in enumerate(curves):
        theory = curve.rows["theory"].iloc[0]
        right.plot([theory] * 2, [place - 0.3, place + 0.3], **looks.THEORY)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Drift of the empirical NTK on the training points, relative to its norm, in the same"
        " training of networks with other activations. b: slope of each, and in black that of"
        " theory to leading order.\nThat is −1 for smooth activations, −3/4 for leaky ReLU early in"
        f" training. {against_width.caption(table)}".replace("grey: 1/√k", "grey: 1/k")
    )


def finding(table: pd.DataFrame) -> str:
    each = table.sort_values("width").drop_duplicates("activation", keep="last")
    fits = each.dropna(subset="slope")
    widths = choices.distinct(table["width"])
    over = f"from width {power(widths[0])} to {power(widths[-1])}, {words.seeds(table['seeds'])}"
    if fits.empty:
        return f"The drift of the NTK has no slope in this study ({over})."
    listed = words.listed(
        f"{looks.activation(fit['activation']).name} {against_width.interval(fit)}"
        for _, fit in fits.sort_values("slope").iterrows()
    )
    return f"The drift of the NTK falls with these slopes ({over}): {listed}."
