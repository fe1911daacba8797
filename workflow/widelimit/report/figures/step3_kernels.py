"""Kernel regression on the same samples with five kernels."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import step3_common as common
from widelimit.report.figures import style
from widelimit.tables.schemas import Column, Table

TITLE = "Five kernels on the same samples"

TABLE = Table(
    "figures/step3_kernels.parquet",
    "one prediction of one kernel, at a sample or at a point of the grid",
    (
        common.KERNEL,
        common.SCALE,
        common.SPLIT,
        common.INDEX,
        common.T,
        Column("y", pa.float64(), "target"),
        Column("f", pa.float64(), "prediction"),
        Column("rmse", pa.float64(), "root mean square of f - y over the split"),
    ),
)


def summarise(points: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    table = common.fits(points, predictions, "kernels")
    return table[[column.name for column in TABLE.columns]]


def caption(table: pd.DataFrame) -> str:
    samples = table.loc[table["split"] == "train", "index"].nunique()
    grid = table.loc[table["split"] == "test", "index"].nunique()
    return (
        f"a to e: kernel regression on {samples} samples (dots) of the target (dashed), one panel a"
        f" kernel. f: root mean square of fit less target over a grid of {grid} points (test, bars)"
        " and over the samples (training)."
    )


def finding(table: pd.DataFrame) -> str:
    scores = {
        common.label(kernel, scale): rows.groupby("split")["rmse"].first()
        for kernel, scale, rows in common.each_kernel(table)
    }
    test = {name: score["test"] for name, score in scores.items()}
    best, worst = min(test, key=test.get), max(test, key=test.get)
    through = sum(score["train"] < common.ROUNDING for score in scores.values())
    return (
        f"{through} of {len(scores)} kernels pass through all samples (training RMSE below"
        f" 10⁻⁶). Between the samples they differ: the test RMSE goes from"
        f" {common.rmse(test[best])} ({best}) to {common.rmse(test[worst])} ({worst})."
    )


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(4.4)
    names = [["a", "b", "c"], ["d", "e", "f"]]
    grid = figure.subplot_mosaic(names)
    kernels = list(common.each_kernel(table))
    for letter, (kernel, scale, rows) in zip("abcde", kernels, strict=True):
        axes = grid[letter]
        common.draw_fit(axes, rows, common.COLOURS[kernel])
        style.panel(axes, letter, common.label(kernel, scale))
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("$t$")
        if letter in "ad":
            axes.set_ylabel("$f$")
        else:
            axes.tick_params(labelleft=False)
    _draw_scores(grid["f"], kernels)
    key = [
        Line2D([], [], color=style.GREY, linewidth=1, linestyle=style.DASHED, label="target"),
        Line2D([], [], color=style.INK, marker="o", markersize=3.5, linewidth=0, label="samples"),
        Line2D([], [], color=style.INK, label="fit, in the kernel's colour"),
    ]
    figure.legend(handles=key, loc="outside upper center", ncols=3)
    return figure


def _draw_scores(axes: Axes, kernels: list[tuple[str, float, pd.DataFrame]]):
    """Test RMSE as bars, with the training RMSE beside the name."""
    for place, (kernel, _, rows) in enumerate(kernels):
        rmse = rows.groupby("split")["rmse"].first()
        axes.barh(place, rmse["test"], height=0.36, color=common.COLOURS[kernel])
        axes.annotate(
            f"{common.rmse(rmse['test'])} (training {common.rmse(rmse['train'])})",
            (0, place),
            (2, 8.5),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )
    axes.set_yticks(range(len(kernels)), [common.LABELS[kernel] for kernel, _, _ in kernels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(kernels) - 0.5, -0.8)
    axes.grid(False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.set_xlabel("test RMSE")
    style.panel(axes, "f", "RMSE")
