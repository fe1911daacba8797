"""Step 1: gradient descent moves in the span of the points, wherever it starts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from widelimit.report.figures import parts, style
from widelimit.report.figures import step1_common as common
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "Descent stays in the span of the data"

PLANE, OUTSIDE, DISTANCE = "plane", "outside", "distance"

TABLE = Table(
    "figures/step1_span.parquet",
    "one iterate of gradient descent",
    (
        Column(
            "quantity",
            pa.string(),
            "plane: w in the plane; outside: |component of w outside the points' span| / |y X^+|;"
            " distance: |w - y X^+| / |y X^+|",
        ),
        Column("start", pa.string(), "zero or elsewhere; in the plane the number of the start"),
        Column("regime", pa.string(), "underdetermined or deficient", null="in the plane"),
        Column("step", pa.int64(), "steps of gradient descent taken", "count"),
        Column("value", pa.float64(), "the quantity", null="in the plane"),
        Column("w_0", pa.float64(), "first weight", null="not in the plane"),
        Column("w_1", pa.float64(), "second weight", null="not in the plane"),
        Column("x_0", pa.float64(), "first input of the one point", null="not in the plane"),
        Column("x_1", pa.float64(), "second input of it", null="not in the plane"),
        Column("y", pa.float64(), "its target", null="not in the plane"),
    ),
)

STARTS = {"zero": "start at 0", "elsewhere": "start elsewhere"}
FACES = {"zero": None, "elsewhere": "white"}


def summarise(plane: pd.DataFrame, regimes: pd.DataFrame) -> pd.DataFrame:
    many = regimes[regimes["regime"].isin(("underdetermined", "deficient"))]
    frames = [plane.assign(quantity=PLANE, start=plane["start"].astype(str))]
    for quantity in (OUTSIDE, DISTANCE):
        columns = many[["regime", "start", "step"]]
        frames.append(columns.assign(quantity=quantity, value=many[quantity]))
    return parts.arrange(pd.concat(frames), TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.3)
    plane, outside, distance = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    _draw_plane(plane, table[table["quantity"] == PLANE])
    for axes, quantity, letter, title in (
        (outside, OUTSIDE, "b", "Outside the span"),
        (distance, DISTANCE, "c", r"Distance to $yX^+$"),
    ):
        rows = table[(table["quantity"] == quantity) & (table["step"] > 0)]
        for (regime, start), curve in rows.groupby(["regime", "start"], sort=False):
            _, colour, marker = common.REGIMES[regime]
            axes.plot(
                curve["step"].astype(float),
                common.clipped(curve["value"]),
                color=colour,
                marker=marker,
                markersize=3,
                markerfacecolor=FACES[start] or colour,
                linewidth=1,
                linestyle="-" if start == "zero" else style.DASHED,
                markevery=2,
            )
        axes.set_xscale("log")
        common.distance_axis(axes)
        axes.set_ylim(top=1e2)
        axes.set_xlabel("training steps")
        style.panel(axes, letter, title)
    outside.set_ylabel(r"in units of $|yX^+|$")
    distance.tick_params(labelleft=False)
    key = [
        Line2D([], [], color=colour, marker=marker, markersize=3, linewidth=1, label=name)
        for name, colour, marker in (common.REGIMES[r] for r in ("underdetermined", "deficient"))
    ]
    key += [
        Line2D(
            [],
            [],
            color=style.INK,
            marker="o",
            markersize=3,
            markerfacecolor=FACES[start] or style.INK,
            linestyle="-" if start == "zero" else style.DASHED,
            linewidth=1,
            label=name,
        )
        for start, name in STARTS.items()
    ]
    figure.legend(handles=key, loc="outside upper center", ncols=4)
    return figure


def _draw_plane(axes: Axes, rows: pd.DataFrame):
    x, y = rows[["x_0", "x_1"]].iloc[0].to_numpy(dtype=float), float(rows["y"].iloc[0])
    nearest = y * x / (x @ x)
    along = np.array([-x[1], x[0]]) / np.linalg.norm(x)
    far = 3 * np.array([[-1], [1]])
    axes.plot(*(nearest + far * along).T, color=style.THEORY, linewidth=1.2)
    axes.plot(*(far * x).T, color=style.GREY, linewidth=0.8, linestyle=style.DOTTED)
    size = float(np.linalg.norm(nearest))
    ring = {"fill": False, "color": style.GREY, "linewidth": 0.8, "linestyle": style.DASHED}
    axes.add_patch(Circle((0, 0), size, **ring))
    for start, path in rows.groupby("start", sort=False):
        colour = style.NTK if start == "0" else style.ORANGE
        axes.plot(path["w_0"], path["w_1"], "o-", color=colour, markersize=2.5, linewidth=1)
        axes.plot(
            path["w_0"].iloc[:1], path["w_1"].iloc[:1], "o", color=colour, markerfacecolor="white"
        )
    axes.plot(*nearest, "*", color=style.THEORY, markersize=8)
    axes.annotate(r"$yX^+$", nearest, (7, 3), textcoords="offset points")
    axes.set_aspect("equal")
    corners = rows[["w_0", "w_1"]].to_numpy(dtype=float)
    low, high = corners.min(axis=0) - 0.35, corners.max(axis=0) + 0.35
    low, high = np.minimum(low, -size - 0.1), np.maximum(high, size + 0.1)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_xlabel("$w_1$")
    axes.set_ylabel("$w_2$")
    style.panel(axes, "a", "One point, two weights")


def caption(table: pd.DataFrame) -> str:
    starts = table.loc[table["quantity"] == PLANE, "start"].nunique()
    return (
        "a: with one point in two dimensions all weights on the black line fit. Gradient descent"
        f" from {starts} starts (open dots) moves along the direction of the point (dotted) to the"
        " nearest fit; only the start at 0 (blue) leads to the fit of least norm, where the circle"
        " about 0 (dashed) touches the line. b: size of the component of w at right angles to all"
        " points, in units of the least norm, and c: distance to the fit of least norm, for fewer"
        " points than dimensions (n < d) and for a matrix X of half the rank, from 0 and from a"
        " random start."
    )


def finding(table: pd.DataFrame) -> str:
    outside = table[table["quantity"] == OUTSIDE]
    largest = outside.loc[outside["start"] == "zero", "value"].max()
    apart = outside[outside["start"] == "elsewhere"].groupby("regime")["value"]
    change = float((apart.max() - apart.min()).max())
    last = table[(table["quantity"] == DISTANCE) & (table["step"] == parts.last_step(table))]
    end = last.groupby("start")["value"]
    return (
        "From 0 the component outside the span never exceeds"
        f" {number(largest, 2)}; from elsewhere it stays what it was, within"
        f" {number(change, 2)}. The distance to the fit of least norm ends at"
        f" {number(end.max()['zero'], 2)} or less from 0, and at"
        f" {number(end.min()['elsewhere'], 2)} or more from elsewhere."
    )
