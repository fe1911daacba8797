"""Step 5: the empirical NTK against its closed form, for every activation."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import parts, style
from widelimit.report.figures import step5_common as common
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.schemas import Table

TITLE = "The empirical NTK against its closed form, by width"

DEVIATION = "ntk_deviation"
COLUMNS = 4

TABLE = Table(
    "figures/step5_ntk.parquet",
    "the distance of the empirical NTK from its limit, at one width and activation",
    (common.ACTIVATION, parts.WIDTH, *parts.BAND, *common.SLOPE),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    table = common.curves(metrics, slopes, [DEVIATION], "activation", quantiles)
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame):
    names = list(dict.fromkeys(table["activation"]))
    fitted = table["slope"].notna().any()
    rows = math.ceil((len(names) + fitted) / COLUMNS)
    figure = style.figure(0.55 + 1.75 * rows)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    shown = grid[: len(names)]
    for axes, name in zip(shown, names, strict=True):
        curve = table[table["activation"] == name]
        common.draw_band(axes, curve, style.NTK, markersize=3)
        style.log_scale(axes)
        style.width_axis(axes, parts.integers(table["width"]), most=3)
        axes.set_title(name)
        text = parts.slope_words(common.last(curve)).replace("slope ", "slope\n")
        axes.text(
            0.97, 0.97, text, transform=axes.transAxes, color=style.NTK, fontsize=7, ha="right",
            va="top",
        )  # fmt: skip
    low, high = table["lower"].min(), table["upper"].max()
    for position, axes in enumerate(shown):
        axes.set_ylim(low / 1.5, high * 1.5)
        if table["width"].nunique() > 1:
            style.slope_guides(axes, -0.5, "slope −1/2" if position == 0 else "")
        if position % COLUMNS:
            axes.tick_params(labelleft=False)
        if position + COLUMNS < len(names) + fitted:
            axes.set_xlabel("")
    for axes in shown[::COLUMNS]:
        axes.set_ylabel("relative distance")
    rest = grid[len(names) :]
    if fitted:
        _draw_slopes(rest[0], table)
        rest = rest[1:]
    for axes in rest:
        axes.remove()
    return figure


def _draw_slopes(axes: Axes, table: pd.DataFrame):
    fits = table.drop_duplicates("activation").reset_index(drop=True)
    middle = fits["slope"]
    margins = [middle - fits["slope_low"], fits["slope_high"] - middle]
    axes.axvline(-0.5, color=style.GREY, linewidth=0.7)
    axes.errorbar(middle, fits.index, xerr=margins, fmt="o", color=style.NTK, elinewidth=1)
    for position, name in fits["activation"].items():
        axes.annotate(
            name, (middle[position], position), (0, 2.5), textcoords="offset points",
            fontsize=6.5, ha="center", va="bottom",
        )  # fmt: skip
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.set_ylim(len(fits) - 0.6, -0.9)
    axes.grid(False, axis="y")
    axes.set_xlabel("slope, 95 % interval")
    axes.set_title("all slopes")


def caption(table: pd.DataFrame) -> str:
    return (
        "Frobenius distance of the empirical NTK at initialisation from its closed form, on the"
        f" training points, relative to the closed form; {parts.band_words(table)}. Grey lines fall"
        f" as one over the square root of the width.{common.FIT_WORDS}"
    )


def finding(table: pd.DataFrame) -> str:
    wide = table[table["width"] == table["width"].max()].sort_values("centre")
    text = (
        f"At width {power(int(wide['width'].iloc[0]))} the median distance is between"
        f" {number(wide['centre'].iloc[0], 2)} ({wide['activation'].iloc[0]}) and"
        f" {number(wide['centre'].iloc[-1], 2)} ({wide['activation'].iloc[-1]})"
    )
    fits = table.dropna(subset="slope").drop_duplicates("activation").sort_values("slope")
    if fits.empty:
        return text + "."
    covered = int(((fits["slope_low"] <= -0.5) & (fits["slope_high"] >= -0.5)).sum())
    return (
        f"{text}; the {len(fits)} slopes lie between {fixed(fits['slope'].iloc[0])}"
        f" ({fits['activation'].iloc[0]}) and {fixed(fits['slope'].iloc[-1])}"
        f" ({fits['activation'].iloc[-1]}), and {covered} of the {len(fits)} intervals hold −1/2."
    )
