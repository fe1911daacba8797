"""House style: fixed colours by role, panels, logarithmic axes, deterministic bytes.

A module draws inside ``@style.context()`` on ``style.figure(height)``; the labels at line ends
come last, because they are spread apart on the finished layout.
"""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from string import ascii_lowercase

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from widelimit.report.numbers import superscript

FULL_WIDTH = 7.2
"""Width of a figure over the whole page, inches; 700 px on the page, so 8 pt is 11 px."""

INK, GREY, LIGHT = "#222222", "#757575", "#e4e4e4"
THEORY, NTK, NNGP = "#000000", "#0072B2", "#D55E00"
"""The roles: the theory's prediction, and its two kernels where they stand side by side."""

ORANGE, SKY, GREEN, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#CC79A7"
"""The rest of Okabe & Ito (2008), for kernels, activations and data without a fixed role."""

DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.6))

ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
"""The box of a text that hides what is behind it."""

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
    with context(), _plain_fonts() if format == "pdf" else nullcontext():
        if figure.get_layout_engine() is not None:
            figure.get_layout_engine().execute(figure)
            figure.set_layout_engine(None)
        figure.savefig(path, format=format, metadata=_METADATA[format])


@contextmanager
def _plain_fonts() -> Iterator[None]:
    """Embed outlines and widths of glyphs, nothing else of a font: that takes half of the time.

    matplotlib has chosen and placed the glyphs, but would keep the rules for that, and hints.
    """
    from fontTools import subset

    whole = subset.load_font

    def plain(path, options, **others):
        options.hinting = options.glyph_names = False
        font = whole(path, options, **others)
        for table in {"GDEF", "GPOS", "GSUB", "MATH", "kern"}.intersection(font.keys()):
            del font[table]
        return font

    subset.load_font = plain
    try:
        yield
    finally:
        subset.load_font = whole


def width_colour(width: int, widths: Sequence[int]) -> tuple:
    """viridis from 0 (widest of ``widths``) to 0.6 (narrowest), even in log2 width."""
    return matplotlib.colormaps["viridis"](0.6 * (1 - _fraction(width, widths)))


def step_colour(step: int, steps: Sequence[int]) -> tuple:
    """magma from 0.65 (earliest of ``steps``) to 0.12 (last), even in log step; step 0 as 1."""
    steps = [max(s, 1) for s in steps]
    return matplotlib.colormaps["magma"](0.65 - 0.53 * _fraction(max(step, 1), steps))


def shade(value: float, values: Sequence[float]) -> tuple:
    """cividis from 0 (largest of ``values``) to 0.75 (smallest), even in the logarithm."""
    return matplotlib.colormaps["cividis"](0.75 * (1 - _fraction(value, values)))


def _fraction(value: float, values: Sequence[float]) -> float:
    # Where value lies between the smallest (0) and largest (1) of values, in the logarithm.
    low, high = math.log2(min(values)), math.log2(max(values))
    return (math.log2(value) - low) / (high - low) if high > low else 1.0


def lettered(letter: str, title: str) -> str:
    """The title of one panel, with its letter."""
    return rf"$\bf{{{letter}}}$  {title}"


def panel(axes: Axes, letter: str, title: str):
    axes.set_title(lettered(letter, title))


def row(height: float, *titles: str, **options) -> tuple[Figure, list[Axes]]:
    """A figure of panels side by side, one under each title, lettered from a on.

    options : those of matplotlib's ``Figure.subplots``
    """
    empty = figure(height)
    panels = list(empty.subplots(1, len(titles), squeeze=False, **options)[0])
    for letter, axes, title in zip(ascii_lowercase, panels, titles, strict=False):
        panel(axes, letter, title)
    return empty, panels


def key(owner: Figure | Axes, looks: Mapping[str, dict], **options):
    """A legend of lines, each drawn as its look says, above the figure unless told otherwise."""
    handles = [Line2D([], [], label=label, **look) for label, look in looks.items()]
    owner.legend(handles=handles, **{"loc": "outside upper center", "ncols": len(looks)} | options)


def log_scale(axes: Axes, directions: str = "y"):
    """Decimal logarithms along x, y or xy; ticks read 0.2 unless they span two decades."""
    for name in directions:
        getattr(axes, f"set_{name}scale")("log")
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(_LogFormatter())
        axis.set_minor_formatter(_LogFormatter())
    if "y" in directions:
        # No power of ten is ever written over this axis, where a title would have to make room.
        axes.set_title(axes.get_title("left"), y=1)


class _LogFormatter(LogFormatter):
    def __call__(self, x, pos=None):
        if not super().__call__(x, pos):
            return ""
        low, high = sorted(self.axis.get_view_interval())
        if low > 0 and high / low < 100 and 1e-4 < x < 1e4:
            return f"{x:g}"
        # Not as a formula: to set one takes matplotlib ten times as long as a text.
        factor, exponent = f"{x:.0e}".split("e")
        return f"{factor}×10{superscript(int(exponent))}".removeprefix("1×")
