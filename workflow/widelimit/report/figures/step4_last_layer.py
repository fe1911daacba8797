"""Step 4: the last layer trained alone is gradient descent with the finite-width kernel."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from widelimit.report.figures import parts, style
from widelimit.report.figures import step4_common as common
from widelimit.report.figures.style import End
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "Training the last layer alone is kernel regression, step by step"

TABLE = Table(
    "figures/step4_last_layer.parquet",
    "one number about networks of one width at one step, over seeds",
    (
        Column(
            "quantity",
            pa.string(),
            "network: distance of the trained network from its limit; kernel: the same of the"
            " closed form; difference: the largest between the two, per unit of the targets",
        ),
        parts.WIDTH,
        Column("step", pa.int64(), "steps of gradient descent", "count", "infinitely many"),
        *parts.BAND,
        Column("condition_number", pa.float64(), "of the kernel, median over seeds"),
    ),
)

FLOOR = 1e-10
"""Distances below it are drawn there."""

QUANTITIES = {"to_limit": "network", "kernel_to_limit": "kernel", "difference": "difference"}


def summarise(last_layer: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    long = last_layer.rename(columns=QUANTITIES).melt(
        ["width", "seed", "step", "condition_number"],
        list(QUANTITIES.values()),
        var_name="quantity",
    )
    table = parts.band(long, ["quantity", "width", "step"], quantiles)
    conditions = last_layer.groupby("width")["condition_number"].median()
    table = table.assign(condition_number=table["width"].map(conditions).astype(float))
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.2)
    left, right = figure.subplots(1, 2)
    widths = parts.integers(table["width"])
    finite = table[table["step"].notna()]
    ends, others = [], []
    for width in widths:
        colour = style.width_colour(width, widths)
        of = {name: rows for name, rows in finite[finite["width"] == width].groupby("quantity")}
        kernel, network = of["kernel"], of["network"]
        x = kernel["step"].astype(float)
        left.plot(x, kernel["centre"].clip(lower=FLOOR), color=colour, linewidth=1)
        left.plot(x, network["centre"].clip(lower=FLOOR), "o", color=colour, markersize=3)
        text = f"$k$ = {width}"
        ends.append(End(x.iloc[-1], max(kernel["centre"].iloc[-1], FLOOR), text, colour))
        gap = of["difference"]
        bounds = (common.positive(gap[name]) for name in ("centre", "lower", "upper"))
        style.band(right, x, *bounds, colour, marker="o", markersize=3)
        others.append(End(x.iloc[-1], gap["centre"].iloc[-1], text, colour))
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xlabel("training steps")
    left.set_yscale("log")
    left.set_ylabel("distance from the limit (rms, test)")
    right.set_yscale("log")
    right.set_ylabel("largest difference")
    style.panel(left, "a", "Distance from the limit of infinitely many steps")
    style.panel(right, "b", "Network less closed form")
    style.label_ends(left, ends)
    style.label_ends(right, others)
    return figure


def caption(table: pd.DataFrame) -> str:
    finite = table[table["step"].notna()]
    seeds = parts.count_words(finite["seeds"])
    return (
        "The last layer trained by gradient descent in its k weights, from A = 0 with B fixed"
        " (markers), and the closed form for the same number of steps with the network's own"
        f" kernel of k features (lines), for {seeds}. a: distance from the limit of infinitely"
        " many steps, root mean square over test points (median; below 10⁻¹⁰ drawn there). b: the"
        " largest difference between the two over training and test points;"
        f" {parts.band_words(finite)}."
    )


def finding(table: pd.DataFrame) -> str:
    gaps = table[table["quantity"] == "difference"]
    finite, limit = gaps[gaps["step"].notna()], gaps[gaps["step"].isna()]
    last = int(finite["step"].max())
    conditions = parts.listed(
        f"{number(row['centre'], 2)} at width {row['width']} (condition number"
        f" {number(row['condition_number'], 2)})"
        for _, row in limit.sort_values("width").iterrows()
    )
    return (
        f"Up to {parts.steps_words(last)} the two differ by at most"
        f" {number(finite['upper'].max(), 2)} (upper quantile over seeds). In the limit, least"
        f" squares of minimum norm in the weights and kernel regression differ by {conditions}."
    )
