"""Fits of kernel regression: their errors, and how one is drawn among its samples."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from widelimit.report.figures import style
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import number
from widelimit.tables.columns import real
from widelimit.tables.regression import PREDICTION, TABLES, TARGET

FIT = (
    *TABLES["predictions"].pick("kernel", "scale", "split", "index", "t"),
    TARGET,
    PREDICTION,
    real("rmse", "root mean square of f - y over the split"),
)
"""The columns of `fits`."""

ROUNDING = 1e-6
"""Training RMSE below which a fit passes through the samples but for rounding."""


def fits(points: pd.DataFrame, predictions: pd.DataFrame, part: str) -> pd.DataFrame:
    """The columns `FIT` of one part of the predictions."""
    table = predictions[predictions["part"] == part].merge(
        points[["split", "index", "y"]], on=["split", "index"], validate="many_to_one"
    )
    squares = (table["f"] - table["y"]) ** 2
    by_fit = [table[name] for name in ("kernel", "scale", "split")]
    return table.assign(rmse=np.sqrt(squares.groupby(by_fit, dropna=False).transform("mean")))


def each_kernel(table: pd.DataFrame) -> Iterator[tuple[str, float, pd.DataFrame]]:
    """Kernel, its L and its rows, in the order of the table."""
    for (kernel, scale), rows in table.groupby(["kernel", "scale"], dropna=False, sort=False):
        yield kernel, scale, rows


def label(kernel: str, scale: float) -> str:
    """Gaussian, L = 10."""
    name = KERNELS[kernel].name
    return name if np.isnan(scale) else f"{name}, L\u202f=\u202f{number(scale)}"


def rmse(value: float) -> str:
    """Three digits, but for what is rounding: its digits differ from machine to machine."""
    return "<\u202f10⁻⁶" if value < ROUNDING else number(value, 3)


def samples(table: pd.DataFrame) -> int:
    """How many samples the fits are to."""
    return table.loc[table["split"] == "train", "index"].nunique()


def target_range(table: pd.DataFrame) -> tuple[float, float]:
    """Limits that the targets set, whatever the fits do between them."""
    low, high = table["y"].min(), table["y"].max()
    room = 0.35 * (high - low or 1)
    return low - room, high + room


def draw_fit(axes: Axes, rows: pd.DataFrame, colour: str):
    """Target, samples and fit of one kernel, within `target_range`."""
    grid = rows[rows["split"] == "test"].sort_values("t")
    train = rows[rows["split"] == "train"]
    axes.plot(grid["t"], grid["y"], color=style.GREY, linewidth=1, linestyle=style.DASHED)
    # Through the samples too: a narrow peak stands between two points of the grid.
    curve = rows.sort_values("t")
    axes.plot(curve["t"], curve["f"], color=colour)
    axes.plot(train["t"], train["y"], "o", color=style.INK, markersize=3.5)
    axes.set_ylim(*target_range(rows))
