"""What the scale L of a Gaussian or Laplace kernel does to the fit."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from widelimit.report.figures import parts, style
from widelimit.report.figures import step3_common as common
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "The effect of the scale L"

TABLE = Table(
    "figures/step3_scale.parquet",
    "one prediction of one kernel at one L, at a sample or at a point of the grid",
    (
        common.KERNEL,
        common.SCALE,
        common.SPLIT,
        common.INDEX,
        common.T,
        Column("y", pa.float64(), "target"),
        Column("f", pa.float64(), "prediction"),
        Column("rmse", pa.float64(), "root mean square of f - y over the split"),
        common.CONDITION,
    ),
)

MOST_COLUMNS = 4


def summarise(
    points: pd.DataFrame, predictions: pd.DataFrame, spectra: pd.DataFrame, *, part: str = "scales"
) -> pd.DataFrame:
    """The fits of one ``part`` of the tables, with the condition number of each."""
    conditions = spectra.loc[
        (spectra["part"] == part) & (spectra["index"] == 0),
        ["kernel", "scale", "condition_number"],
    ]
    table = common.fits(points, predictions, part).merge(conditions, on=["kernel", "scale"])
    return table[[column.name for column in TABLE.columns]]


def caption(table: pd.DataFrame) -> str:
    samples = table.loc[table["split"] == "train", "index"].nunique()
    names = parts.listed(common.LABELS[kernel] for kernel in table["kernel"].unique())
    return (
        f"The same {samples} samples (dots) and target (dashed), fitted with the kernels"
        f" {names} at {table['scale'].nunique()} values of L. A fit that leaves its panel is"
        f" cut off there. cond: condition number of the Gram matrix; RMSE over the test grid."
    )


def finding(table: pd.DataFrame) -> str:
    sentences = []
    for kernel, rows in table[table["split"] == "test"].groupby("kernel", sort=False):
        by_scale = rows.groupby("scale")[["rmse", "condition_number"]].first()
        best = by_scale["rmse"].idxmin()
        sentences.append(
            f"{common.LABELS[kernel]}: the condition number is {_at_ends(by_scale)}; the test RMSE"
            f" is smallest at L = {best:g} ({common.rmse(by_scale['rmse'][best])})."
        )
    return " ".join(sentences)


def _at_ends(by_scale: pd.DataFrame) -> str:
    ends = by_scale["condition_number"].iloc[[0, -1] if len(by_scale) > 1 else [0]]
    return " and ".join(f"{number(value, 3)} at L = {scale:g}" for scale, value in ends.items())


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    scales = table["scale"].nunique()
    columns = min(scales, MOST_COLUMNS)
    rows_each = math.ceil(scales / columns)
    rows = table["kernel"].nunique() * rows_each
    figure = style.figure(1.75 * rows + 0.3)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in grid.ravel():
        axes.axis("off")
    for block, (kernel, fits) in enumerate(table.groupby("kernel", sort=False)):
        cells = grid[block * rows_each : (block + 1) * rows_each].ravel()
        for axes, (scale, rows) in zip(cells, fits.groupby("scale"), strict=False):
            axes.axis("on")
            common.draw_fit(axes, rows, common.COLOURS[kernel])
            axes.set_title(common.label(kernel, scale))
            first = rows[rows["split"] == "test"].iloc[0]
            axes.text(
                0.98,
                0.02,
                f"cond {number(first['condition_number'], 3)}\nRMSE {common.rmse(first['rmse'])}",
                transform=axes.transAxes,
                ha="right",
                va="bottom",
                fontsize=7,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )
        cells[0].set_ylabel("$f$")
    for axes in grid[-1]:
        axes.set_xlabel("$t$")
    return figure
