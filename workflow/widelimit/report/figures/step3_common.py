"""What the figures of step 3 share: names, colours and columns of kernels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes

from widelimit.report.figures import style
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column

LABELS = {
    "linear": "linear",
    "gaussian": "Gaussian",
    "laplace": "Laplace",
    "nngp": "NNGP",
    "ntk": "NTK",
}
COLOURS = {
    "linear": style.SKY,
    "gaussian": style.GREEN,
    "laplace": style.PURPLE,
    "nngp": style.NNGP,
    "ntk": style.NTK,
}

KERNEL = Column("kernel", pa.string(), "linear, gaussian, laplace, nngp or ntk")
SCALE = Column("scale", pa.float64(), "L of the kernel", null="the kernel has none")
SPLIT = Column("split", pa.string(), "train: a sample; test: a point of the grid")
INDEX = Column("index", pa.int32(), "number of the point within its split", "count")
T = Column("t", pa.float64(), "position before the lift")
CONDITION = Column(
    "condition_number", pa.float64(), "lambda_max / lambda_min of K; inf if K is singular"
)


ROUNDING = 1e-6
"""Training RMSE below which a fit passes through the samples but for rounding."""


def label(kernel: str, scale: float) -> str:
    """Gaussian, L = 10."""
    name = LABELS[kernel]
    return name if np.isnan(scale) else f"{name}, L\u202f=\u202f{scale:g}"


def rmse(value: float) -> str:
    """Three digits, but for what is rounding: its digits differ from machine to machine."""
    return "<\u202f10⁻⁶" if value < ROUNDING else number(value, 3)


def fits(points: pd.DataFrame, predictions: pd.DataFrame, part: str) -> pd.DataFrame:
    """Predictions of one part beside their targets y, and their rmse over the split."""
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


def draw_fit(axes: Axes, rows: pd.DataFrame, colour: str):
    """Target, samples and fit of one kernel, in limits that the target and the samples set."""
    grid = rows[rows["split"] == "test"].sort_values("t")
    samples = rows[rows["split"] == "train"]
    axes.plot(grid["t"], grid["y"], color=style.GREY, linewidth=1, linestyle=style.DASHED)
    # Through the samples too: a narrow peak stands between two points of the grid.
    curve = rows.sort_values("t")
    axes.plot(curve["t"], curve["f"], color=colour)
    axes.plot(samples["t"], samples["y"], "o", color=style.INK, markersize=3.5)
    low, high = rows["y"].min(), rows["y"].max()
    room = 0.35 * (high - low or 1)
    axes.set_ylim(low - room, high + room)
