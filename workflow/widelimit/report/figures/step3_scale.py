"""What the scale L of a Gaussian or Laplace kernel does to the fit."""

import math

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.figures.kernel_fits import FIT, draw_fit, fits, label, rmse, samples
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import number
from widelimit.tables.columns import Table
from widelimit.tables.regression import TABLES

TITLE = "The effect of the scale L"

TABLE = Table(
    "figures/step3_scale.parquet",
    "one prediction of one kernel at one L, at a sample or at a point of the grid",
    (*FIT, *TABLES["spectra"].pick("condition_number")),
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
    table = fits(points, predictions, part).merge(conditions, on=["kernel", "scale"])
    return TABLE.arrange(table)


def caption(table: pd.DataFrame) -> str:
    names = words.listed(KERNELS[kernel].name for kernel in table["kernel"].unique())
    return (
        f"The same {samples(table)} samples (dots) and target (dashed), fitted with the kernels"
        f" {names} at {table['scale'].nunique()} values of L. cond: condition number of the Gram"
        " matrix; RMSE over the test grid.\nA fit that leaves its panel is cut off there."
    )


def finding(table: pd.DataFrame) -> str:
    sentences = []
    for kernel, rows in table[table["split"] == "test"].groupby("kernel", sort=False):
        by_scale = rows.groupby("scale")[["rmse", "condition_number"]].first()
        best = by_scale["rmse"].idxmin()
        sentences.append(
            f"{KERNELS[kernel].name}: the condition number is {_at_ends(by_scale)}; the test RMSE"
            f" is, of these L, smallest at L = {number(best)} ({rmse(by_scale['rmse'][best])})."
        )
    return " ".join(sentences)


def _at_ends(by_scale: pd.DataFrame) -> str:
    ends = choices.ends(by_scale["condition_number"])
    return " and ".join(
        f"{number(value, 3)} at L = {number(scale)}" for scale, value in ends.items()
    )


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
    for block, (kernel, curves) in enumerate(table.groupby("kernel", sort=False)):
        cells = grid[block * rows_each : (block + 1) * rows_each].ravel()
        for axes, (scale, rows) in zip(cells, curves.groupby("scale"), strict=False):
            axes.axis("on")
            draw_fit(axes, rows, KERNELS[kernel].colour)
            axes.set_title(label(kernel, scale))
            first = rows[rows["split"] == "test"].iloc[0]
            text = f"cond {number(first['condition_number'], 3)}\nRMSE {rmse(first['rmse'])}"
            corner = {"transform": axes.transAxes, "ha": "right", "va": "bottom", "fontsize": 7}
            axes.text(0.98, 0.02, text, bbox=style.ON_WHITE | {"alpha": 0.8, "pad": 1}, **corner)
        cells[0].set_ylabel("$f$")
    for axes in grid[-1]:
        axes.set_xlabel("$t$")
    return figure
