"""Step 7, beyond ReLU and beyond the circle: the same distance for others, by width."""

import math

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, looks, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.numbers import number
from widelimit.tables.columns import ACTIVATION, BAND, EXPERIMENT, STEP, WIDTH, Table, large_count

TITLE = "Distance from the NTK prediction, for other activations and spheres"

METRIC = "rmse_network_vs_ntk"
COLUMNS = 5

TABLE = Table(
    "figures/step7_beyond.parquet",
    "one distance of one experiment at one width, over seeds",
    (
        EXPERIMENT,
        ACTIVATION,
        large_count("dimension", "d of another sphere", "points of the main study"),
        STEP,
        WIDTH,
        *BAND,
        *against_width.FIT,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """The distance at the last step of the experiments beyond the main one, each with its slope.

    The main study goes first, at the same step and at those of its widths that lie between the
    others', where it has them.
    """
    rows = metrics[metrics["metric"] == METRIC]
    beyond = rows[rows["experiment"].str.startswith("beyond/")]
    study = rows[rows["experiment"] == "step7"]
    study = study[study["width"].between(beyond["width"].min(), beyond["width"].max())]
    rows = pd.concat([study, beyond])
    rows = rows[rows["step"] == choices.last_step(beyond)]
    widths = slopes["experiment"].eq("step7").map({True: "shared", False: "all"})
    fits = slopes[slopes["metric"].eq(METRIC) & slopes["widths"].eq(widths)]
    by = ["experiment", "activation", "step"]
    table = against_width.summarise(rows, fits, by, quantiles)
    sphere = table["experiment"].str.extract(r"^beyond/sphere_(\d+)$")[0]
    table = table.assign(dimension=sphere.astype("Int64"), other=table["experiment"] != "step7")
    order = ["other", "dimension", "experiment", "width"]
    return TABLE.arrange(table.sort_values(order, na_position="first"))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    curves = [
        Curve(rows, name(rows.iloc[0]), style.INK if experiment == "step7" else style.NTK)
        for experiment, rows in table.groupby("experiment", sort=False)
    ]
    figure = style.figure(0.5 + 1.7 * math.ceil(len(curves) / COLUMNS))
    against_width.small_multiples(figure, curves, columns=COLUMNS, ylabel="distance")
    return figure


def name(row) -> str:
    """What an experiment is called: its activation, or the sphere it is on."""
    if pd.notna(row["dimension"]):
        return f"d = {row['dimension']}"
    activation = looks.activation(row["activation"]).name
    return f"the study: {activation}" if row["experiment"] == "step7" else activation


def caption(table: pd.DataFrame) -> str:
    others = table[table["experiment"] != "step7"]
    kinds = words.listed(
        kind
        for kind, some in (
            ("for other activations", others["dimension"].isna()),
            ("on spheres of d dimensions", others["dimension"].notna()),
        )
        if some.any()
    )
    steps = words.steps(choices.last_step(table))
    return (
        f"Distance of networks from the NTK prediction after {steps}, by width, {kinds}: root mean"
        f" square over test points. {against_width.caption(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    step = words.steps(choices.last_step(table))
    each = table.sort_values("width").drop_duplicates("experiment", keep="last")
    fits = each.dropna(subset="slope")
    if len(fits):
        over = f"{against_width.fitted_widths(fits)} ({words.seeds(table['seeds'])} each)"
        return f"After {step} and over {over}, {against_width.compared(fits, name)}."
    wide = each.sort_values("centre")
    ends = " to ".join(
        f"{number(row['centre'], 2)} ({name(row)})" for _, row in choices.ends(wide).iterrows()
    )
    return f"After {step} the median distance at the largest width is {ends}."
