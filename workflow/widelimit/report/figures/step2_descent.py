"""Step 2: gradient descent on each kernel, up to kernel regression."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import style, words
from widelimit.report.figures.kernel_fits import each_kernel, label
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import at_most, number
from widelimit.tables.columns import Table, real
from widelimit.tables.regression import TABLES

TITLE = "Gradient descent tends to kernel regression"

TABLE = Table(
    "figures/step2_descent.parquet",
    TABLES["descent"].row,
    (
        *TABLES["descent"].pick("kernel", "scale", "effective_condition", "step"),
        real("closed_form", "|f_T - f| / |f| on the grid, f_T in closed form"),
        *TABLES["descent"].pick("distance", "difference"),
    ),
)

FLOOR = 1e-15
"""Below is rounding."""


def summarise(descent: pd.DataFrame) -> pd.DataFrame:
    start = descent["start"].where(descent["start"] > 0, 1)
    relative = {name: descent[name] / start for name in ("closed_form", "distance")}
    return TABLE.arrange(descent.assign(**relative))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.3)
    axes = figure.subplots()
    looks = {}
    for kernel, scale, rows in each_kernel(table):
        look = {"color": KERNELS[kernel].colour, "markersize": 4}
        looks[label(kernel, scale)] = look | {"marker": "o"}
        line, walked = (rows[rows[name] > FLOOR] for name in ("closed_form", "distance"))
        axes.plot(line["step"].astype(float), line["closed_form"], **look, linewidth=1.2)
        axes.plot(walked["step"].astype(float), walked["distance"], "o", **look)
    axes.set(xscale="log", yscale="log", ylim=(1e-13, 10))
    axes.set_yticks([10.0**e for e in range(-12, 1, 4)])
    axes.minorticks_off()
    axes.set_xlabel(r"steps $T$ of gradient descent, $\eta = 1/\lambda_{\max}$")
    axes.set_ylabel(r"distance from kernel regression, $|f_T - f| \, / \, |f|$")
    style.key(figure, looks)
    return figure


def caption(table: pd.DataFrame) -> str:
    conditions = words.listed(
        f"{number(rows['effective_condition'].iloc[0], 2)} ({KERNELS[kernel].name})"
        for kernel, _, rows in each_kernel(table)
    )
    return (
        "Distance on the grid between kernel regression and T steps of gradient descent from 0, at"
        " half the largest stable learning rate. Dots: step by step; lines: closed form.\nIt takes"
        " about as many steps as the largest eigenvalue is times the smallest that does not count"
        f" as 0: {conditions}."
    )


def finding(table: pd.DataFrame) -> str:
    walked = int(table.loc[table["distance"].notna(), "step"].max())
    last = table.loc[table.groupby(["kernel", "scale"], dropna=False)["step"].idxmax()]
    after = table[table["step"] == walked]
    farthest = after.loc[after["closed_form"].idxmax()]
    return (
        f"After {words.steps(walked)} the farthest from its limit is"
        f" {KERNELS[farthest['kernel']].name}, by {number(farthest['closed_form'], 2)}; at the last"
        f" step shown every kernel is {at_most(float(last['closed_form'].max()))} away. Step by"
        " step and in closed form, gradient descent differs by"
        f" {number(float(table['difference'].max()), 2)} of the largest target or less."
    )
