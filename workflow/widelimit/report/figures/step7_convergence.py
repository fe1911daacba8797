"""Step 7, the headline: how far networks are from the NTK prediction, by width and step."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Distance of networks from the NTK prediction, by width and step"

NETWORK, OWN, LAST_LAYER = (
    "rmse_network_vs_ntk",
    "rmse_network_vs_empirical_ntk",
    "rmse_last_layer_vs_nngp",
)

TABLE = Table(
    "figures/step7_convergence.parquet",
    "one distance at one step and width, over seeds",
    (
        Column("metric", pa.string(), "as in metrics.parquet"),
        parts.STEP,
        parts.WIDTH,
        *parts.BAND,
        *parts.SLOPE,
    ),
)


def summarise(
    metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9), curves: int = 6
) -> pd.DataFrame:
    """Network against NTK at up to ``curves`` steps, the other two distances at the last step."""
    metrics = parts.of_study(metrics)
    distances = metrics[metrics["metric"].isin((NETWORK, OWN, LAST_LAYER)) & metrics["step"].gt(0)]
    steps = parts.decades(distances["step"], curves)
    kept = distances["step"].isin(steps) & distances["metric"].eq(NETWORK)
    kept |= distances["step"].eq(steps[-1])
    table = parts.band(distances[kept], ["metric", "step", "width"], quantiles)
    fits = parts.over(parts.of_study(slopes), "widest")
    return parts.arrange(parts.with_slopes(table, fits), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.9)
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1), sharey=True)
    widths = parts.integers(table["width"])
    network = table[table["metric"] == NETWORK]
    steps = parts.integers(network["step"])
    ends = []
    for step in steps:
        curve = network[network["step"] == step]
        colour = style.step_colour(step, steps)
        ends += parts.width_curve(left, curve, colour, parts.steps_words(step))
    last = network[network["step"] == steps[-1]]
    colour = style.step_colour(steps[-1], steps)
    others = parts.width_curve(right, last, colour, "network vs limit NTK")
    for metric, colour, name, look in (
        (OWN, style.NTK, "network vs own NTK", {"marker": "s"}),
        (LAST_LAYER, style.NNGP, "last layer vs NNGP", {"marker": "D", "linestyle": "--"}),
    ):
        curve = table[table["metric"] == metric]
        others += parts.width_curve(right, curve, colour, name, **look)
    for axes in (left, right):
        style.log_scale(axes)
        style.width_axis(axes, widths, most=8 if axes is left else 5)
    if len(widths) > 1:
        for axes in (left, right):
            style.slope_guides(axes, -0.5, "slope −1/2")
    left.set_ylabel("distance (root mean square over test points)")
    style.panel(left, "a", "Network against NTK prediction, at the same step")
    style.panel(right, "b", f"Three distances after {parts.steps_words(steps[-1])}")
    style.label_ends(left, ends)
    style.label_ends(right, others)
    return figure


def caption(table: pd.DataFrame) -> str:
    step = parts.steps_words(parts.last_step(table))
    return (
        "a: root mean square over test points of the difference between a network and the NTK"
        " prediction that starts from the network's own initialisation, at the same step of"
        f" gradient descent. b: the same after {step}, beside the distance to the prediction of"
        " the network's own NTK at initialisation, and the distance of NNGP regression and a"
        f" network whose last layer alone is trained. In both, {parts.band_words(table)}."
        f"{parts.fit_words(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    network = table[table["metric"] == NETWORK]
    last = network[network["step"] == parts.last_step(network)].sort_values("width")
    ends = parts.ends(last["width"], last["centre"])
    text = parts.listed(f"{number(v, 2)} at width {power(k)}" for k, v in ends)
    text = (
        f"After {parts.steps_words(parts.last_step(network))} the distance between network and NTK"
        f" prediction is {text} (medians over seeds)"
    )
    slopes = network[network["slope"].notna()].drop_duplicates("step").sort_values("step")
    if slopes.empty:
        return text + "."
    fits = parts.listed(
        f"{fixed(row['slope'])} ({fixed(row['slope_low'])} to"
        f" {fixed(row['slope_high'])}) at {parts.steps_words(row['step'])}"
        for _, row in slopes.iloc[sorted({0, len(slopes) - 1})].iterrows()
    )
    return f"{text}; its slope against width over the widest widths is {fits}."
