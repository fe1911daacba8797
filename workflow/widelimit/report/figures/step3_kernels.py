"""Kernel regression on the same samples with five kernels."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import style
from widelimit.report.figures.kernel_fits import (
    FIT,
    ROUNDING,
    draw_fit,
    each_kernel,
    fits,
    label,
    rmse,
    samples,
)
from widelimit.report.figures.looks import KERNELS
from widelimit.tables.columns import Table

TITLE = "Five kernels on the same samples"

TABLE = Table(
    "figures/step3_kernels.parquet",
    "one prediction of one kernel, at a sample or at a point of the grid",
    FIT,
)


def summarise(points: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(fits(points, predictions, "kernels"))


def caption(table: pd.DataFrame) -> str:
    grid = table.loc[table["split"] == "test", "index"].nunique()
    return (
        f"Kernel regression on {samples(table)} samples (dots) of the target (dashed), one panel a"
        f" kernel. f: root mean square of fit − target over a grid of {grid} points (test, bars)"
        " and over the samples (training)."
    )


def finding(table: pd.DataFrame) -> str:
    scores = {
        label(kernel, scale): rows.groupby("split")["rmse"].first()
        for kernel, scale, rows in each_kernel(table)
    }
    test = {name: score["test"] for name, score in scores.items()}
    best, worst = min(test, key=test.get), max(test, key=test.get)
    through = sum(score["train"] < ROUNDING for score in scores.values())
    return (
        f"{through} of {len(scores)} kernels pass through all samples (training RMSE below"
        f" 10⁻⁶). Between the samples they differ: the test RMSE goes from"
        f" {rmse(test[best])} ({best}) to {rmse(test[worst])} ({worst})."
    )


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(4.4)
    names = [["a", "b", "c"], ["d", "e", "f"]]
    grid = figure.subplot_mosaic(names)
    kernels = list(each_kernel(table))
    for letter, (kernel, scale, rows) in zip("abcde", kernels, strict=True):
        axes = grid[letter]
        draw_fit(axes, rows, KERNELS[kernel].colour)
        style.panel(axes, letter, label(kernel, scale))
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("$t$")
        if letter in "ad":
            axes.set_ylabel("$f$")
        else:
            axes.tick_params(labelleft=False)
    _draw_scores(grid["f"], kernels)
    looks = {
        "target": {"color": style.GREY, "linewidth": 1, "linestyle": style.DASHED},
        "samples": {"color": style.INK, "marker": "o", "markersize": 3.5, "linewidth": 0},
        "fit, in the kernel's colour": {"color": style.INK},
    }
    style.key(figure, looks)
    return figure


def _draw_scores(axes: Axes, kernels: list[tuple[str, float, pd.DataFrame]]):
    """Test RMSE as bars, with the training RMSE beside the name."""
    for place, (kernel, _, rows) in enumerate(kernels):
        score = rows.groupby("split")["rmse"].first()
        axes.barh(place, score["test"], height=0.36, color=KERNELS[kernel].colour)
        text = f"{rmse(score['test'])} (training {rmse(score['train'])})"
        beside = {"textcoords": "offset points", "va": "center", "fontsize": 7}
        axes.annotate(text, (0, place), (2, 8.5), **beside)
    axes.set_yticks(range(len(kernels)), [KERNELS[kernel].name for kernel, _, _ in kernels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(kernels) - 0.5, -0.8)
    axes.grid(False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.set_xlabel("test RMSE")
    style.panel(axes, "f", "RMSE")
