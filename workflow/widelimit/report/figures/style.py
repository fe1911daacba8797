"""House style: fixed colours by role, bands, direct labels, deterministic bytes.

A module draws inside ``@style.context()`` on ``style.figure(height)``; the labels at line ends
come last, because they are spread apart on the finished layout.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation, NullLocator
from scipy.optimize import isotonic_regression

from widelimit.report.numbers import power

FULL_WIDTH = 7.2
"""Width of a figure over the whole page, inches; 700 px on the page, so 8 pt is 11 px."""

INK, GREY, LIGHT = "#222222", "#757575", "#e4e4e4"
THEORY, NTK, NNGP = "#000000", "#0072B2", "#D55E00"
"""The roles: the theory's prediction, and its two kernels where they stand side by side."""

ORANGE, SKY, GREEN, YELLOW, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7"
"""The rest of Okabe & Ito (2008), for kernels, activations and data without a fixed role."""

DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.6))
BAND_ALPHA = 0.18

_RC = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 7,
    "axes.titlesize": 8.5,
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "grid.color": LIGHT,
    "grid.linewidth": 0.5,
    "legend.borderaxespad": 0.2,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "lines.linewidth": 1.5,
    "lines.markersize": 4,
    "lines.solid_capstyle": "round",
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
    "svg.fonttype": "path",
    "svg.hashsalt": "widelimit",
    "text.color": INK,
    # Hinted texts are wider at one resolution than at another: the layout would not hold.
    "text.hinting": "none",
    "xtick.color": "#555555",
    "xtick.labelcolor": INK,
    "xtick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.color": "#555555",
    "ytick.labelcolor": INK,
    "ytick.labelsize": 7.5,
    "ytick.major.width": 0.6,
    "ytick.minor.width": 0.4,
}

# What would put a date or a version into the file.
_METADATA = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


@contextmanager
def context() -> Iterator[None]:
    """matplotlib's defaults with the house style on top, whatever a user's matplotlibrc says.

    Also a decorator: ``@style.context()``.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def figure(height: float, width: float = FULL_WIDTH) -> Figure:
    """An empty figure of ``width`` x ``height`` inches whose layout makes room for labels."""
    empty = Figure(figsize=(width, height), dpi=100, layout="constrained")
    empty.get_layout_engine().set(w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)
    return empty


def save(figure: Figure, path: str | os.PathLike):
    """Write the figure as svg, pdf or png, by the path's ending; bytes depend on the drawing alone.

    The layout is frozen at the first call, so that all formats of a figure agree. Raises
    ValueError for another ending.
    """
    format = os.path.splitext(path)[1].removeprefix(".")
    if format not in _METADATA:
        raise ValueError(f"path must end in .{', .'.join(_METADATA)}; got {os.fspath(path)!r}")
    with context():
        if figure.get_layout_engine() is not None:
            figure.get_layout_engine().execute(figure)
            figure.set_layout_engine("none")
        figure.savefig(path, format=format, metadata=_METADATA[format])


def width_colour(width: int, widths: Sequence[int]) -> tuple:
    """viridis from 0 (widest of ``widths``) to 0.6 (narrowest), even in log2 width."""
    return matplotlib.colormaps["viridis"](0.6 * (1 - _fraction(width, widths)))


def step_colour(step: int, steps: Sequence[int]) -> tuple:
    """magma from 0.65 (earliest of ``steps``) to 0.12 (last), even in log step; step 0 as 1."""
    steps = [max(s, 1) for s in steps]
    return matplotlib.colormaps["magma"](0.65 - 0.53 * _fraction(max(step, 1), steps))


def _fraction(value: float, values: Sequence[float]) -> float:
    # Where value lies between the smallest (0) and largest (1) of values, in the logarithm.
    low, high = math.log2(min(values)), math.log2(max(values))
    return (math.log2(value) - low) / (high - low) if high > low else 1.0


def panel(axes: Axes, letter: str, title: str):
    """The title of one panel, with its letter."""
    axes.set_title(rf"$\bf{{{letter}}}$  {title}")


def width_axis(axes: Axes, widths: Sequence[int], most: int = 8):
    """A log2 axis of hidden units, ticks at no more than ``most`` of the study's widths."""
    widths = np.unique(np.asarray(widths, dtype=np.int64))
    stride = math.ceil(len(widths) / most)
    ticks = widths[::-1][::stride][::-1]
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks, [power(int(k)) for k in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("hidden units $k$")
    if len(widths) == 1:
        axes.set_xlim(widths[0] / 2, widths[0] * 2)


def log_scale(axes: Axes, directions: str = "y"):
    """Decimal logarithms along x, y or xy; ticks read 0.2 unless they span two decades."""
    for name in directions:
        getattr(axes, f"set_{name}scale")("log")
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(_LogFormatter())
        axis.set_minor_formatter(_LogFormatter())


class _LogFormatter(LogFormatterSciNotation):
    def __call__(self, x, pos=None):
        text = super().__call__(x, pos)
        low, high = sorted(self.axis.get_view_interval())
        plain = text and low > 0 and high / low < 100 and 1e-4 < x < 1e4
        return f"{x:g}" if plain else text


def band(axes: Axes, x, centre, lower, upper, colour, **line):
    """A line through ``centre`` over the band from ``lower`` to ``upper``; returns the line."""
    axes.fill_between(x, lower, upper, color=colour, alpha=BAND_ALPHA, linewidth=0)
    return axes.plot(x, centre, color=colour, **line)[0]


def slope_guides(axes: Axes, slope: float, label: str):
    """Thin grey power laws all over a log-log panel in place of its grid, one of them labelled.

    Four of them cross each vertical line; they are anchored in the lower left, where what falls
    with width leaves room. Call it when the limits are final.
    """
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    axes.grid(False)
    x, y = x0 * (x1 / x0) ** 0.04, y0 * (y1 / y0) ** 0.2
    factor = (y1 / y0) ** 0.25
    fall = math.ceil(abs(slope) * math.log(x1 / x0) / math.log(factor))
    for m in range(-1 - fall, 5 + fall):
        ends = [y * factor**m * (end / x) ** slope for end in (x0, x1)]
        axes.plot([x0, x1], ends, color="#c9c9c9", linewidth=0.6, zorder=1)
    axes.text(
        x,
        y,
        label,
        color=GREY,
        fontsize=7,
        va="bottom",
        rotation=math.degrees(math.atan2(slope * y, x)),
        rotation_mode="anchor",
        transform_rotates_text=True,
    )


@dataclass(frozen=True)
class End:
    """The end of a line in data coordinates, and what stands beside it."""

    x: float
    y: float
    text: str
    colour: object = INK


def label_ends(axes: Axes, ends: Sequence[End], *, size: float = 7.5, pad: float = 5):
    """Write each text to the right of its line's end, moved up or down so that none overlap.

    Call it when everything else is drawn: it settles the layout to measure the texts. The shifts
    are the smallest in the least-squares sense; where one exceeds half a label, hairlines tie the
    labels to their lines. Returns the annotations, in the order of ``ends``.
    """
    labels = [
        axes.annotate(
            end.text,
            (end.x, end.y),
            (pad, 0),
            textcoords="offset points",
            color=end.colour,
            fontsize=size,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": end.colour,
                "linewidth": 0.5,
                "shrinkA": 0,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )
        for end in ends
    ]
    if not labels:
        return labels
    figure = axes.get_figure(root=True)
    figure.get_layout_engine().execute(figure)
    points = 72 / figure.dpi
    heights = np.array([label.get_window_extent().height * points for label in labels]) + 2
    at = np.array([axes.transData.transform((end.x, end.y))[1] * points for end in ends])
    frame = axes.get_window_extent()
    moved = spread(at, heights, frame.y0 * points, frame.y1 * points)
    tied = bool(np.any(np.abs(moved - at) > heights / 2))
    for label, shift in zip(labels, moved - at, strict=True):
        label.set_position((3 * pad if tied else pad, shift))
        label.arrow_patch.set_visible(tied)
    return labels


def spread(at: np.ndarray, heights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Centres nearest to ``at``, in least squares, of intervals that do not overlap.

    The intervals have the given ``heights``, keep the order of ``at`` and lie within
    [low, high] where they fit. All in one unit, shape (n,).
    """
    order = np.argsort(at, kind="stable")
    height = heights[order]
    # Take away where each would sit in a stack without gaps: what is left must only not fall.
    stacked = np.cumsum(height) - height / 2
    base = isotonic_regression(at[order] - stacked).x
    base = np.clip(base, low, max(high - height.sum(), low))
    moved = np.empty_like(base)
    moved[order] = base + stacked
    return moved
