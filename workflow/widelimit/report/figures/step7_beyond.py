"""Step 7, beyond ReLU and beyond the circle: the same distance for others, by width."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import fixed, number
from widelimit.tables.schemas import Column, Table

TITLE = "Distance from the NTK prediction, for other activations and on other spheres"

METRIC = "rmse_network_vs_ntk"
COLUMNS = 5

TABLE = Table(
    "figures/step7_beyond.parquet",
    "one distance of one experiment at one width, over seeds",
    (
        Column("experiment", pa.string(), "as in metrics.parquet"),
        Column("activation", pa.string(), "activation phi"),
        Column("dimension", pa.int64(), "d of another sphere", null="points of the main study"),
        parts.STEP,
        parts.WIDTH,
        *parts.BAND,
        *(
            Column(name, pa.float64(), meaning, null="not fitted")
            for name, meaning in (
                ("slope", "slope fitted to the widths and all seeds of the experiment"),
                ("slope_low", "lower end of its 95 % interval"),
                ("slope_high", "upper end of its 95 % interval"),
            )
        ),
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """The distance at the last step of the experiments beyond the main one, each with its slope.

    The main study goes first, at the same step and at those of its widths that lie between the
    others', where it has them.
    """
    rows = metrics[metrics["metric"] == METRIC]
    beyond = rows[rows["experiment"].str.startswith("beyond/")]
    study = parts.of_study(rows)
    study = study[study["width"].between(beyond["width"].min(), beyond["width"].max())]
    rows = pd.concat([study, beyond])
    rows = rows[rows["step"] == parts.last_step(beyond)]
    sphere = rows["experiment"].str.extract(r"^beyond/sphere_(\d+)$")[0]
    rows = rows.assign(dimension=sphere.astype("Int64"))
    table = parts.band(rows, ["experiment", "activation", "dimension", "step", "width"], quantiles)
    widths = slopes["experiment"].eq("step7").map({True: "shared", False: "all"})
    fits = slopes[slopes["metric"].eq(METRIC) & slopes["widths"].eq(widths)]
    table = parts.with_slopes(table, fits, ["experiment", "step"])
    table = table.assign(other=table["experiment"] != "step7")
    order = ["other", "dimension", "experiment", "width"]
    return parts.arrange(table.sort_values(order, na_position="first"), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    curves = list(table.groupby("experiment", sort=False))
    columns = min(COLUMNS, len(curves))
    rows = math.ceil(len(curves) / columns)
    figure = style.figure(0.5 + 1.7 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, (experiment, curve) in zip(grid.flat, curves, strict=False):
        curve = parts.drawable(curve)
        colour = style.INK if experiment == "step7" else style.NTK
        bounds = (curve[name].astype(float) for name in ("centre", "lower", "upper"))
        style.band(axes, curve["width"].astype(float), *bounds, colour, marker="o", markersize=3)
        axes.set_title(name(curve.iloc[0]), color=colour)
        axes.text(
            0.96,
            0.97,
            parts.slope_words(curve.iloc[0]).replace("slope ", "slope\n"),
            transform=axes.transAxes,
            color=colour,
            fontsize=7,
            ha="right",
            va="top",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
        style.log_scale(axes)
        style.width_axis(axes, parts.integers(table["width"]), most=3)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.2)
    for place, axes in enumerate(grid.flat):
        if place >= len(curves):
            axes.remove()
            continue
        if table["width"].nunique() > 1:
            style.slope_guides(axes, -0.5, "" if place else "slope −1/2")
        lowest = place + columns >= len(curves)
        axes.tick_params(labelbottom=lowest)
        axes.set_xlabel("hidden units $k$" if lowest else "")
    for axes in grid[:, 0]:
        axes.set_ylabel("distance")
    return figure


def name(row) -> str:
    """What an experiment is called: its activation, or the sphere it is on."""
    if row["experiment"] == "step7":
        return f"the study: {row['activation']}"
    return row["activation"] if pd.isna(row["dimension"]) else f"d = {row['dimension']}"


def caption(table: pd.DataFrame) -> str:
    others = table[table["experiment"] != "step7"]
    said = [
        words
        for words, some in (
            ("with another activation on the points of the study", others["dimension"].isna()),
            ("on a unit sphere of d dimensions with its activation", others["dimension"].notna()),
        )
        if some.any()
    ]
    fits = ""
    if table["slope"].notna().any():
        fits = (
            " Slopes are least-squares fits of log2 distance against log2 width to the widths shown"
            " and all seeds, ± the half width of Student's 95 % interval; grey lines fall as one"
            " over the square root of the width."
        )
    steps = parts.steps_words(parts.last_step(table))
    return (
        "Root mean square over test points of network - NTK prediction corrected for the network's"
        f" start, both after {steps}: {parts.listed(said)}; {parts.band_words(table)}.{fits}"
    )


def finding(table: pd.DataFrame) -> str:
    steps = parts.steps_words(parts.last_step(table))
    each = table.sort_values("width").drop_duplicates("experiment", keep="last")
    fits = each.dropna(subset="slope").sort_values("slope")
    if fits.empty:
        wide = each.sort_values("centre")
        return f"After {steps} the median distance at the largest width is {_ends(wide, 'centre')}."
    near = int((np.abs(fits["slope"] + 0.5) <= 0.1).sum())
    covered = int(((fits["slope_low"] <= -0.5) & (fits["slope_high"] >= -0.5)).sum())
    return (
        f"After {steps}, {near} of {len(fits)} slopes lie within 0.1 of −1/2, and {covered} of"
        f" their 95 % intervals contain −1/2; the slopes go from {_ends(fits, 'slope')}."
    )


def _ends(rows: pd.DataFrame, column: str) -> str:
    """The first and the last of the rows, in words."""
    chosen = rows.iloc[sorted({0, len(rows) - 1})]
    words = fixed if column == "slope" else partial(number, digits=2)
    return " to ".join(f"{words(row[column])} ({name(row)})" for _, row in chosen.iterrows())
