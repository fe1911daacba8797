"""Step 3: the fit at any scale L, with its error and condition number; sliders move it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import step3_common as common
from widelimit.report.figures import step3_scale, style
from widelimit.report.figures.sliders import Frame, Moving, Panel, Part, Slider, Words, limits
from widelimit.report.numbers import number
from widelimit.tables.schemas import Table

TITLE = "Any scale L"

TABLE = Table("figures/step3_explorer.parquet", step3_scale.TABLE.row, step3_scale.TABLE.columns)

summarise = partial(step3_scale.summarise, part="slider")

MEASURES = {"rmse": "test RMSE", "condition_number": "condition number"}
"""Columns drawn against L, and what they are."""


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    scene = moving(table)
    figure = style.figure(4.4)
    above, below = figure.subfigures(2, 1, height_ratios=(1.25, 1))
    fits = above.subplots(1, table["kernel"].nunique(), sharey=True, squeeze=False)[0]
    grid = [*fits, *below.subplots(1, len(MEASURES))]
    for panel, axes, letter in zip(scene.panels, grid, "abcdefgh", strict=False):
        if panel.name in common.COLOURS:
            rows = table[table["kernel"] == panel.name].drop_duplicates(["split", "index"])
            target, samples = (rows[rows["split"] == split] for split in ("test", "train"))
            axes.plot(target["t"], target["y"], color=style.GREY, lw=1, ls=style.DASHED)
            axes.plot(samples["t"], samples["y"], "o", color=style.INK, ms=3.5, zorder=4)
            axes.set_xlabel("$t$")
            axes.locator_params(axis="x", nbins=5)
            style.panel(axes, letter, common.LABELS[panel.name])
        else:
            style.log_scale(axes, "xy")
            for kernel, rows in _by_scale(table):
                look = {"color": common.COLOURS[kernel], "lw": 1.2}
                axes.plot(rows.index, rows[panel.name], label=common.LABELS[kernel], **look)
            axes.set_xlabel("scale $L$")
            style.panel(axes, letter, MEASURES[panel.name])
        panel.fix(axes)
    axes_of = {panel.name: axes for panel, axes in zip(scene.panels, grid, strict=True)}
    for part in scene.parts:
        frame, colour = part.at_start(scene.sliders), common.COLOURS[part.name.split("-")[-1]]
        ring = {"ls": "", "marker": "o", "ms": 8, "markerfacecolor": "none", "mew": 1.8}
        look = {} if part.name in common.COLOURS else ring
        axes_of[part.panel].plot(frame.x, frame.y, color=colour, gid=part.name, **look)
    grid[0].set_ylabel("$f$")
    axes_of["rmse"].legend(loc="best")
    return figure


def _by_scale(table: pd.DataFrame):
    test = table[table["split"] == "test"]
    for kernel, rows in test.groupby("kernel", sort=False):
        yield kernel, rows.groupby("scale")[list(MEASURES)].first().replace(np.inf, np.nan)


def moving(table: pd.DataFrame) -> Moving:
    """A slider over L for each kernel; its fit, and a ring on each curve against L."""
    low, high = table["y"].min(), table["y"].max()
    room = 0.35 * (high - low or 1)
    kernels = dict(_by_scale(table))
    t, fits = limits(table["t"], room=0.02), (low - room, high + room)
    scales = limits(table["scale"], log=True)
    panels = [Panel(kernel, t, fits) for kernel in kernels]
    for measure in MEASURES:
        values = np.concatenate([rows[measure].to_numpy() for rows in kernels.values()])
        panels.append(Panel(measure, scales, limits(values, log=True), "xy"))
    sliders, moved, words = [], [], []
    for i, (kernel, rows) in enumerate(kernels.items()):
        labels = [f"{scale:g}" for scale in rows.index]
        middle = len(labels) // 2
        sliders.append(Slider(f"L of the {common.LABELS[kernel]} kernel", labels, middle))
        curves = {
            (place,): Frame(curve["t"].to_numpy(), curve["f"].to_numpy())
            for place, curve in enumerate(_curves(table, kernel))
        }
        moved.append(Part(kernel, kernel, (i,), curves))
        for measure in MEASURES:
            points = {
                (place,): Frame(np.array([scale]), np.array([value]))
                for place, (scale, value) in enumerate(rows[measure].items())
            }
            moved.append(Part(f"{measure}-{kernel}", measure, (i,), points))
        texts = {(place,): _words(kernel, row) for place, (_, row) in enumerate(rows.iterrows())}
        words.append(Words((i,), texts))
    return Moving(sliders, panels, moved, words)


def _curves(table: pd.DataFrame, kernel: str):
    # Through the samples too: a narrow peak stands between two points of the grid.
    for _, rows in table[table["kernel"] == kernel].groupby("scale"):
        yield rows.sort_values(["t", "split"])


def _words(kernel: str, row: pd.Series) -> str:
    condition = np.inf if np.isnan(row["condition_number"]) else row["condition_number"]
    return (
        f"{common.label(kernel, row.name)}: test RMSE {common.rmse(row['rmse'])}, condition number"
        f" {number(condition, 3)}."
    )


def caption(table: pd.DataFrame) -> str:
    samples = table.loc[table["split"] == "train", "index"].nunique()
    return (
        f"Above, {samples} samples (dots), their target (dashed) and the fit at the chosen L."
        " Below, root mean square of fit - target over the test grid, and the condition number"
        " lambda_max / lambda_min of the Gram matrix, against L; the ring is at the chosen L,"
        f" one of {table['scale'].nunique()}. One draw of the samples; nothing else is random."
    )


def finding(table: pd.DataFrame) -> str:
    sentences = []
    for kernel, rows in _by_scale(table):
        best = rows["rmse"].idxmin()
        condition = rows["condition_number"].fillna(np.inf)[best]
        sentences.append(
            f"{common.LABELS[kernel]}: the test RMSE is smallest at L = {best:g}, where it is"
            f" {common.rmse(rows['rmse'][best])}, the condition number"
            f" {number(condition, 3)}."
        )
    return " ".join(sentences)
