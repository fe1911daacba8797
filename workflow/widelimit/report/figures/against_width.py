"""Numbers against the width of the networks: bands, slopes and their guides, and words for them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import MaxNLocator, NullLocator

from widelimit.measure.slopes import REJECTED
from widelimit.report.figures import bands, choices, style, words
from widelimit.report.figures.labels import End
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.columns import FITTED_WIDTHS, LINE, SLOPE, missing

FIT = missing((*SLOPE, *LINE, *FITTED_WIDTHS), "not fitted")
"""The columns of the slope of a curve, beside each of its rows."""

GUIDES = {-0.5: "slope −1/2", -1.0: "slope −1", 0.5: "slope 1/2"}
INCHES_A_TICK = 0.32


@dataclass(frozen=True)
class Curve:
    """Rows by width with the columns `BAND`, and `FIT` where a slope was fitted; their look."""

    rows: pd.DataFrame
    name: str
    colour: object
    marker: str = "o"
    dash: object = "-"

    @property
    def slope(self) -> str:
        return slope(self.rows.iloc[0]) if len(self.rows) else ""


def summarise(
    rows: pd.DataFrame, fits: pd.DataFrame, by: Sequence[str], quantiles: Sequence[float]
) -> pd.DataFrame:
    """Bands of each curve ``by`` over its widths, beside the ``fits`` of slopes.parquet for it."""
    table = bands.summarise(rows, [*by, "width"], quantiles)
    names = [*by, *(column.name for column in FIT)]
    return table.merge(fits[names], on=list(by), how="left", validate="many_to_one")


def by_step(rows: pd.DataFrame) -> list[Curve]:
    """A curve for each step, named by it and in its colour among them."""
    steps = choices.distinct(rows["step"])
    return [
        Curve(each, words.steps(step), style.step_colour(step, steps))
        for step, each in rows.groupby("step")
    ]


def draw(
    panels: Mapping[Axes, Sequence[Curve]],
    *,
    log: bool = True,
    guide: float | None = -0.5,
    slopes: bool = True,
) -> dict[Axes, list[End]]:
    """Each panel's curves; returns the ends of those with a name, with ``slopes`` under it.

    Markers are filled where the slope was fitted. Grey lines of the slope ``guide`` take the place
    of the grid: with them, limits are final.
    """
    ends, widths = {}, set()
    for axes, curves in panels.items():
        if log:
            style.log_scale(axes)
        ends[axes] = [end for curve in curves for end in _draw_curve(axes, curve, slopes)]
        widths |= {width for curve in curves for width in curve.rows["width"]}
    for axes in panels:
        width_axis(axes, sorted(widths))
    if guide is not None and len(widths) > 1:
        for place, axes in enumerate(panels):
            slope_guides(axes, guide, "" if place else GUIDES[guide])
    return ends


def _draw_curve(axes: Axes, curve: Curve, slopes: bool) -> list[End]:
    rows = bands.drawable(axes, curve.rows).sort_values("width")
    text = f"{curve.name}\n{curve.slope}".strip() if slopes else curve.name
    ends = bands.draw(axes, rows, curve.colour, along="width", name=text, linestyle=curve.dash)
    fitted = rows.get("smallest_width", pd.Series(pd.NA, rows.index)).fillna(0).le(rows["width"])
    for part, face in ((rows[fitted], curve.colour), (rows[~fitted], "white")):
        axes.plot(
            part["width"].astype(float),
            part["centre"].astype(float),
            curve.marker,
            color=curve.colour,
            markerfacecolor=face,
            markersize=3.2,
            markeredgewidth=0.9,
        )
    return ends if curve.name else []


def draw_theory(axes: Axes, rows: pd.DataFrame, colours: Mapping[int, tuple] | None = None):
    """A dashed line over the widths for each step of rows with the columns `BAND`, in the step's
    colour if there are colours."""
    for step, line in rows.groupby("step", dropna=False):
        x, y = (line.sort_values("width")[name].astype(float) for name in ("width", "centre"))
        colour = colours[step] if colours else style.THEORY
        axes.plot(x, y, color=colour, linestyle="--", linewidth=0.8)


def small_multiples(
    figure: Figure, curves: Sequence[Curve], *, columns: int, ylabel: str, more: int = 0
) -> list[SubplotSpec]:
    """A panel a curve on common axes, its name in the title and its slope in the corner.

    Leaves room for ``more`` panels; returns the places that are left over.
    """
    columns = min(columns, len(curves) + more)
    rows = math.ceil((len(curves) + more) / columns)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    panels, rest = grid.flat[: len(curves)], grid.flat[len(curves) :]
    for axes, curve in zip(panels, curves, strict=True):
        axes.set_title(curve.name)
        corner = {"transform": axes.transAxes, "ha": "right", "va": "top", "fontsize": 7}
        text = curve.slope.replace(" ", "\n", 1)
        axes.text(0.97, 0.97, text, color=curve.colour, bbox=style.ON_WHITE, **corner)
    style.log_scale(panels[0])
    shown = pd.concat([bands.drawable(panels[0], curve.rows) for curve in curves])
    low, high = shown.loc[shown["lower"] > 0, "lower"].min(), shown["upper"].max()
    if low < high:
        panels[0].set_ylim(low / (high / low) ** 0.1, high * (high / low) ** 0.15)
    draw({axes: [curve] for axes, curve in zip(panels, curves, strict=True)})
    for place, axes in enumerate(panels):
        lowest = place + columns >= len(curves) + more
        axes.tick_params(labelbottom=lowest)
        axes.set_xlabel(axes.get_xlabel() if lowest else "")
    for axes in grid[:, 0]:
        axes.set_ylabel(ylabel)
    places = [axes.get_subplotspec() for axes in rest]
    for axes in rest:
        axes.remove()
    return places


def draw_slopes(axes: Axes, curves: Sequence[Curve], *, values: bool):
    """The slope of each curve over its interval, from above; with ``values`` in numbers too."""
    axes.axvline(-0.5, color=style.THEORY, linewidth=0.9, linestyle=style.DASHED)
    for place, curve in enumerate(curves):
        fit = curve.rows.iloc[0]
        if pd.isna(fit["slope"]):
            continue
        axes.plot(_ends(fit), [place, place], color=curve.colour)
        if not rejected(fit):
            axes.plot(fit["slope"], place, curve.marker, color=curve.colour)
        text = f"{curve.name}, {_margin(fit)}" if values else curve.name
        above = {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontsize": 7}
        box = style.ON_WHITE | {"pad": 0.3}
        axes.annotate(text, (fit["slope"], place), (0, 3), bbox=box, **above)
    axes.set_yticks([])
    axes.set_ylim(len(curves) - 0.5, -0.9)
    axes.grid(False, axis="y")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -0.55), max(high, -0.45))
    axes.xaxis.set_major_locator(MaxNLocator(4 if values else 3))
    axes.set_xlabel("slope, 95 % interval")


def width_axis(axes: Axes, widths: Sequence[int]):
    """A log2 axis of hidden units, ticks at as many of the study's widths as there is room for."""
    widths = np.unique(np.asarray(widths, dtype=np.int64))
    room = axes.get_window_extent().width / axes.get_figure(root=True).dpi / INCHES_A_TICK
    stride = math.ceil(len(widths) / max(int(room), 1))
    ticks = widths[::-1][::stride][::-1]
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks, [power(int(k)) for k in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("hidden units $k$")
    if len(widths) == 1:
        axes.set_xlim(widths[0] / 2, widths[0] * 2)


def slope_guides(axes: Axes, slope: float, label: str):
    """Thin grey power laws all over a log-log panel in place of its grid, one of them labelled.

    Four at most cross a vertical line, and six a horizontal one; they are anchored in the lower
    left, where what falls with width leaves room. Call it when the limits are final.
    """
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    axes.set(xlim=(x0, x1), ylim=(y0, y1))
    axes.grid(False)
    x, y = x0 * (x1 / x0) ** 0.04, y0 * (y1 / y0) ** 0.2
    factor = max((y1 / y0) ** 0.25, (x1 / x0) ** (abs(slope) / 6))
    fall = math.ceil(abs(slope) * math.log(x1 / x0) / math.log(factor))
    for m in range(-1 - fall, 5 + fall):
        ends = [y * factor**m * (end / x) ** slope for end in (x0, x1)]
        axes.plot([x0, x1], ends, color="#c9c9c9", linewidth=0.6, zorder=1)
    axes.text(
        x,
        y,
        label,
        color=style.GREY,
        fontsize=7,
        va="bottom",
        rotation=math.degrees(math.atan2(slope * y, x)),
        rotation_mode="anchor",
        transform_rotates_text=True,
    )


def rejected(fit) -> bool:
    """Whether the points of a row with the columns `FIT` lie on no line: then it has no exponent,
    and only slopes from width to width are quoted."""
    return pd.notna(fit["lack_of_fit"]) and bool(fit["lack_of_fit"] < REJECTED)


def slope(row) -> str:
    """slope −0.59 ± 0.03, of a row with the columns `FIT`; nothing where none was fitted.

    Where the line is rejected: slopes −0.76 to −0.36, those from width to width.
    """
    if pd.isna(row.get("slope")):
        return ""
    return f"{'slopes' if rejected(row) else 'slope'} {_margin(row)}"


def _margin(fit) -> str:
    if rejected(fit):
        return " to ".join(map(fixed, _ends(fit)))
    return f"{fixed(fit['slope'])} ± {fixed((fit['slope_high'] - fit['slope_low']) / 2)}"


def _ends(fit) -> list[float]:
    kind = "local" if rejected(fit) else "slope"
    return [fit[f"{kind}_low"], fit[f"{kind}_high"]]


def interval(fit) -> str:
    """−0.59 (−0.62 to −0.56), or, with the line rejected, −0.76 to −0.36 from width to width."""
    if rejected(fit):
        return f"{_margin(fit)} from width to width"
    return f"{fixed(fit['slope'])} ({fixed(fit['slope_low'])} to {fixed(fit['slope_high'])})"


def widest(rows: pd.DataFrame) -> str:
    """The median at the greatest width and its slope: 0.0085 (slope −0.59 ± 0.03)."""
    row = rows.sort_values("width").iloc[-1]
    return number(row["centre"], 2) + f" ({slope(row)})" * bool(slope(row))


def compared(fits: pd.DataFrame, name: Callable[[pd.Series], str]) -> str:
    """How many slopes, one a row, are near −1/2, and the least and the greatest of them."""
    fits = fits.sort_values("slope")
    lines = fits[~fits["lack_of_fit"].lt(REJECTED)]
    near = int((fits["slope"] + 0.5).abs().le(0.1).sum())
    covered = int((lines["slope_low"].le(-0.5) & lines["slope_high"].ge(-0.5)).sum())
    ends = (f"{_margin(fit)} ({name(fit)})" for _, fit in choices.ends(fits).iterrows())
    return (
        f"{near} of {len(fits)} slopes lie within 0.1 of −1/2 and {covered} of their 95 % intervals"
        f" contain it; they go from {' to '.join(ends)}"
    )


def fitted_widths(table: pd.DataFrame) -> str:
    """all seeds of widths 2¹⁴ to 2²⁰: what the slopes are of, from the columns `FIT`."""
    fits = table.dropna(subset="slope")
    ends = int(fits["smallest_width"].min()), int(fits["largest_width"].max())
    return f"all seeds of widths {' to '.join(map(power, ends))}"


def slopes_over(table: pd.DataFrame) -> str:
    """; slopes over all seeds of widths 2¹⁴ to 2²⁰: the end of a finding that quotes slopes."""
    if table["slope"].isna().all():
        return ""
    curved = table["lack_of_fit"].lt(REJECTED).any()
    pairs = ", from width to width where no line fits" * bool(curved)
    return f"; slopes over {fitted_widths(table)}{pairs}"


def caption(table: pd.DataFrame, lines: str = "Lines") -> str:
    """What lines, bands and slopes are, from a table with the columns `BAND` and `FIT`."""
    text = bands.caption(table, lines)
    fits = table[table["slope"].notna()]
    if fits.empty:
        return text
    filled = " (filled markers)" * bool((table["width"] < fits["smallest_width"].min()).any())
    curved = (
        "; where the spread between seeds rejects a line (p < 0.001), the least and the greatest"
        " slope from one width to the next"
    ) * bool(fits["lack_of_fit"].lt(REJECTED).any())
    return (
        f"{text} Slopes: least squares on logarithms, {fitted_widths(fits)}{filled}, ± half the"
        f" 95 % interval{curved}; grey: 1/√k."
    )
