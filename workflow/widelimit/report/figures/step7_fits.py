"""Step 7: trained networks beside the NTK prediction, width by width."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import choices, looks, study_points, style, words
from widelimit.report.numbers import number, power
from widelimit.tables.columns import (
    INDEX,
    SEED,
    STEP,
    WIDTH,
    Table,
    large_count,
    missing,
    real,
    text,
)

TITLE = "Trained networks and the NTK prediction"

TABLE = Table(
    "figures/step7_fits.parquet",
    "one point of one curve",
    (
        text("series", "network, ntk (its prediction), train or test (targets)"),
        *missing((WIDTH, SEED, STEP), "not of a network"),
        INDEX,
        *study_points.POSITION,
        real("value", "predicted value or target, of output 0"),
        large_count("outputs", "outputs that a network of the study has"),
    ),
)


PANELS = 6
"""Widths at most."""


def summarise(data: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Networks of some widths and the NTK prediction at the last step."""
    networks = predictions[predictions["model"] == "network"]
    widths = choices.thin(networks["width"].dropna(), PANELS)
    shown = predictions[predictions["model"].isin(("network", "ntk")) & predictions["output"].eq(0)]
    shown = shown[shown["step"] == study_points.last_finite_step(predictions)]
    shown = shown[shown["width"].isna() | shown["width"].isin(widths)]
    curves = shown.dropna(subset="f").merge(study_points.locate_tests(data), on="index")
    curves = curves.rename(columns={"model": "series", "f": "value"})
    targets = study_points.locate(data).rename(columns={"split": "series", "y_0": "value"})
    table = pd.concat([TABLE.arrange(targets), TABLE.arrange(curves)])
    order = ["series", "width", "seed", "position", "index"]
    return TABLE.arrange(table.assign(outputs=study_points.outputs(data)).sort_values(order))


def distances(table: pd.DataFrame) -> pd.Series:
    """Median over seeds of the root mean square of network - NTK prediction, by width."""
    networks = table[table["series"] == "network"]
    ntk = table[table["series"] == "ntk"].set_index("index")["value"]
    square = (networks["value"] - networks["index"].map(ntk)) ** 2
    each = square.groupby([networks["width"], networks["seed"]]).mean() ** 0.5
    return each.groupby("width").median()


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    widths = choices.distinct(table["width"])
    columns = {1: 1, 2: 2, 4: 2}.get(len(widths), 3)
    rows = -(-len(widths) // columns)
    figure = style.figure(0.5 + 1.9 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axis = table["axis"].iloc[0]
    series = dict(iter(table.groupby("series")))
    distance = distances(table)
    for axes, (width, curves) in zip(grid.flat, series["network"].groupby("width"), strict=False):
        colour = style.width_colour(width, widths)
        (_against if axis == "none" else _along)(axes, series, curves, colour)
        axes.set_title(f"$k$ = {power(width)}", color=colour, fontweight="bold")
        title = f"distance {number(distance[width], 2)}"
        axes.set_title(title, loc="right", color=style.GREY, fontsize=7.5)
    for column in range(columns):
        lowest = grid.flat[columns * ((len(widths) - 1 - column) // columns) + column]
        lowest.tick_params(labelbottom=True)
        lowest.set_xlabel(study_points.AXIS_LABELS.get(axis, "NTK prediction"))
    for axes in grid[:, 0]:
        axes.set_ylabel("network" if axis == "none" else "output")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    empty = grid.flat[len(widths) :]
    for axes in empty:
        axes.set_axis_off()
    if len(empty):
        empty[0].legend(handles, labels, loc="center left", labelspacing=1)
    else:
        figure.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    return figure


def _along(axes: Axes, series: dict[str, pd.DataFrame], curves: pd.DataFrame, colour):
    """Networks, prediction and targets over the position of the points."""
    for place, (_, curve) in enumerate(curves.groupby("seed")):
        label = "" if place else "networks, one line a seed"
        axes.plot(curve["position"], curve["value"], color=colour, lw=0.9, alpha=0.7, label=label)
    for name, label, look in (
        ("test", "target", looks.TARGET),
        ("ntk", "NTK prediction", looks.THEORY),
        ("train", "training points", looks.TRAINING_POINTS),
    ):
        axes.plot(series[name]["position"], series[name]["value"], label=label, **look)


def _against(axes: Axes, series: dict[str, pd.DataFrame], curves: pd.DataFrame, colour):
    """Networks against the prediction, where points have no order."""
    ntk = series["ntk"].set_index("index")["value"]
    dots = {"color": colour, "markersize": 3, "alpha": 0.6, "markeredgewidth": 0}
    label = "networks, one point for each seed and test point"
    axes.plot(curves["index"].map(ntk), curves["value"], ".", label=label, **dots)
    ends = [ntk.min(), ntk.max()]
    axes.plot(ends, ends, label="equal to the NTK prediction", **looks.THEORY)


def caption(table: pd.DataFrame) -> str:
    networks = table[table["series"] == "network"]
    seeds = words.seeds(networks.groupby("width")["seed"].nunique())
    what = "Output 0 of networks" if table["outputs"].iloc[0] > 1 else "Networks"
    against = "against" if table["axis"].iloc[0] == "none" else "beside"
    return (
        f"{what} of {words.listed(power(k) for k in choices.distinct(networks['width']))} hidden"
        f" units {against} the NTK prediction, both after {words.steps(choices.last_step(table))};"
        f" {seeds} each. The prediction is the mean of infinitely wide networks over"
        " initialisations.\nDistance: root mean square over test points of network − prediction,"
        " median over seeds; a network's own random function at the start is part of it at every"
        " width."
    )


def finding(table: pd.DataFrame) -> str:
    distance = distances(table)
    networks = table[table["series"] == "network"]
    return (
        f"After {words.steps(choices.last_step(table))} the typical network is"
        f" {words.by_width(distance.index.to_series(), distance)} from the NTK prediction (root"
        " mean square over test points, median over"
        f" {words.seeds(networks.groupby('width')['seed'].nunique())})."
    )
