"""Learning curves: networks and their kernel on a target of one direction."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import bands, looks, scales, style, words
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import number, power
from widelimit.tables.columns import BAND, WIDTH, Table, real, text
from widelimit.tables.learning import DIMENSION, POINTS
from widelimit.tables.scale import G

TITLE = "Rich networks find the direction, the kernel cannot"

QUANTITIES = {
    "test_rmse": "Test error (rms)",
    "overlap": "First direction of $B^\\mathsf{T}B$",
    "correlation": "$B^\\mathsf{T}B$ and gradients",
}

TABLE = Table(
    "figures/learning_direction.parquet",
    "one number of networks at one output scale, or of the NTK, over draws",
    (
        text("quantity", "test_rmse, overlap, correlation: as in learning/networks.parquet"),
        DIMENSION,
        WIDTH.but(null="the NTK's fit"),
        G.but(null="the NTK's fit"),
        POINTS,
        *BAND,
        real("theory", "root mean square of the test error over draws, in theory", "a network"),
    ),
)


def summarise(networks: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Each number over draws."""
    by = ["quantity", "dimension", "width", "g", "n_train"]
    long = networks.melt([*by[1:], "draw"], list(QUANTITIES), "quantity").dropna(subset="value")
    band = bands.summarise(long, by, quantiles)
    theory = networks.dropna(subset="theory").groupby("n_train")["theory"].first()
    kernel = band["g"].isna() & band["quantity"].eq("test_rmse")
    return TABLE.arrange(band.assign(theory=band["n_train"].map(theory).where(kernel)))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, row = style.row(3.1, *QUANTITIES.values())
    ends = {}
    for axes, quantity in zip(row, QUANTITIES, strict=True):
        axes.set_xscale("log", base=2)
        ends[axes] = _draw(axes, table[table["quantity"] == quantity])
        axes.set_xlabel("training points $n$")
        axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    label_ends(ends)
    return figure


def _draw(axes: Axes, table: pd.DataFrame) -> list[End]:
    ends = []
    kernel = table[table["g"].isna()].sort_values("n_train")
    if len(kernel):
        dots = {"marker": "s", "markersize": 3.4, "linestyle": "none", "name": "NTK"}
        ends += bands.draw(axes, kernel, style.NTK, along="n_train", **dots)
        axes.plot(kernel["n_train"], kernel["theory"], **looks.THEORY)
    each = scales.scales(table)
    for g, rows in table[table["g"].notna()].groupby("g"):
        line = {"name": f"$g$ = {scales.written(g)}", "marker": "o", "markersize": 2.6}
        ends += bands.draw(axes, rows, style.shade(g, each), along="n_train", linewidth=1.2, **line)
    return ends


def caption(table: pd.DataFrame) -> str:
    width, dimension = (int(table[name].dropna().iloc[0]) for name in ("width", "dimension"))
    return (
        f"Networks of {power(width)} units at output scales g = α√k, and NTK regression with its"
        f" theory (dashed), in {dimension} dimensions; the target is a quadratic of one coordinate."
        "\nb: |cosine| between the target's direction and the first eigenvector of BᵀB after"
        " training. c: cosine between BᵀB and the mean outer product of input gradients, both less"
        f" their multiple of the identity. {bands.caption(table).strip().replace('seed', 'draw')}"
    )


def finding(table: pd.DataFrame) -> str:
    last = table[table["n_train"] == table["n_train"].max()]
    error, overlap, alike = (
        last[last["quantity"] == quantity].set_index("g")["centre"] for quantity in QUANTITIES
    )
    each = scales.scales(table)
    networks = words.listed(
        f"{number(error[g], 2)} where g = {scales.written(g)}" for g in (each[0], each[-1])
    )
    kernel = error[error.index.isna()].iloc[0]
    return (
        f"With n = {int(last['n_train'].iloc[0])} points networks err by {networks}, the NTK by"
        f" {number(kernel, 2)}. At g = {scales.written(each[0])} the first layer points along the"
        f" target's direction (cosine {number(overlap[each[0]], 2)}), and BᵀB is like the gradients"
        f" (cosine {number(alike[each[0]], 2)}); at g = {scales.written(each[-1])} the cosines are"
        f" {number(overlap[each[-1]], 2)} and {number(alike[each[-1]], 2)}."
    )
