"""Step 7: trained networks beside the NTK prediction, width by width."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Trained networks and the NTK prediction"

TABLE = Table(
    "figures/step7_fits.parquet",
    "one point of one curve",
    (
        Column("series", pa.string(), "network, ntk (its prediction), train or test (targets)"),
        parts.WIDTH,
        parts.SEED,
        parts.STEP,
        parts.INDEX,
        *parts.POSITION,
        Column("value", pa.float64(), "predicted value or target, of output 0"),
        Column("outputs", pa.int64(), "outputs that a network of the study has", "count"),
    ),
)


def summarise(data: pd.DataFrame, predictions: pd.DataFrame, *, panels: int = 6) -> pd.DataFrame:
    """Networks of at most ``panels`` widths and the NTK prediction at the last step."""
    networks = predictions[predictions["model"] == "network"]
    widths = parts.thin(networks["width"].dropna(), panels)
    step = parts.last_finite_step(predictions)
    shown = predictions[(predictions["step"] == step) & (predictions["output"] == 0)]
    shown = shown[shown["model"].eq("ntk") | shown["model"].eq("network")]
    shown = shown[shown["width"].isna() | shown["width"].isin(widths)]
    points = parts.locate(data)
    test = points[points["split"] == "test"][["index", *(c.name for c in parts.POSITION)]]
    curves = (
        shown.dropna(subset="f")
        .merge(test, on="index")
        .rename(columns={"model": "series", "f": "value"})
    )
    targets = points.rename(columns={"split": "series", "y_0": "value"})
    columns = [column.name for column in TABLE.columns]
    table = pd.concat(
        [f.reindex(columns=columns).astype({"width": "Int64"}) for f in (targets, curves)]
    )
    outputs = sum(name.startswith("y_") for name in data.columns)
    order = ["series", "width", "seed", "position", "index"]
    return parts.arrange(table.assign(outputs=outputs).sort_values(order), TABLE)


def distances(table: pd.DataFrame) -> pd.Series:
    """Median over seeds of the root mean square of network - NTK prediction, by width."""
    networks = table[table["series"] == "network"]
    ntk = table[table["series"] == "ntk"].set_index("index")["value"]
    square = (networks["value"] - networks["index"].map(ntk)) ** 2
    each = square.groupby([networks["width"], networks["seed"]]).mean() ** 0.5
    return each.groupby("width").median()


@style.context()
def draw(table: pd.DataFrame):
    widths = parts.integers(table["width"])
    columns = {1: 1, 2: 2, 4: 2}.get(len(widths), 3)
    rows = -(-len(widths) // columns)
    figure = style.figure(0.5 + 1.9 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    ordered = table["axis"].iloc[0] != "none"
    distance = distances(table)
    for axes, width in zip(grid.flat, widths, strict=False):
        colour = style.width_colour(width, widths)
        curves = table[(table["series"] == "network") & (table["width"] == width)]
        (_along if ordered else _against)(axes, table, curves, colour)
        axes.set_title(f"$k$ = {power(width)}", color=colour, fontweight="bold")
        axes.set_title(
            f"distance {number(distance[width], 2)}", loc="right", color=style.GREY, fontsize=7.5
        )
    for column in range(columns):
        lowest = grid.flat[columns * ((len(widths) - 1 - column) // columns) + column]
        lowest.tick_params(labelbottom=True)
        lowest.set_xlabel(parts.AXIS_LABELS[table["axis"].iloc[0]] if ordered else "NTK prediction")
    for axes in grid[:, 0]:
        axes.set_ylabel("output" if ordered else "network")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    empty = grid.flat[len(widths) :]
    for axes in empty:
        axes.set_axis_off()
    if len(empty):
        empty[0].legend(handles, labels, loc="center left", labelspacing=1)
    else:
        figure.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    return figure


def _along(axes, table, curves, colour):
    for place, (_, curve) in enumerate(curves.groupby("seed")):
        label = "" if place else "networks, one line a seed"
        axes.plot(curve["position"], curve["value"], color=colour, lw=0.9, alpha=0.7, label=label)
    target, ntk, train = (table[table["series"] == name] for name in ("test", "ntk", "train"))
    axes.plot(
        target["position"],
        target["value"],
        color=style.GREY,
        linestyle=style.DOTTED,
        linewidth=1.1,
        label="target",
    )
    axes.plot(
        ntk["position"],
        ntk["value"],
        color=style.THEORY,
        linestyle=style.DASHED,
        linewidth=1.2,
        label="NTK prediction",
    )
    axes.plot(
        train["position"],
        train["value"],
        "o",
        color="white",
        markeredgecolor=style.INK,
        markeredgewidth=0.7,
        markersize=3.4,
        label="training points",
    )


def _against(axes, table, curves, colour):
    ntk = table[table["series"] == "ntk"].set_index("index")["value"]
    axes.plot(
        curves["index"].map(ntk),
        curves["value"],
        ".",
        color=colour,
        markersize=3,
        alpha=0.6,
        markeredgewidth=0,
        label="networks, one point for each seed and test point",
    )
    ends = [ntk.min(), ntk.max()]
    axes.plot(
        ends,
        ends,
        color=style.THEORY,
        linestyle=style.DASHED,
        linewidth=1.2,
        label="equal to the NTK prediction",
    )


def caption(table: pd.DataFrame) -> str:
    networks = table[table["series"] == "network"]
    seeds = parts.count_words(networks.groupby("width")["seed"].nunique())
    what = "Output 0 of networks" if table["outputs"].iloc[0] > 1 else "Networks"
    against = " against the NTK prediction" if table["axis"].iloc[0] == "none" else ""
    return (
        f"{what} of {parts.listed(power(k) for k in parts.integers(networks['width']))}"
        f" hidden units after {parts.steps_words(parts.last_step(table))} of gradient"
        f" descent{against}, {seeds} each; the NTK prediction is that of an infinitely wide network"
        " at the same step, averaged over initialisations. The distance is the root mean square"
        " over test points of network - NTK prediction, median over seeds; the network's own"
        " random function at initialisation is part of it at every width."
    )


def finding(table: pd.DataFrame) -> str:
    distance = distances(table)
    text = parts.listed(
        f"{number(value, 2)} at width {power(width)}"
        for width, value in parts.ends(distance.index.to_series(), distance)
    )
    return (
        f"After {parts.steps_words(parts.last_step(table))} the typical network is {text} from the"
        " NTK prediction (root mean square over test points, median over seeds)."
    )
