"""Classes: what NTK regression takes the test points of each class for."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import style, words
from widelimit.report.numbers import fixed, number
from widelimit.tables.classes import TABLES
from widelimit.tables.columns import Table

TITLE = "Which classes are mistaken for which"

TABLE = Table(
    "figures/classes_confusion.parquet",
    "the test points of one class that NTK regression takes for one class",
    TABLES["confusion"].pick("label", "predicted", "points"),
)


def summarise(confusion: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(confusion[confusion["kernel"] == "ntk"])


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    counts, labels = _matrix(table)
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    size = 1.2 + 0.24 * len(labels)
    figure = style.figure(size, width=size + 0.6)
    axes = figure.subplots()
    axes.grid(False)
    shades = matplotlib.colormaps["Oranges"](0.75 * wrong / max(wrong.max(), 1))
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
    axes.set_ylabel("class")
    return figure


def _matrix(table: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    labels = list(dict.fromkeys(table["label"]))
    counts = table["points"].to_numpy().reshape(len(labels), len(labels))
    return counts, labels


def caption(table: pd.DataFrame) -> str:
    return (
        f"{number(int(table['points'].sum()))} test points by their class and by the class of the"
        " largest output of NTK regression, ridge chosen by validation. Mistakes are coloured."
    )


def finding(table: pd.DataFrame) -> str:
    counts, _ = _matrix(table)
    right = np.trace(counts) / counts.sum()
    text = f"{fixed(100 * right, 1)} % of the points lie on the diagonal"
    wrong = table[table["label"].ne(table["predicted"]) & table["points"].gt(0)]
    worst = wrong.sort_values("points", ascending=False, kind="stable").head(3)
    if worst.empty:
        return f"{text}."
    mistakes = words.listed(
        f"{row.label} for {row.predicted} ({row.points})" for row in worst.itertuples()
    )
    return f"{text}; the most frequent mistakes take {mistakes}."
