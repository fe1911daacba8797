"""Step 7: the training loss beside what the NTK says it must be."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Training loss and its closed form"

TABLE = Table(
    "figures/step7_loss.parquet",
    "one loss, or ratio of losses, at one step and width, over seeds",
    (
        Column(
            "quantity",
            pa.string(),
            "measured; closed_form, from the limit NTK and each network's initialisation;"
            " or ratio, of measured to closed form, network by network",
        ),
        parts.WIDTH,
        parts.STEP,
        *parts.BAND,
    ),
)


def summarise(metrics: pd.DataFrame, *, quantiles=(0.1, 0.9), curves: int = 5) -> pd.DataFrame:
    """Losses of at most ``curves`` widths; the closed form over all of their networks at once."""
    metrics = parts.of_study(metrics)
    kept = metrics[metrics["metric"].isin(("train_loss", "train_loss_ntk")) & metrics["step"].gt(0)]
    kept = kept[kept["width"].isin(parts.thin(kept["width"], curves))]
    key = ["width", "seed", "step"]
    pairs = kept.pivot(index=key, columns="metric", values="value").reset_index()
    measured, closed = pairs["train_loss"], pairs["train_loss_ntk"]
    pairs["ratio"] = (measured / closed).where(closed > 0)
    every = [*key[::2], "quantity"]
    table = pd.concat(
        parts.band(pairs.assign(quantity=name), by, quantiles, value=value)
        for name, value, by in (
            ("measured", "train_loss", every),
            ("closed_form", "train_loss_ntk", every[1:]),
            ("ratio", "ratio", every),
        )
    )
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.4)
    left, right = figure.subplots(1, 2)
    widths = parts.integers(table["width"])
    ends = {left: [], right: []}
    for axes, quantity in ((left, "measured"), (right, "ratio")):
        for width in widths:
            curve = table[(table["quantity"] == quantity) & (table["width"] == width)]
            curve = parts.drawable(curve)
            if curve.empty:
                continue
            colour = style.width_colour(width, widths)
            _draw_band(axes, curve, colour, marker="o" if len(curve) == 1 else None)
            end = curve.iloc[-1]
            ends[axes].append(style.End(end["step"], end["centre"], power(width), colour))
        style.log_scale(axes, "xy")
        axes.set_xlabel("training steps")
    closed = parts.drawable(table[table["quantity"] == "closed_form"])
    theory = {"color": style.THEORY, "linestyle": style.DASHED, "linewidth": 1.2}
    if len(closed):
        left.plot(closed["step"].astype(float), closed["centre"], label="closed form", **theory)
        left.legend(loc="lower left")
    right.axhline(1, **theory)
    left.set_ylabel("training loss (half the sum of squares)")
    right.set_ylabel("measured / closed form")
    style.panel(left, "a", "Loss, by hidden units $k$")
    style.panel(right, "b", "Each network against its own closed form")
    for axes, labels in ends.items():
        style.label_ends(axes, labels)
    return figure


def _draw_band(axes, curve, colour, **look):
    values = (curve[name].astype(float) for name in ("centre", "lower", "upper"))
    style.band(axes, curve["step"].astype(float), *values, colour, **look)


def caption(table: pd.DataFrame) -> str:
    widths = parts.listed(power(k) for k in parts.integers(table["width"]))
    return (
        f"a: training loss of networks of {widths} hidden units, and its closed form for an"
        " infinitely wide network from the same initialisations (dashed, median over all of them)."
        " b: each network's loss divided by the closed form from its own initialisation. In both,"
        f" {parts.band_words(table[table['quantity'] == 'measured'])}."
    )


def finding(table: pd.DataFrame) -> str:
    ratio = table[table["quantity"] == "ratio"]
    if ratio.empty:
        return "No step has a closed form of the training loss to compare with."
    last = ratio[ratio["step"] == parts.last_step(ratio)].sort_values("width")
    text = parts.listed(
        f"{number(value, 3)} times the closed form at width {power(width)}"
        for width, value in parts.ends(last["width"], last["centre"])
    )
    return (
        f"After {parts.steps_words(parts.last_step(ratio))} the median training loss is {text},"
        " network by network."
    )
