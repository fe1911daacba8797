"""Output scale: the mean-field limit, in which networks approach each other and not the kernel."""

from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, scales, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table
from widelimit.tables.scale import G

TITLE = "A limit that is no kernel"

QUANTITIES = {
    "rmse_network_vs_next_width": "Distance to the next width",
    "rmse_network_vs_ntk": "Distance to the NTK prediction",
}

TABLE = Table(
    "figures/scale_limit.parquet",
    "one distance at one g and width, last step, over seeds",
    (METRIC, G, WIDTH, STEP, *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Both distances at the last step by width, with their slopes."""
    rows = scales.with_g(metrics)
    rows = rows[rows["metric"].isin(QUANTITIES)]
    rows = rows[rows["step"].eq(rows["g"].map(scales.last_steps(rows)))]
    fits = scales.with_g(slopes[slopes["widths"] == "all"])
    fits = fits[fits["step"].gt(0)]
    by = ["metric", "g", "step"]
    return TABLE.arrange(against_width.summarise(rows, fits, by, quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, grid = style.row(3.6, *QUANTITIES.values())
    each = scales.scales(table)
    # Neighbouring shades are alike.
    marker = dict(zip(each, cycle("osD^vPX"), strict=False))
    panels = {
        axes: [
            Curve(rows, f"$g$ = {scales.written(g)}", style.shade(g, each), marker=marker[g])
            for g, rows in table[table["metric"] == name].groupby("g")
        ]
        for axes, name in zip(grid, QUANTITIES, strict=True)
    }
    ends = against_width.draw(panels, slopes=False)
    grid[0].set_ylabel("root mean square over test points")
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Networks of g = α√k at the last step, by width k. a: distance between a network and that"
        " of the same seed at the next width. b: distance to the NTK prediction.\nLarge g"
        f" is lazy, small g rich. {against_width.caption(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    apart = table[table["metric"] == "rmse_network_vs_next_width"]
    kernel = table[table["metric"] == "rmse_network_vs_ntk"]
    fits = apart.drop_duplicates("g").dropna(subset="slope")
    rich = scales.scales(table)[0]
    there = kernel[kernel["g"] == rich].sort_values("width")
    text = (
        f"{scales.after(table)} networks of g = {scales.written(rich)} are"
        f" {words.by_width(there['width'], there['centre'])} from the NTK prediction (root mean"
        f" square over test points, medians over {words.seeds(there['seeds'])})"
    )
    if fits.empty:
        return f"{text}."
    return (
        f"{text}. Of the distance between networks of neighbouring widths,"
        f" over {against_width.fitted_widths(fits)},"
        f" {against_width.compared(fits, lambda fit: f'g = {scales.written(fit.g)}')}."
    )
