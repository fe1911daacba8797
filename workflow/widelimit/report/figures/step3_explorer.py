"""Step 3: the fit at any scale L, with its error and condition number; sliders move it."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import step3_scale, style
from widelimit.report.figures.kernel_fits import label, rmse, samples, target_range
from widelimit.report.figures.looks import KERNELS
from widelimit.report.figures.sliders import Frame, Moving, Panel, Part, Slider, Words, limits
from widelimit.report.numbers import number

TITLE = "Any scale L"

TABLE = step3_scale.TABLE.but(path="figures/step3_explorer.parquet")

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
        if panel.name in KERNELS:
            rows = table[table["kernel"] == panel.name].drop_duplicates(["split", "index"])
            target, train = (rows[rows["split"] == split] for split in ("test", "train"))
            axes.plot(target["t"], target["y"], color=style.GREY, lw=1, ls=style.DASHED)
            axes.plot(train["t"], train["y"], "o", color=style.INK, ms=3.5, zorder=4)
            axes.set_xlabel("$t$")
            axes.locator_params(axis="x", nbins=5)
            style.panel(axes, letter, KERNELS[panel.name].name)
        else:
            style.log_scale(axes, "xy")
            for kernel, rows in _by_scale(table):
                look = {"color": KERNELS[kernel].colour, "lw": 1.2}
                axes.plot(rows.index, rows[panel.name], label=KERNELS[kernel].name, **look)
            axes.set_xlabel("scale $L$")
            style.panel(axes, letter, MEASURES[panel.name])
        panel.fix(axes)
    by_name = {panel.name: axes for panel, axes in zip(scene.panels, grid, strict=True)}
    for part in scene.parts:
        frame, colour = part.at_start(scene.sliders), KERNELS[part.name.split("-")[-1]].colour
        ring = {"ls": "", "marker": "o", "ms": 8, "markerfacecolor": "none", "mew": 1.8}
        look = {} if part.name in KERNELS else ring
        by_name[part.panel].plot(frame.x, frame.y, color=colour, gid=part.name, **look)
    grid[0].set_ylabel("$f$")
    by_name["rmse"].legend(loc="best")
    return figure


def _by_scale(table: pd.DataFrame):
    test = table[table["split"] == "test"]
    for kernel, rows in test.groupby("kernel", sort=False):
        yield kernel, rows.groupby("scale")[list(MEASURES)].first().replace(np.inf, np.nan)


def moving(table: pd.DataFrame) -> Moving:
    """A slider over L for each kernel; its fit, and a ring on each curve against L."""
    kernels = dict(_by_scale(table))
    t, scales = limits(table["t"], room=0.02), limits(table["scale"], log=True)
    panels = [Panel(kernel, t, target_range(table)) for kernel in kernels]
    for measure in MEASURES:
        values = np.concatenate([rows[measure].to_numpy() for rows in kernels.values()])
        panels.append(Panel(measure, scales, limits(values, log=True), "xy"))
    sliders, parts, words = [], [], []
    for i, (kernel, rows) in enumerate(kernels.items()):
        scales = [number(scale) for scale in rows.index]
        name = f"L of the {KERNELS[kernel].name} kernel"
        sliders.append(Slider(name, scales, len(scales) // 2))
        curves = {
            (place,): Frame(curve["t"].to_numpy(), curve["f"].to_numpy())
            for place, curve in enumerate(_curves(table, kernel))
        }
        parts.append(Part(kernel, kernel, (i,), curves))
        for measure in MEASURES:
            points = {
                (place,): Frame(np.array([scale]), np.array([value]))
                for place, (scale, value) in enumerate(rows[measure].items())
            }
            parts.append(Part(f"{measure}-{kernel}", measure, (i,), points))
        texts = {(place,): _words(kernel, row) for place, (_, row) in enumerate(rows.iterrows())}
        words.append(Words((i,), texts))
    return Moving(sliders, panels, parts, words)


def _curves(table: pd.DataFrame, kernel: str):
    # Through the samples too: a narrow peak stands between two points of the grid.
    for _, rows in table[table["kernel"] == kernel].groupby("scale"):
        yield rows.sort_values(["t", "split"])


def _words(kernel: str, row: pd.Series) -> str:
    return (
        f"{label(kernel, row.name)}: test RMSE {rmse(row['rmse'])}, condition number"
        f" {_condition(row)}."
    )


def _condition(row: pd.Series) -> str:
    kappa = row["condition_number"]
    return number(np.inf if np.isnan(kappa) else kappa, 3)


def caption(table: pd.DataFrame) -> str:
    return (
        f"The fit to {samples(table)} samples at any scale L. Above: samples (dots), their target"
        " (dashed) and the fit. Below, against L: test error and condition number; rings: the"
        " chosen L.\nThe error is the root mean square of fit − target over the test grid, the"
        f" condition number λmax / λmin of the Gram matrix; L is one of {table['scale'].nunique()}."
        " One draw of the samples; nothing else is random."
    )


def finding(table: pd.DataFrame) -> str:
    sentences = []
    for kernel, rows in _by_scale(table):
        best = rows["rmse"].idxmin()
        sentences.append(
            f"{KERNELS[kernel].name}: the test RMSE is smallest at L = {number(best)}, where it is"
            f" {rmse(rows['rmse'][best])} and the condition number {_condition(rows.loc[best])}."
        )
    return " ".join(sentences)
