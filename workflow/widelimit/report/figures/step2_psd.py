"""Step 2: the smallest eigenvalue of every kernel's Gram matrix on random points."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import looks, style
from widelimit.report.figures.looks import KERNELS, Look
from widelimit.report.numbers import fixed, number
from widelimit.tables.columns import Table, count, real
from widelimit.tables.regression import TABLES

TITLE = "Every kernel is positive semi-definite"

INDICATOR = "indicator"
LOOKS = KERNELS | {
    "polynomial": Look("polynomial", style.ORANGE),
    INDICATOR: Look("no kernel: |x − z| < 1", style.INK),
}

TABLE = Table(
    "figures/step2_psd.parquet",
    "one kernel: smallest eigenvalue / largest of its Gram matrices on random points",
    (
        *TABLES["psd"].pick("kernel", "activation"),
        count("matrices", "Gram matrices, on different points"),
        count("most_points", "n of the largest of them"),
        real("least", "the smallest of these ratios"),
        real("median", "the median"),
        real("greatest", "the largest"),
    ),
)


def summarise(psd: pd.DataFrame) -> pd.DataFrame:
    ratios = psd.assign(ratio=psd["lambda_min"] / psd["lambda_max"])
    by = ratios.groupby(["kernel", "activation"], dropna=False, sort=False)
    table = by.agg(
        matrices=("ratio", "size"),
        most_points=("n", "max"),
        least=("ratio", "min"),
        median=("ratio", "median"),
        greatest=("ratio", "max"),
    )
    return TABLE.arrange(table.reset_index())


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(1.2 + 0.16 * len(table))
    axes = figure.subplots()
    axes.axvline(0, color=style.GREY, linewidth=0.8, zorder=0)
    beside = {"textcoords": "offset points", "va": "center", "fontsize": 7, "color": style.INK}
    for place, row in enumerate(table.itertuples()):
        colour = LOOKS[row.kernel].colour
        axes.plot([row.least, 0], [place, place], color=colour, linewidth=2)
        axes.plot(row.least, place, "o", color=colour, markersize=4)
        axes.annotate(number(row.least, 2), (0, place), (8, 0), **beside)
    axes.set_yticks(range(len(table)), [_label(row) for row in table.itertuples()])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.margins(x=0.03)
    axes.set_xlabel(r"smallest eigenvalue / largest, $\lambda_{\min} / \lambda_{\max}$")
    return figure


def _rounding(table: pd.DataFrame) -> float:
    """Eigenvalues of an n x n matrix are known up to about n eps lambda_max."""
    return int(table["most_points"].max()) * float(np.finfo(float).eps)


def _label(row) -> str:
    name = LOOKS[row.kernel].name
    if pd.isna(row.activation):
        return name
    return f"{name}, {looks.activation(row.activation).name}"


def caption(table: pd.DataFrame) -> str:
    fewest, most = table["matrices"].min(), table["matrices"].max()
    matrices = f"{most}" if fewest == most else f"{fewest} to {most}"
    return (
        f"Smallest eigenvalue in units of the largest: the least of {matrices} Gram matrices of up"
        f" to {table['most_points'].max()} random points, and its number.\nOne point is there"
        " twice, so that every kernel's matrix has the eigenvalue 0, which comes out as 0 but for"
        f" rounding, {number(_rounding(table), 2)}. The last line is a symmetric function that is"
        " no kernel, 1 where |x − z| < 1 and 0 elsewhere."
    )


def finding(table: pd.DataFrame) -> str:
    kernels = table[table["kernel"] != INDICATOR]
    rounding = _rounding(table)
    within = int((kernels["least"] >= -rounding).sum())
    said = (
        f"{within} of {len(kernels)} kernels have no eigenvalue below minus rounding"
        f" ({number(rounding, 2)} of the largest) in any matrix"
    )
    others = table.loc[table["kernel"] == INDICATOR, "least"]
    for least in others:
        said += f"; the function that is no kernel reaches {fixed(least)}"
    return f"{said}."
