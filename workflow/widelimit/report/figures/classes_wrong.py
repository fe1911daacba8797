"""Classes: the images that all kernels classify wrong."""

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.data.datasets import DATASETS
from widelimit.report.figures import style
from widelimit.report.numbers import number, percent
from widelimit.tables.classes import TABLES
from widelimit.tables.columns import Table, missing, text

TITLE = "Images that all kernels get wrong"

MOST = 40
COLUMNS = 10

TABLE = Table(
    "figures/classes_wrong.parquet",
    "a test image that all kernels classify wrong; without any, one row",
    (
        text("source", "data.source"),
        *TABLES["errors"].pick("n_test"),
        *missing(TABLES["wrong"].columns, "there is none"),
    ),
)


def summarise(wrong: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    given = errors[["source", "n_test"]].head(1)
    joined = given.merge(wrong, how="cross") if len(wrong) else given.assign(inputs=None)
    return TABLE.arrange(joined)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    shown = table[table["label"].notna()].head(MOST)
    rows = max(1, math.ceil(len(shown) / COLUMNS))
    figure = style.figure(0.2 + 0.95 * rows)
    grid = list(figure.subplots(rows, COLUMNS, squeeze=False).flat)
    for axes in grid:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    side = DATASETS[table["source"].iloc[0]].side
    for axes, row in zip(grid, shown.itertuples(), strict=False):
        image = np.asarray(row.inputs)[: side * side].reshape(side, side)
        axes.imshow(image, cmap="Greys", interpolation="nearest")
        axes.set_title(f"{row.label} → {row.guesses}", fontsize=7.5, pad=2, loc="center")
    return figure


def caption(table: pd.DataFrame) -> str:
    count = int(table["label"].notna().sum())
    first = f"The first {MOST} of" if count > MOST else "All"
    return (
        f"{first} the test images that every kernel takes for another digit: the digit that it is,"
        " and what kernels take it for, the most frequent first."
    )


def finding(table: pd.DataFrame) -> str:
    count, tested = int(table["label"].notna().sum()), int(table["n_test"].iloc[0])
    return (
        f"All kernels get {number(count)} of {number(tested)} images wrong,"
        f" {percent(count / tested, 1)}."
    )
