"""Learning curves: test error against the number of points, by degree of the target."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import bands, looks, style, words
from widelimit.report.figures.labels import End, label_ends, level
from widelimit.report.numbers import number
from widelimit.tables.columns import BAND, Table, real
from widelimit.tables.learning import DEGREE, DIMENSION, KERNEL, POINTS, RESOLVED

TITLE = "Degree by degree: what n points teach a kernel"

KERNELS = ("ntk", "nngp", "gaussian", "laplace")
COLOURS = (style.NTK, style.NNGP, style.GREEN, style.PURPLE, style.ORANGE)
MARKERS = "osD^v"

TABLE = Table(
    "figures/learning_curves.parquet",
    "test errors of one kernel for the targets of one degree, over draws of n points",
    (
        DIMENSION,
        KERNEL,
        POINTS,
        DEGREE,
        real("mean", "root mean square of the test error over draws"),
        real("theory", "the same in theory"),
        real("learnability", "share of the target that is learned, in theory"),
        *BAND,
    ),
)


def summarise(errors: pd.DataFrame, theory: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Of every dimension, kernel, n and degree: draws and theory."""
    places = ["dimension", "kernel", "n_train", "degree"]
    band = bands.summarise(errors, places, quantiles, value="test_rmse")
    squares = errors.assign(mean=errors["test_rmse"] ** 2).groupby(places)["mean"].mean()
    known = theory.dropna(subset="degree").rename(columns={"test_rmse": "theory"})
    known = known.astype({"degree": int})[[*places, "theory", "learnability"]]
    table = band.astype({"degree": int}).merge(squares.pow(0.5).reset_index()).merge(known)
    return TABLE.arrange(table)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(5.4)
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    shown = table[table["dimension"] == table["dimension"].max()]
    ends = {}
    for axes, letter, kernel in zip(grid.flat, "abcd", KERNELS, strict=True):
        axes.set_xscale("log", base=2)
        style.log_scale(axes, "y")
        ends[axes] = _draw(axes, shown[shown["kernel"] == kernel])
        style.panel(axes, letter, looks.KERNELS[kernel].name)
    lowest = min(shown["lower"].min(), shown["theory"].min())
    grid[0, 0].set_ylim(0.6 * max(lowest, 1e-6), 2 * shown["upper"].max())
    for axes in grid[-1]:
        axes.set_xlabel("training points $n$")
    for axes in grid[:, 0]:
        axes.set_ylabel("test error (rms)")
    label_ends(ends)
    return figure


def _draw(axes: Axes, table: pd.DataFrame) -> list[End]:
    ends = []
    for i, (degree, rows) in enumerate(table.groupby("degree")):
        name = f"degree {degree}"
        dots = {"marker": MARKERS[i], "linestyle": "none", "markersize": 3.4, "name": name}
        ends += bands.draw(axes, rows, COLOURS[i], along="n_train", centre="mean", **dots)
        axes.plot(rows["n_train"], rows["theory"], **looks.THEORY)
    level(axes, 1.0, "", style.GREY, linestyle=style.DOTTED, linewidth=0.9)
    return ends


def caption(table: pd.DataFrame) -> str:
    dimension = int(table["dimension"].max())
    return (
        "Test error of kernel regression on n uniform points of the unit sphere in"
        f" {dimension} dimensions, for targets of one degree with mean square 1. Dashed: theory,"
        " without a fit; dotted: predicting 0.\nMarkers: root mean squares over draws and over all"
        " spherical harmonics of a degree; test points are drawn as well. Above 1 a kernel"
        " takes a target that it cannot see for one of another degree. Bands:"
        f" {100 * table['lower_level'].iloc[0]:g} % to {100 * table['upper_level'].iloc[0]:g} %"
        f" quantiles of {words.counted(table['seeds'].iloc[0], 'draw')}."
    )


def finding(table: pd.DataFrame) -> str:
    top = table[table["dimension"] == table["dimension"].max()]
    off = (top["mean"] / top["theory"].where(top["theory"] > RESOLVED) - 1).abs()
    worst = top.loc[off.idxmax()]
    n, degree = int(top["n_train"].max()), int(top["degree"].min())
    last = top[top["n_train"].eq(n) & top["degree"].eq(degree)].set_index("kernel")["mean"]
    errors = words.listed(
        f"{number(last[kernel], 2)} ({looks.KERNELS[kernel].name})" for kernel in KERNELS
    )
    return (
        f"In {top['dimension'].iloc[0]} dimensions, with n = {n} points, the test error for targets"
        f" of degree {degree} is {errors}. Means and theory differ by"
        f" {number(100 * off.max(), 2)} % at most there: {looks.KERNELS[worst['kernel']].name},"
        f" degree {int(worst['degree'])}, n = {int(worst['n_train'])}."
    )
