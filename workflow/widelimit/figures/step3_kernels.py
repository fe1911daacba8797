"""Kernel regression on the same samples with five kernels."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from widelimit.figures import step3_common as common
from widelimit.figures import style
from widelimit.schemas import Column, Table

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
        f"Kernel regression on {samples} samples (dots) of the target (dashed), one panel a kernel."
        f" Training RMSE is taken over the samples, test RMSE over a grid of {grid} points."
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
    figure = style.figure(4.1)
    grid = figure.subplots(2, 3, sharex=True, sharey=True).ravel()
    for axes, letter, (kernel, scale, rows) in zip(
        grid, "abcde", common.each_kernel(table), strict=False
    ):
        common.draw_fit(axes, rows, common.COLOURS[kernel])
        style.panel(axes, letter, common.label(kernel, scale))
        rmse = rows.groupby("split")["rmse"].first()
        axes.text(
            0.98,
            0.02,
            f"RMSE training {common.rmse(rmse['train'])}\ntest {common.rmse(rmse['test'])}",
            transform=axes.transAxes,
            ha="right",
            va="bottom",
            fontsize=7,
        )
    for axes in grid[2:5]:
        axes.set_xlabel("$t$")
        axes.tick_params(labelbottom=True)
    for axes in grid[::3]:
        axes.set_ylabel("$f$")
    grid[5].axis("off")
    key = [
        Line2D([], [], color=style.GREY, linewidth=1, linestyle=style.DASHED, label="target"),
        Line2D([], [], color=style.INK, marker="o", markersize=3.5, linewidth=0, label="samples"),
        Line2D([], [], color=style.INK, label="fit, in the kernel's colour"),
    ]
    grid[5].legend(handles=key, loc="center")
    return figure
