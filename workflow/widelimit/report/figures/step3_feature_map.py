"""Two concentric circles before and after the feature map (x_1, x_2) -> (x_1, x_2, |x|)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from widelimit.data.concentric import best_line
from widelimit.report.figures import style
from widelimit.report.numbers import number
from widelimit.tables.columns import Table, real
from widelimit.tables.regression import TABLES

TITLE = "A feature map makes the circles separable by a plane"

TABLE = Table(
    "figures/step3_feature_map.parquet",
    "one point of two concentric circles",
    (
        *TABLES["circles"].columns,
        real("line", "signed distance to the best straight line of the plane"),
        real("plane", "signed distance to the plane half way between the circles"),
    ),
)

COLOURS = (style.NTK, style.ORANGE)
MARKERS = ("o", "^")
NAMES = ("inner: −1", "outer: +1")


def summarise(circles: pd.DataFrame) -> pd.DataFrame:
    points = circles[["x_0", "x_1"]].to_numpy()
    normal, offset, _ = best_line(points, _labels(circles))
    middle = circles.groupby("circle")["radius"].mean().mean()
    line, plane = points @ normal - offset, circles["radius"] - middle
    return TABLE.arrange(circles.assign(line=line, plane=plane))


def _labels(table: pd.DataFrame) -> np.ndarray:
    return 2 * table["circle"].to_numpy(dtype=int) - 1


def caption(table: pd.DataFrame) -> str:
    return (
        f"{len(table)} points on two circles, before and after a feature map. a: in the plane, with"
        " the best straight line (dashed). b: with their radius as a third"
        " coordinate, and the horizontal plane half way between the circles."
    )


def finding(table: pd.DataFrame) -> str:
    labels, points = _labels(table), len(table)
    line, plane = (int(np.sum(np.sign(table[name]) == labels)) for name in ("line", "plane"))
    height = (table["radius"] - table["plane"]).iloc[0]
    return (
        f"The best straight line gets {line} of {points} points right; after the map the plane"
        f" |x| = {number(height)} gets {plane} of {points} right."
    )


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.3)
    flat = figure.add_subplot(1, 2, 1)
    lifted = figure.add_subplot(1, 2, 2, projection="3d")
    for circle, points in table.groupby("circle"):
        look = {"marker": MARKERS[circle], "color": COLOURS[circle], "linestyle": "none"}
        flat.plot(points["x_0"], points["x_1"], **look)
        lifted.plot(points["x_0"], points["x_1"], points["radius"], zorder=3 + 2 * circle, **look)
        below = {"textcoords": "offset points", "ha": "center", "va": "top", "color": style.INK}
        flat.annotate(NAMES[circle], (0, points["radius"].iloc[0]), (0, -9), **below)
    _draw_line(flat, table)
    _draw_plane(lifted, table)
    style.panel(flat, "a", "$(x_1, x_2)$: no line separates them")
    style.panel(lifted, "b", "$(x_1, x_2, |x|)$: a plane does")
    return figure


def _draw_line(axes: Axes, table: pd.DataFrame):
    reach = 1.25 * table["radius"].max()
    # The distance is affine in x: three points give the line, all of them give it by fitting.
    columns = np.column_stack([table["x_0"], table["x_1"], np.ones(len(table))])
    w_0, w_1, b = np.linalg.lstsq(columns, table["line"].to_numpy(), rcond=None)[0]
    foot = -b * np.array([w_0, w_1])
    along = 2 * reach * np.array([-w_1, w_0])
    ends = np.stack([foot - along, foot + along])
    axes.plot(ends[:, 0], ends[:, 1], color=style.INK, linewidth=1, linestyle=style.DASHED)
    axes.set_xlim(-reach, reach)
    axes.set(ylim=(-reach, reach), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")


def _draw_plane(axes, table: pd.DataFrame):
    reach = 1.1 * table["radius"].max()
    height = (table["radius"] - table["plane"]).iloc[0]
    corners = np.array([-reach, reach])
    across, back = np.meshgrid(corners, corners)
    axes.plot_surface(
        across, back, np.full((2, 2), height), color=style.GREY, alpha=0.35, zorder=4, shade=False
    )
    axes.computed_zorder = False
    axes.view_init(elev=16, azim=-60)
    axes.set_zlim(0, 1.1 * table["radius"].max())
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.pane.set_visible(False)
        axis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_box_aspect((1, 1, 0.75), zoom=1.1)
    axes.set_xlabel("$x_1$", labelpad=-6)
    axes.set_ylabel("$x_2$", labelpad=-6)
    axes.set_zlabel("$|x|$", labelpad=-6)
    axes.tick_params(pad=-2)
