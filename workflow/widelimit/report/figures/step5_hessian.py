"""Step 5: the Hessian of the output shrinks with width while the NTK does not."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from widelimit.report.figures import parts, style
from widelimit.report.figures import step5_common as common
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.schemas import Table

TITLE = "Spectral norm of the Hessian, by width"

BOUNDED, GAUSSIAN = "hessian_norm_bounded", "hessian_norm_gaussian"
MEDIAN, KERNEL = "hessian_norm_gaussian_median", "ntk_at_input_gaussian"
READOUT, READOUT_MEDIAN = "readout_max", "readout_max_median"
COLUMNS = 3

TABLE = Table(
    "figures/step5_hessian.parquet",
    "one norm at one width, over seeds, or what theory says of it",
    (common.METRIC, common.ACTIVATION, parts.WIDTH, *parts.BAND, *common.SLOPE),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    names = [BOUNDED, GAUSSIAN, MEDIAN, KERNEL, READOUT, READOUT_MEDIAN]
    return parts.arrange(common.curves(metrics, slopes, names, "activation", quantiles), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    names = _smooth(table)
    rows = math.ceil((len(names) + 1) / COLUMNS)
    figure = style.figure(0.5 + 2.1 * rows)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    norms = table[table["metric"].isin((BOUNDED, GAUSSIAN, KERNEL))]
    limits = norms["lower"].min() / 1.6, norms["upper"].max() * 1.6
    widths = parts.integers(table["width"])
    for position, name in enumerate(names):
        axes = grid[position]
        of = dict(iter(table[table["activation"] == name].groupby("metric")))
        common.draw_band(axes, of[KERNEL], style.NTK, linestyle=":", marker="^")
        common.draw_band(axes, of[GAUSSIAN], style.NNGP, marker="s", linestyle="none")
        common.draw_band(axes, of[BOUNDED], style.GREEN)
        theory = of[MEDIAN].sort_values("width")
        axes.plot(theory["width"].astype(float), theory["centre"], color=style.THEORY, linewidth=1)
        style.log_scale(axes)
        style.width_axis(axes, widths, most=4)
        axes.set_ylim(*limits)
        if len(widths) > 1:
            style.slope_guides(axes, -0.5, "slope −1/2" if position == 0 else "")
        style.panel(axes, "abcdefghijklmnopqrstuvwxyz"[position], name)
        if position % COLUMNS == 0:
            axes.set_ylabel("norm at one input")
    if names:
        words = ("$K(x, x)$", "Gaussian weights", "bounded weights", "exact median, Gaussian")
        figure.legend(grid[0].lines[:4], words, loc="outside upper left", ncols=4)
    _draw_readout(grid[len(names)], table, "abcdefghijklmnopqrstuvwxyz"[len(names)])
    for axes in grid[len(names) + 1 :]:
        axes.remove()
    return figure


def _draw_readout(axes: Axes, table: pd.DataFrame, letter: str):
    """The largest Gaussian readout weight: the logarithm that the bounded weights lack."""
    widths = parts.integers(table["width"])
    rows = table[table["metric"] == READOUT]
    common.draw_band(axes, rows, style.NNGP, marker="s", linestyle="none")
    theory = table[table["metric"] == READOUT_MEDIAN].sort_values("width")
    x = theory["width"].astype(float)
    axes.plot(x, theory["centre"], color=style.THEORY, linewidth=1, label="exact median")
    k = np.geomspace(widths[0], widths[-1], 50)
    asymptote = {"color": style.GREY, "linewidth": 1, "linestyle": style.DASHED}
    axes.plot(k, np.sqrt(2 * np.log(k)), label=r"$\sqrt{2\,\log k}$", **asymptote)
    style.width_axis(axes, widths, most=4)
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right")
    style.panel(axes, letter, r"largest $|a_j|$, Gaussian")


def _smooth(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table.loc[table["metric"] == BOUNDED, "activation"]))


def caption(table: pd.DataFrame) -> str:
    names = _smooth(table)
    rows = table[table["metric"] == BOUNDED] if names else table[table["metric"] == READOUT]
    panels = (
        "Each panel but the last: spectral norm of the Hessian of f(x) in all weights, at one input"
        " x and at initialisation, for weights uniform on [−√3, √3] and for Gaussian weights, and"
        " K(x, x) of the latter beside it; black: the exact median for Gaussian weights, from"
        " theory. Grey lines fall as one over the square root of the width. "
    )
    return (
        f"{panels * bool(names)}Last panel: the largest of k Gaussian readout weights, its exact"
        " median (black) and the asymptotic √(2 log k). In all,"
        f" {parts.band_words(rows).replace('lines', 'markers', 1)}."
        f"{common.FIT_WORDS}"
    )


def finding(table: pd.DataFrame) -> str:
    names = _smooth(table)
    largest = common.last(table[table["metric"] == READOUT])
    readout = (
        f"the largest of {power(int(largest['width']))} Gaussian readout weights is"
        f" {number(largest['centre'], 3)} in the median"
    )
    if not names:
        return f"No activation here has a second derivative; {readout}."
    said = []
    for metric, words in ((BOUNDED, "bounded"), (GAUSSIAN, "Gaussian")):
        fits = table[(table["metric"] == metric) & table["slope"].notna()]["slope"]
        if len(fits):
            said.append(f"{_range(fits, fixed)} for {words} weights")
    slopes = said and f"The slopes of the Hessian's norm against width are {parts.listed(said)}. "
    theory = table[table["metric"] == MEDIAN].set_index(["activation", "width"])["centre"]
    found = table[table["metric"] == GAUSSIAN].set_index(["activation", "width"])["centre"]
    off = number(100 * float((found / theory - 1).abs().max()), 2)
    kernel = table[table["metric"] == KERNEL].sort_values("width")
    ends = kernel.groupby("activation")["centre"]
    ratio = ends.last() / ends.first()
    return (
        f"{slopes or ''}With Gaussian weights the measured medians are at most {off} % off the"
        f" exact ones. From the narrowest to the widest, the median of K(x, x) changes by a factor"
        f" of {_range(ratio, fixed)}; {readout}."
    )


def _range(values: pd.Series, words) -> str:
    low, high = words(values.min()), words(values.max())
    return low if low == high else f"{low} to {high}"
