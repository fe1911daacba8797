"""Learning curves: how n points are shared out among the degrees of targets, in theory."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import looks, style, words
from widelimit.report.figures.learning_curves import KERNELS
from widelimit.report.numbers import number
from widelimit.tables.columns import Table, real
from widelimit.tables.learning import DEGREE, DIMENSION, KERNEL, POINTS

TITLE = "Every point is spent once"

LAST = 4
"""Degrees beyond are drawn as one."""

TABLE = Table(
    "figures/learning_shares.parquet",
    "what one degree has of n points",
    (
        DIMENSION,
        KERNEL,
        POINTS,
        DEGREE.but(null=f"all degrees beyond {LAST}, and the ridge"),
        real("share", "multiplicity x learnability / n: over all degrees the sum is 1"),
    ),
)


def summarise(theory: pd.DataFrame) -> pd.DataFrame:
    """Shares of n in the largest dimension."""
    shown = theory[theory["dimension"] == theory["dimension"].max()]
    degree = shown["degree"].where(shown["degree"] <= LAST)
    shares = shown.assign(degree=degree, share=shown["share"] / shown["n_train"])
    by = ["dimension", "kernel", "n_train", "degree"]
    return TABLE.arrange(shares.groupby(by, dropna=False)["share"].sum().reset_index())


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = [looks.KERNELS[kernel].name for kernel in KERNELS]
    figure, row = style.row(3.0, *titles, sharey=True)
    degrees = [*range(LAST + 1), None]
    colours = [*(style.shade(10.0**i, [1.0, 10.0**LAST]) for i in range(LAST + 1)), style.LIGHT]
    for axes, kernel in zip(row, KERNELS, strict=True):
        here = table[table["kernel"] == kernel]
        shares = [_of(here, degree) for degree in degrees]
        n = sorted(here["n_train"].unique())
        axes.set_xscale("log", base=2)
        axes.stackplot(n, *shares, colors=colours, linewidth=0.3, edgecolor="white")
        axes.set(xlim=(n[0], n[-1]), ylim=(0, 1), xlabel="training points $n$")
        axes.grid(visible=False)
    row[0].set_ylabel("share of the points")
    names = [*(f"degree {i}" for i in range(LAST + 1)), "beyond"]
    look = {"linewidth": 6, "solid_capstyle": "butt"}
    style.key(figure, {n: look | {"color": c} for n, c in zip(names, colours, strict=True)})
    return figure


def _of(table: pd.DataFrame, degree: int | None) -> list[float]:
    mine = table["degree"].isna() if degree is None else table["degree"].eq(degree)
    return table[mine.fillna(False).astype(bool)].sort_values("n_train")["share"].tolist()


def caption(table: pd.DataFrame) -> str:
    return (
        "Learnability times the number of harmonics of each degree, as a share of n, in"
        f" {int(table['dimension'].iloc[0])} dimensions: theory. The sum over all degrees is n."
        "\nA learnability of 1 takes as many points as there are harmonics of the degree; what is"
        " spent beyond the degrees of a target acts on it as a ridge does."
    )


def finding(table: pd.DataFrame) -> str:
    n = int(table["n_train"].max())
    last = table[table["n_train"].eq(n) & table["degree"].isna()].set_index("kernel")["share"]
    spent = words.listed(
        f"{number(100 * last[kernel], 2)} % ({looks.KERNELS[kernel].name})" for kernel in KERNELS
    )
    return f"Of n = {n} points, degrees beyond {LAST} take {spent}."
