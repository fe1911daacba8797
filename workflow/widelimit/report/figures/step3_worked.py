"""The three steps of kernel regression, with every number of a small example."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import style
from widelimit.report.figures.kernel_fits import label
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import fixed, number
from widelimit.tables.columns import Table, count, text
from widelimit.tables.regression import KERNEL, SCALE, TABLES

TITLE = "Kernel regression in three steps"

TABLE = Table(
    "figures/step3_worked.parquet",
    "one number of the worked example",
    (
        KERNEL,
        SCALE,
        text(
            "quantity",
            "y: target of sample i; gram: K(x_i, x_j), j a sample; alpha: coefficient of sample i;"
            " term: alpha_i K(x_i, x_j), j a test point; f: their sum over i;"
            " kernel: K(x_i, x_j), j the test point worked in full; target: its target",
        ),
        count("i", "number of the sample", "f or target"),
        count("j", "number of the other point", "y or alpha"),
        *TABLES["worked"].pick("t", "value"),
    ),
)

MOST_PRINTED = 12
"""Samples up to which the entries of K are printed into its cells."""


def summarise(points: pd.DataFrame, worked: pd.DataFrame) -> pd.DataFrame:
    grid = points[points["split"] == "test"]
    x = worked.loc[worked["quantity"] == "kernel", "j"].iloc[0]
    target = grid[grid["index"] == x].rename(columns={"index": "j", "y": "value"})
    first = worked.iloc[0]
    target = target.assign(quantity="target", kernel=first["kernel"], scale=first["scale"])
    return TABLE.arrange(pd.concat([TABLE.arrange(worked), TABLE.arrange(target)]))


def caption(table: pd.DataFrame) -> str:
    samples = (table["quantity"] == "alpha").sum()
    kernel = label(table["kernel"].iloc[0], table["scale"].iloc[0])
    return (
        f"Kernel regression on {samples} samples, {kernel}, number by number. a: Gram matrix K. b:"
        " coefficients α = K⁺ y (stems) and targets y (dots). c: the terms αᵢ K(xᵢ, x) (thin)"
        " and their sum f (thick).\nOn the vertical line: the terms at one x (dots) and their sum"
        " (diamond)."
    )


def finding(table: pd.DataFrame) -> str:
    x, terms, f = _at_x(table)
    alpha = table.loc[table["quantity"] == "alpha", "value"].abs().max()
    target = table.loc[table["quantity"] == "target", "value"].iloc[0]
    return (
        f"At t = {fixed(x)} the {len(terms)} terms add up to f = {fixed(f, 3)}; the"
        f" target there is {fixed(target, 3)}. The largest coefficient has the size"
        f" {number(alpha, 3)}."
    )


def _at_x(table: pd.DataFrame) -> tuple[float, np.ndarray, float]:
    """t of the test point worked in full, the terms there, and f there."""
    kernel = table[table["quantity"] == "kernel"].iloc[0]
    here = table[table["j"] == kernel["j"]]
    terms = here.loc[here["quantity"] == "term", "value"].to_numpy()
    return kernel["t"], terms, here.loc[here["quantity"] == "f", "value"].iloc[0]


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(6.2)
    grid = figure.subplot_mosaic([["K", "alpha"], ["f", "f"]], height_ratios=[1, 0.95])
    by_quantity = dict(iter(table.groupby("quantity")))
    colour = KERNELS[table["kernel"].iloc[0]].colour
    _draw_gram(grid["K"], by_quantity["gram"])
    _draw_coefficients(grid["alpha"], by_quantity["alpha"], by_quantity["y"], colour)
    _draw_sum(grid["f"], table, by_quantity, colour)
    return figure


def _draw_gram(axes: Axes, gram: pd.DataFrame):
    K = gram.pivot(index="i", columns="j", values="value").to_numpy(dtype=float)
    edges = np.arange(len(K) + 1) + 0.5
    largest = np.abs(K).max()
    axes.pcolormesh(edges, edges, K, cmap="PuOr_r", vmin=-2 * largest, vmax=2 * largest)
    if len(K) <= MOST_PRINTED:
        for (i, j), value in np.ndenumerate(K):
            text = f"{value:.2f}".removeprefix("0").replace("-0", "\u2212")
            axes.text(j + 1, i + 1, text, ha="center", va="center", fontsize=6)
    axes.set_box_aspect(1)
    axes.invert_yaxis()
    axes.grid(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(min(len(K), MOST_PRINTED), integer=True))
        axis.set_tick_params(length=0)
    axes.set(xlabel="sample $j$", ylabel="sample $i$")
    style.panel(axes, "a", "step 1: $K_{ij} = K(x_i, x_j)$")


def _draw_coefficients(axes: Axes, alpha: pd.DataFrame, y: pd.DataFrame, colour: str):
    number = alpha["i"].to_numpy(dtype=int) + 1
    axes.axhline(0, color=style.GREY, linewidth=0.7)
    axes.vlines(number, 0, alpha["value"], color=colour, linewidth=1.5)
    axes.plot(number, alpha["value"], "D", color=colour, label=r"$\alpha_i$")
    axes.plot(number, y["value"], "o", color=style.INK, markersize=3.5, label="$y_i$")
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.set(xlabel="sample $i$", ylabel="coefficient, target")
    axes.margins(y=0.12)
    axes.legend(loc="best", ncols=2)
    style.panel(axes, "b", r"step 2: $\alpha = K^{+} y$")


def _draw_sum(axes: Axes, table: pd.DataFrame, by_quantity: dict[str, pd.DataFrame], colour: str):
    for _, term in by_quantity["term"].groupby("i"):
        axes.plot(term["t"], term["value"], color=colour, linewidth=0.8, alpha=0.8)
    f, y = by_quantity["f"], by_quantity["y"]
    axes.plot(f["t"], f["value"], color=style.INK, linewidth=2)
    axes.plot(y["t"], y["value"], "o", color=style.INK)
    x, terms, total = _at_x(table)
    axes.axvline(x, color=style.NNGP, linewidth=0.8, linestyle=style.DASHED)
    axes.plot(np.full(len(terms), x), terms, "o", color=style.NNGP, markersize=3)
    axes.plot(x, total, "D", color=style.NNGP, markersize=5)
    axes.set(xlabel="$t$", ylabel="terms and their sum")
    style.panel(axes, "c", r"step 3: $f(x) = \Sigma_i\, \alpha_i K(x_i, x)$")
