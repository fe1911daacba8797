"""Step 7: how far weights and kernel move, which is why the limit is a kernel machine."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "How far weights and kernel move"

PANELS = {
    "weight_movement": (
        "Movement of the weights",
        "weights move by",
        "distance of all weights from where they started, relative to the norm there, after",
    ),
    "ntk_deviation": (
        "NTK at the start, from its limit",
        "the NTK at the start is off its limit by",
        "Frobenius distance of the NTK on the training points at initialisation from its limit,"
        " relative to the limit",
    ),
    "ntk_drift": (
        "Drift of the NTK in training",
        "the NTK drifts by",
        "Frobenius distance of the NTK on the training points after training from the NTK before,"
        " relative to that before",
    ),
}
"""Title of the panel, words of the finding and of the caption, for each metric."""

TABLE = Table(
    "figures/step7_movement.parquet",
    "one relative distance at one width, over seeds",
    (
        Column("metric", pa.string(), "as in metrics.parquet"),
        parts.STEP,
        parts.WIDTH,
        *parts.BAND,
        *parts.SLOPE,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """The three distances, that of the weights at the last step."""
    metrics = parts.of_study(metrics)
    kept = metrics[metrics["metric"].isin(PANELS)]
    kept = kept[kept["step"].isna() | kept["step"].eq(parts.last_step(kept))]
    table = parts.band(kept, ["metric", "step", "width"], quantiles)
    fits = parts.over(parts.of_study(slopes), "widest")
    return parts.arrange(parts.with_slopes(table, fits), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(2.9)
    shown = [metric for metric in PANELS if metric in set(table["metric"])]
    grid = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    widths = parts.integers(table["width"])
    for axes, metric, letter in zip(grid, shown, "abc", strict=False):
        curve = table[table["metric"] == metric].sort_values("width")
        for end in parts.width_curve(axes, curve, style.NTK, ""):
            axes.text(
                0.97,
                0.97,
                end.text.strip(),
                transform=axes.transAxes,
                color=style.NTK,
                fontsize=7.5,
                ha="right",
                va="top",
            )
        style.log_scale(axes)
        style.width_axis(axes, widths, most=5)
        style.panel(axes, letter, PANELS[metric][0])
    if len(widths) > 1:
        for axes in grid:
            style.slope_guides(axes, -0.5, "slope −1/2")
    grid[0].set_ylabel("relative distance (norm / norm)")
    return figure


def caption(table: pd.DataFrame) -> str:
    shown = [words for metric, (*_, words) in PANELS.items() if metric in set(table["metric"])]
    shown[0] += f" {parts.steps_words(parts.last_step(table))}"
    panels = " ".join(f"{letter}: {words}." for letter, words in zip("abc", shown, strict=False))
    lines = parts.band_words(table)
    return f"{panels} {lines[0].upper()}{lines[1:]}.{parts.fit_words(table)}"


def finding(table: pd.DataFrame) -> str:
    said = []
    for metric, (_, words, _) in PANELS.items():
        curve = table[table["metric"] == metric]
        if len(curve):
            width, value = parts.ends(curve["width"], curve["centre"])[-1]
            slope = parts.slope_words(curve.iloc[-1])
            said.append(f"{words} {number(value, 2)}" + f" ({slope})" * bool(slope))
    return f"In the median at width {power(width)}, relative to the norm, {parts.listed(said)}."
