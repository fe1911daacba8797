"""Step 7: the training loss beside what the NTK predicts."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import bands, choices, looks, style, words
from widelimit.report.figures.labels import label_ends
from widelimit.report.figures.study_points import of_study
from widelimit.report.numbers import number, power
from widelimit.tables.columns import BAND, STEP, WIDTH, Table, text

TITLE = "Training loss and its closed form"

MOST_WIDTHS = 5
LOSSES = ("train_loss", "train_loss_ntk", "train_loss_empirical_ntk")

TABLE = Table(
    "figures/step7_loss.parquet",
    "one loss, or ratio of losses, at one step and width, over seeds",
    (
        text(
            "quantity",
            "measured; closed_form, from the limit NTK and each network's initialisation;"
            " ratio, of measured to closed form, network by network; own_ratio, the same of the"
            " closed form with the network's own NTK at the start",
        ),
        WIDTH.but(null="the closed form, over all widths"),
        STEP,
        *BAND,
    ),
)


def summarise(metrics: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Losses of some widths; the closed form over all of their networks at once."""
    metrics = of_study(metrics)
    kept = metrics[metrics["metric"].isin(LOSSES) & metrics["step"].gt(0)]
    kept = kept[kept["width"].isin(choices.thin(kept["width"], MOST_WIDTHS))]
    key = ["width", "seed", "step"]
    pairs = kept.pivot(index=key, columns="metric", values="value").reset_index()
    closed = pairs["train_loss_ntk"]
    for name, loss in (("ratio", "train_loss"), ("own_ratio", "train_loss_empirical_ntk")):
        pairs[name] = (pairs[loss] / closed).where(closed > 0) if loss in pairs else np.nan
    every = ["width", "step", "quantity"]
    table = pd.concat(
        bands.summarise(pairs.assign(quantity=name), by, quantiles, value=value)
        for name, value, by in (
            ("measured", "train_loss", every),
            ("closed_form", "train_loss_ntk", every[1:]),
            ("ratio", "ratio", every),
            ("own_ratio", "own_ratio", every),
        )
    )
    return TABLE.arrange(table)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("Loss, by hidden units $k$", "Each network against its own closed form")
    figure, (left, right) = style.row(3.4, *titles)
    widths = choices.distinct(table["width"])
    ends = {left: [], right: []}
    for axes, quantity in ((left, "measured"), (right, "ratio")):
        style.log_scale(axes, "xy")
        axes.set_xlabel("training steps")
        for width, rows in table[table["quantity"] == quantity].groupby("width"):
            colour = style.width_colour(width, widths)
            # A single step would be a line of no length.
            look = {"marker": "o" if len(bands.drawable(axes, rows)) == 1 else None}
            ends[axes] += bands.draw(axes, rows, colour, along="step", name=power(width), **look)
    closed = bands.drawable(left, table[table["quantity"] == "closed_form"])
    if len(closed):
        left.plot(
            closed["step"].astype(float), closed["centre"], label="closed form", **looks.THEORY
        )
        left.legend(loc="lower left")
    right.axhline(1, **looks.THEORY)
    left.set_ylabel("training loss (half the sum of squares)")
    right.set_ylabel("measured / closed form")
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    widths = words.listed(power(width) for width in choices.distinct(table["width"]))
    return (
        f"Training loss of networks of width {widths}."
        " a: loss, and its closed form from the same initialisations (dashed, median over all)."
        " b: each network's loss divided by the closed form from its own initialisation."
        f" {bands.caption(table[table['quantity'] == 'measured'])}"
    )


def finding(table: pd.DataFrame) -> str:
    ratio = table[table["quantity"] == "ratio"]
    if ratio.empty:
        return "At no step is there a closed form of the training loss to compare with."
    step = choices.last_step(ratio)
    last = ratio[ratio["step"] == step]
    ends = words.by_width(
        last["width"], last["centre"], lambda value: f"{number(value, 3)} times the closed form"
    )
    text = (
        f"After {words.steps(step)} the training loss is {ends}, network by network (medians over"
        f" {words.seeds(last['seeds'])})"
    )
    width = last["width"].max()
    own = table[table["quantity"].eq("own_ratio") & table["step"].eq(step)].set_index("width")
    if width not in own.index:
        return text + "."
    return (
        f"{text}; at width {power(int(width))} the closed form with each network's own NTK at the"
        f" start is {number(own.loc[width, 'centre'], 2)} times that of the limit."
    )
