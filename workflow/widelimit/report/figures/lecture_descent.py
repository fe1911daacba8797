"""A lecture's double descent, with the limit of its features and the kernel that it calls so."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import bands, choices, style, words
from widelimit.report.figures.labels import label_ends, level
from widelimit.report.numbers import number
from widelimit.tables.columns import BAND, WIDTH, Table, missing, real
from widelimit.tables.lecture import TABLES

TITLE = "The lecture's double descent"

MODEL, PUBLISHED = (
    column for column in TABLES["descent"].columns if column.name in ("model", "published")
)
PANELS = {
    "relu": ("Random ReLU features", {"nngp": ("NNGP", style.NNGP)}),
    "fourier": (
        "Complex random Fourier features",
        {"gaussian": ("Gaussian", style.GREEN), "laplace": ("Laplace", style.PURPLE)},
    ),
}

TABLE = Table(
    "figures/lecture_descent.parquet",
    "one error of one kind of features at one width, or of one kernel",
    (
        MODEL,
        WIDTH.but(meaning="features k", null="a kernel"),
        real("test_mse", "mean squared error of a kernel", "of features"),
        *missing(BAND, "a kernel"),
        PUBLISHED,
    ),
)


def summarise(descent: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Bands over draws of the features, and the kernels as they are."""
    kernels = descent[descent["width"].isna()]
    features = descent[descent["width"].notna()]
    band = bands.summarise(features, ["model", "width"], quantiles, value="test_mse")
    return TABLE.arrange(pd.concat([band, kernels.drop(columns=["seed"])], ignore_index=True))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, panels = style.row(3.3, *(title for title, _ in PANELS.values()))
    ends = {}
    for axes, (model, (_, limits)) in zip(panels, PANELS.items(), strict=True):
        axes.set_xscale("log")
        style.log_scale(axes)
        rows = table[table["model"] == model]
        look = {"along": "width", "marker": "o", "markersize": 2.6}
        ends[axes] = bands.draw(axes, rows, style.INK, name="features", **look)
        for kernel, (name, colour) in limits.items():
            line = {"x": ends[axes][0].x, "linestyle": style.DASHED, "linewidth": 1.3}
            ends[axes].append(level(axes, _error(table, kernel), name, colour, **line))
        axes.set_xlim(right=1.1 * float(rows["width"].max()))
        axes.set_xlabel("features $k$")
    panels[0].set_ylabel("mean squared test error")
    label_ends(ends)
    return figure


def _error(table: pd.DataFrame, kernel: str, column: str = "test_mse") -> float:
    return float(table.loc[table["model"] == kernel, column].iloc[0])


def caption(table: pd.DataFrame) -> str:
    features = table[table["width"].notna()]
    return (
        "Least squares of least norm on k random features, fitted to ten noisy points of a line, by"
        " k; dashed: regression with kernels.\na: the kernel is the limit of the features. b: the"
        " limit is the Gaussian kernel exp(−|x − z|²/2); the lecture draws exp(−|x − z|/2), a"
        f" Laplace kernel. {bands.caption(features)}"
    )


def finding(table: pd.DataFrame) -> str:
    features = table[table["width"].notna()]
    widest = choices.distinct(features["width"])[-1]
    last = features[features["width"] == widest].set_index("model")["centre"]
    nngp, laplace = (
        f"{number(_error(table, kernel), 6)} (published:"
        f" {number(_error(table, kernel, 'published'), 6)})"
        for kernel in ("nngp", "laplace")
    )
    return (
        f"The mean squared error of NNGP regression is {nngp}; {number(widest)} random ReLU"
        f" features have {number(last['relu'], 2)}. That of the kernel which the lecture calls"
        f" Gaussian, and which is the Laplace one, is {laplace}. As many complex Fourier features"
        f" have {number(last['fourier'], 2)}: they tend to the Gaussian kernel, with"
        f" {number(_error(table, 'gaussian'), 3)} (medians over"
        f" {words.seeds(features['seeds'])})."
    )
