"""Classes: what two kernels take the test points of each class for."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import style, words
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import number, percent
from widelimit.tables.classes import TABLES

TITLE = "Which classes are mistaken for which"

SHOWN = ("ntk", "linear")

TABLE = TABLES["confusion"].but(path="figures/classes_confusion.parquet")


def summarise(confusion: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(confusion[confusion["kernel"].isin(SHOWN)])


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = [f"{KERNELS[kernel].name} regression" for kernel in SHOWN]
    figure, grid = style.row(3.6, *titles, sharey=True)
    wrong = table.loc[table["label"].ne(table["predicted"]), "points"]
    most = max(wrong.max(), 1)
    grid[0].set_ylabel("class")
    for axes, kernel in zip(grid, SHOWN, strict=True):
        _draw_matrix(axes, table[table["kernel"] == kernel], most)
    return figure


def _draw_matrix(axes: Axes, table: pd.DataFrame, most: int):
    """Mistakes coloured, darkest where there are the most."""
    counts, labels = _matrix(table)
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    axes.grid(False)
    shades = matplotlib.colormaps["Oranges"](0.75 * wrong / most)
    shades[wrong == 0] = (1, 1, 1, 1)
    axes.imshow(shades)
    for (i, j), count in np.ndenumerate(counts):
        if count:
            axes.text(j, i, str(count), ha="center", va="center", fontsize=7)
    names = [label.replace(" ", "\n") for label in labels]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.set_xlabel("taken for")


def _matrix(table: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    labels = list(dict.fromkeys(table["label"]))
    counts = table["points"].to_numpy().reshape(len(labels), len(labels))
    return counts, labels


def caption(table: pd.DataFrame) -> str:
    count = int(table.loc[table["kernel"] == "ntk", "points"].sum())
    return (
        f"{number(count)} test points by their class and by the class of the largest output of"
        " regression with a kernel, ridge chosen by validation. Mistakes are coloured."
    )


def finding(table: pd.DataFrame) -> str:
    ntk, linear = (table[table["kernel"] == kernel] for kernel in SHOWN)
    text = (
        f"NTK regression classifies {_right(ntk)} of the points correctly, linear regression"
        f" {_right(linear)}"
    )
    wrong = ntk[ntk["label"].ne(ntk["predicted"]) & ntk["points"].gt(0)]
    worst = wrong.sort_values("points", ascending=False, kind="stable").head(3)
    if worst.empty:
        return f"{text}."
    mistakes = words.listed(
        f"{row.label} for {row.predicted} ({row.points})" for row in worst.itertuples()
    )
    return f"{text}; the most frequent mistakes of the NTK take {mistakes}."


def _right(table: pd.DataFrame) -> str:
    counts, _ = _matrix(table)
    return percent(np.trace(counts) / counts.sum(), 1)
