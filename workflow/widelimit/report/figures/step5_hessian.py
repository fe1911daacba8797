"""Step 5: the Hessian of the output shrinks with width while the NTK does not."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.measure.slopes import REJECTED
from widelimit.report.figures import against_width, looks, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.columns import ACTIVATION, BAND, METRIC, WIDTH, Table

TITLE = "Spectral norm of the Hessian, by width"

BOUNDED, GAUSSIAN = "hessian_norm_bounded", "hessian_norm_gaussian"
MEDIAN, KERNEL = "hessian_norm_gaussian_median", "ntk_at_input_gaussian"
READOUT, READOUT_MEDIAN = "readout_max", "readout_max_median"
METRICS = (BOUNDED, GAUSSIAN, MEDIAN, KERNEL, READOUT, READOUT_MEDIAN)
LOOKS = {
    KERNEL: ("$K(x, x)$", style.NTK, "^", ":"),
    GAUSSIAN: ("Gaussian weights", style.NNGP, "s", "none"),
    BOUNDED: ("bounded weights", style.GREEN, "o", "-"),
}
"""Name, colour, marker and dash."""
COLUMNS = 3

TABLE = Table(
    "figures/step5_hessian.parquet",
    "one norm at one width, over seeds, or what theory says of it",
    (
        METRIC,
        ACTIVATION.but(null="has nothing to do with one"),
        WIDTH,
        *BAND,
        *against_width.FIT,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    rows = metrics[metrics["metric"].isin(METRICS)]
    fits = slopes[slopes["metric"].isin(METRICS) & slopes["widths"].eq("all")]
    return TABLE.arrange(against_width.summarise(rows, fits, ["metric", "activation"], quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    names = _smooth(table)
    rows = math.ceil((len(names) + 1) / COLUMNS)
    figure = style.figure(0.5 + 2.1 * rows)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    norms = table[table["metric"].isin(LOOKS)]
    panels = {}
    for axes, name, letter in zip(grid, names, "abcdefghijklmnopqrstuvwxyz", strict=False):
        by_metric = dict(iter(table[table["activation"] == name].groupby("metric")))
        panels[axes] = [Curve(by_metric[metric], "", *look) for metric, (_, *look) in LOOKS.items()]
        theory = by_metric[MEDIAN].sort_values("width")
        axes.plot(theory["width"].astype(float), theory["centre"], color=style.THEORY, linewidth=1)
        axes.set_ylim(norms["lower"].min() / 1.6, norms["upper"].max() * 1.6)
        style.panel(axes, letter, looks.activation(name).name)
    if names:
        against_width.draw(panels)
        key = {
            name: {"color": colour, "marker": marker, "linestyle": dash}
            for name, colour, marker, dash in LOOKS.values()
        }
        style.key(figure, key | {"exact median, Gaussian": {"color": style.THEORY, "linewidth": 1}})
    for axes in grid[: len(names) : COLUMNS]:
        axes.set_ylabel("norm at one input")
    _draw_readout(grid[len(names)], table, "abcdefghijklmnopqrstuvwxyz"[len(names)])
    for axes in grid[len(names) + 1 :]:
        axes.remove()
    return figure


def _draw_readout(axes: Axes, table: pd.DataFrame, letter: str):
    """The largest Gaussian readout weight: the logarithm that the bounded weights lack."""
    rows, theory = (
        table[table["metric"] == name].sort_values("width") for name in (READOUT, READOUT_MEDIAN)
    )
    measured = Curve(rows, "", style.NNGP, "s", "none")
    against_width.draw({axes: [measured]}, log=False, guide=None)
    x = theory["width"].astype(float)
    axes.plot(x, theory["centre"], color=style.THEORY, linewidth=1, label="exact median")
    k = np.geomspace(x.min(), x.max(), 50)
    asymptote = {"color": style.GREY, "linewidth": 1, "linestyle": style.DASHED}
    axes.plot(k, np.sqrt(2 * np.log(k)), label=r"$\sqrt{2\,\log k}$", **asymptote)
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right")
    style.panel(axes, letter, r"largest $|a_j|$, Gaussian")


def _smooth(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table.loc[table["metric"] == BOUNDED, "activation"]))


def caption(table: pd.DataFrame) -> str:
    names = _smooth(table)
    panels = (
        "Spectral norm of the Hessian of f(x) in all weights at initialisation, by width, for each"
        " activation with a second derivative: weights uniform on [−√3, √3] or Gaussian, with"
        " K(x, x) of the latter; black: exact median.\n"
    )
    rows = table[table["metric"].isin((BOUNDED, GAUSSIAN))] if names else table
    return (
        f"{panels * bool(names)}Last panel: largest of k Gaussian readout weights, its exact median"
        " (black) and its asymptote √(2 log k)."
        f" {against_width.caption(rows, 'Markers')}"
    )


def finding(table: pd.DataFrame) -> str:
    names = _smooth(table)
    readouts = table[table["metric"] == READOUT]
    largest = readouts.sort_values("width").iloc[-1]
    readout = (
        f"the largest of {power(int(largest['width']))} Gaussian readout weights is"
        f" {number(largest['centre'], 3)} in the median over {words.seeds([largest['seeds']])}"
    )
    if not names:
        return f"No activation here has a second derivative; {readout}."
    slopes = []
    for metric, weights in ((BOUNDED, "bounded"), (GAUSSIAN, "Gaussian")):
        fits = table[table["metric"].eq(metric) & table["slope"].notna()]
        if len(fits):
            # Where no line fits, the slopes from width to width.
            bent = fits["lack_of_fit"].lt(REJECTED).fillna(False).astype(bool)
            ends = [fits["slope"].mask(bent, fits[end]) for end in ("local_low", "local_high")]
            slopes.append(f"{_range(pd.concat(ends))} for {weights} weights")
    fitted = slopes and (
        f"The slopes of the Hessian's norm against width are {words.listed(slopes)}"
        f"{against_width.slopes_over(table)}. "
    )
    measured, theory = (
        table[table["metric"] == metric].set_index(["activation", "width"])["centre"]
        for metric in (GAUSSIAN, MEDIAN)
    )
    off = number(100 * float((measured / theory - 1).abs().max()), 2)
    kernel = table[table["metric"] == KERNEL].sort_values("width")
    medians = kernel.groupby("activation")["centre"]
    return (
        f"{fitted or ''}With Gaussian weights the medians over {words.seeds(kernel['seeds'])} are"
        f" at most {off} % off the exact ones. From the narrowest to the widest, that of K(x, x)"
        f" changes by a factor of {_range(medians.last() / medians.first())}; {readout}."
    )


def _range(values: pd.Series) -> str:
    low, high = fixed(values.min()), fixed(values.max())
    return low if low == high else f"{low} to {high}"
