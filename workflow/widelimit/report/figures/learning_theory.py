"""Learning curves: where measured means leave theory, and how that depends on the dimension."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.measure.distances import root_of_mean
from widelimit.report.figures import looks, style, words
from widelimit.report.numbers import number
from widelimit.tables.columns import Table, real
from widelimit.tables.learning import DEGREE, DIMENSION, KERNEL, POINTS, RESOLVED

TITLE = "Where theory fails: in few dimensions, for what is nearly learned"

MARKERS = {"ntk": "o", "nngp": "s", "gaussian": "D", "laplace": "^"}
LIMIT = 0.1
"""Deviation that is drawn as a band."""

TABLE = Table(
    "figures/learning_theory.parquet",
    "test errors of one kernel for the targets of one degree, over draws of n points",
    (
        DIMENSION,
        KERNEL,
        POINTS,
        DEGREE,
        real("missed", "1 - learnability: the share of a target that is not learned, in theory"),
        real("ratio", "root mean square of the test error over draws / theory"),
        real("error", "standard error of the ratio"),
    ),
)


def summarise(errors: pd.DataFrame, theory: pd.DataFrame) -> pd.DataFrame:
    """Means over draws in units of theory."""
    places = ["dimension", "kernel", "n_train", "degree"]
    known = theory.dropna(subset="degree").astype({"degree": int})
    known = known[known["test_rmse"] > RESOLVED].set_index(places)
    rows = [
        (*key, *root_of_mean(np.square(draws / known.loc[key, "test_rmse"])))
        for key, draws in errors.groupby(places)["test_rmse"]
        if key in known.index
    ]
    table = pd.DataFrame(rows, columns=[*places, "ratio", "error"]).join(known, on=places)
    return TABLE.arrange(table.assign(missed=1 - table["learnability"]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    dimensions = sorted(table["dimension"].unique())
    titles = [f"$d$ = {dimension}" for dimension in dimensions]
    figure, row = style.row(3.2, *titles, sharex=True, sharey=True)
    for axes, dimension in zip(row, dimensions, strict=True):
        axes.set_xscale("log")
        axes.axhspan(1 - LIMIT, 1 + LIMIT, color=style.GREY, alpha=0.13, linewidth=0)
        axes.axhline(1, **looks.THEORY)
        for kernel, rows in table[table["dimension"] == dimension].groupby("kernel"):
            look = looks.KERNELS[kernel]
            dots = {"fmt": MARKERS[kernel], "markersize": 3, "elinewidth": 0.7, "alpha": 0.9}
            bars = 2 * rows["error"]
            axes.errorbar(rows["missed"], rows["ratio"], bars, color=look.colour, **dots)
        axes.set_xlabel("share not learned, $1 - L$")
    row[0].set_ylabel("test error: measured / theory")
    key = {}
    for kernel, marker in MARKERS.items():
        name, colour, *_ = looks.KERNELS[kernel]
        key[name] = {"color": colour, "marker": marker, "linestyle": "none"}
    style.key(figure, key)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Root mean square test error over draws, in units of theory, for every kernel, number of"
        " points and degree, against what is left to learn in theory. Bars: two standard errors;"
        f" band: {number(100 * LIMIT)} %.\nOne panel for each dimension of the sphere."
    )


def finding(table: pd.DataFrame) -> str:
    worst = table.assign(off=(table["ratio"] - 1).abs()).groupby("dimension")["off"].max()
    return (
        "Means differ from theory by "
        + words.listed(
            f"{number(100 * off, 2)} % at most in d = {dimension}"
            for dimension, off in worst.items()
        )
        + "."
    )
