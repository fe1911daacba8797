"""Step 1: gradient descent moves in the span of the points, wherever it starts."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from widelimit.report.figures import choices, style
from widelimit.report.figures.descent_axes import clipped, distance_axis
from widelimit.report.figures.looks import REGIMES
from widelimit.report.numbers import number
from widelimit.tables.columns import STEP, Table, missing, real, text
from widelimit.tables.linear_regression import TABLES

TITLE = "Descent stays in the span of the data"

PLANE, OUTSIDE, DISTANCE = "plane", "outside", "distance"

TABLE = Table(
    "figures/step1_span.parquet",
    "one iterate of gradient descent",
    (
        text(
            "quantity",
            "plane: w in the plane; outside: |component of w outside the points' span| / |X^+ y|;"
            " distance: |w - X^+ y| / |X^+ y|",
        ),
        text("start", "zero or elsewhere; in the plane the number of the start"),
        text("regime", "underdetermined or deficient", "in the plane"),
        STEP,
        real("value", "the quantity", "in the plane"),
        *missing(TABLES["plane"].pick("w_0", "w_1", "x_0", "x_1", "y"), "not in the plane"),
    ),
)

STARTS = {
    "zero": {"linestyle": "-", "linewidth": 1, "markersize": 3},
    "elsewhere": {
        "linestyle": style.DASHED,
        "linewidth": 1,
        "markersize": 3,
        "markerfacecolor": "white",
    },
}


def summarise(plane: pd.DataFrame, regimes: pd.DataFrame) -> pd.DataFrame:
    many = regimes[regimes["regime"].isin(("underdetermined", "deficient"))]
    frames = [plane.assign(quantity=PLANE, start=plane["start"].astype(str))]
    for quantity in (OUTSIDE, DISTANCE):
        columns = many[["regime", "start", "step"]]
        frames.append(columns.assign(quantity=quantity, value=many[quantity]))
    return TABLE.arrange(pd.concat(frames))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("One point, two weights", "Outside the span", r"Distance to $X^+y$")
    figure, (plane, outside, distance) = style.row(3.3, *titles, width_ratios=(1.15, 1, 1))
    _draw_plane(plane, table[table["quantity"] == PLANE])
    for axes, quantity in ((outside, OUTSIDE), (distance, DISTANCE)):
        rows = table[(table["quantity"] == quantity) & (table["step"] > 0)]
        for (regime, start), curve in rows.groupby(["regime", "start"], sort=False):
            look = {"color": REGIMES[regime].colour, "marker": REGIMES[regime].marker}
            step, value = curve["step"].astype(float), clipped(curve["value"])
            axes.plot(step, value, **look, **STARTS[start], markevery=2)
        axes.set_xscale("log")
        distance_axis(axes)
        axes.set_ylim(top=1e2)
        axes.set_xlabel("training steps")
    outside.set_ylabel(r"in units of $|X^+y|$")
    distance.tick_params(labelleft=False)
    regimes = {
        look.name: {"color": look.colour, "marker": look.marker, "markersize": 3, "linewidth": 1}
        for look in (REGIMES["underdetermined"], REGIMES["deficient"])
    }
    ink = {"color": style.INK, "marker": "o"}
    starts = {"start at 0": STARTS["zero"] | ink, "start elsewhere": STARTS["elsewhere"] | ink}
    style.key(figure, regimes | starts)
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
        first = path.iloc[:1]
        axes.plot(first["w_0"], first["w_1"], "o", color=colour, markerfacecolor="white")
    axes.plot(*nearest, "*", color=style.THEORY, markersize=8)
    axes.annotate(r"$X^+y$", nearest, (7, 3), textcoords="offset points")
    axes.set_aspect("equal")
    corners = rows[["w_0", "w_1"]].to_numpy(dtype=float)
    low, high = corners.min(axis=0) - 0.35, corners.max(axis=0) + 0.35
    low, high = np.minimum(low, -size - 0.1), np.maximum(high, size + 0.1)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="$w_1$", ylabel="$w_2$")


def caption(table: pd.DataFrame) -> str:
    starts = table.loc[table["quantity"] == PLANE, "start"].nunique()
    return (
        f"a: gradient descent from {starts} starts (open dots; blue: 0) to the line of all weights"
        " that fit. b: component of w at right angles to all points. c: distance to the fit of"
        " least norm.\na: with one point in two dimensions it moves along the direction of the"
        " point (dotted) to the nearest of the weights that fit; from 0 that is the one of least"
        " norm, where the dashed circle touches the line. b and c: for n < d and for an X of half"
        " the rank."
    )


def finding(table: pd.DataFrame) -> str:
    outside = table[table["quantity"] == OUTSIDE]
    largest = outside.loc[outside["start"] == "zero", "value"].max()
    apart = outside[outside["start"] == "elsewhere"].groupby("regime")["value"]
    change = float((apart.max() - apart.min()).max())
    last = table[(table["quantity"] == DISTANCE) & (table["step"] == choices.last_step(table))]
    end = last.groupby("start")["value"]
    return (
        f"From 0 the component outside the span never exceeds {number(largest, 2)}; from elsewhere"
        f" it stays what it was, within {number(change, 2)}. The distance to the fit of least norm"
        f" ends at {number(end.max()['zero'], 2)} or less from 0, and at"
        f" {number(end.min()['elsewhere'], 2)} or more from elsewhere."
    )
