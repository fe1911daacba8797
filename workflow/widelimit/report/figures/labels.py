"""Labels beside the ends of lines, spread so that none overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from widelimit.report.figures.style import INK


@dataclass(frozen=True)
class End:
    """The end of a line in data coordinates, and what stands beside it."""

    x: float
    y: float
    text: str
    colour: object = INK


def level(axes: Axes, y: float, text: str, color, *, x: float | None = None, **line) -> End:
    """A horizontal line through the panel; its end is at ``x``, or at the panel's final limit."""
    axes.axhline(y, color=color, **line)
    return End(axes.get_xlim()[1] if x is None else x, y, text, color)


def label_ends(panels: Mapping[Axes, Sequence[End]], *, size: float = 7.5, pad: float = 5):
    """Write each text to the right of its line's end, moved up or down so that none overlap.

    Call it once, when everything else is drawn: it settles the layout to measure the texts, for
    good where no hairline is needed. The shifts
    are the smallest in the least-squares sense; where one exceeds half a label, hairlines tie the
    labels of that panel to their lines. Returns the annotations, panel by panel.
    """
    beside = {"size": size, "va": "center", "textcoords": "offset points", "annotation_clip": False}

    def write(axes: Axes, end: End, offset: tuple[float, float], **hairline) -> Annotation:
        place = (end.x, end.y)
        return axes.annotate(end.text, place, offset, color=end.colour, **beside, **hairline)

    labels = {axes: [write(axes, end, (pad, 0)) for end in ends] for axes, ends in panels.items()}
    if not any(labels.values()):
        return labels
    figure = next(iter(panels)).get_figure(root=True)
    figure.get_layout_engine().execute(figure)
    points = 72 / figure.dpi
    settled = True
    for axes, ends in panels.items():
        heights = np.array([label.get_window_extent().height for label in labels[axes]])
        heights = heights * points + 2
        at = np.array([axes.transData.transform((end.x, end.y))[1] * points for end in ends])
        frame = axes.get_window_extent()
        shifts = spread(at, heights, frame.y0 * points, frame.y1 * points) - at
        tied = np.any(np.abs(shifts) > heights / 2)
        settled &= not tied
        for i, (end, shift) in enumerate(zip(ends, shifts, strict=True)):
            if tied:
                labels[axes][i].remove()
                labels[axes][i] = write(axes, end, (3 * pad, shift), arrowprops=_hairline(end))
            else:
                labels[axes][i].set_position((pad, shift))
    if settled:  # no label has moved to the right: the layout still holds
        figure.set_layout_engine(None)
    return labels


def _hairline(end: End) -> dict:
    return {
        "arrowstyle": "-",
        "color": end.colour,
        "linewidth": 0.5,
        "shrinkA": 0,
        "shrinkB": 2,
        "relpos": (0, 0.5),
    }


def spread(at: np.ndarray, heights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Centres nearest to ``at``, in least squares, of intervals that do not overlap.

    The intervals have the given ``heights``, keep the order of ``at`` and lie within
    [low, high] where they fit. All in one unit, shape (n,).
    """
    order = np.argsort(at, kind="stable")
    height = heights[order]
    # Take away where each would sit in a stack without gaps: what is left must only not fall.
    stacked = np.cumsum(height) - height / 2
    base = _never_falling(at[order] - stacked)
    base = np.clip(base, low, max(high - height.sum(), low))
    moved = np.empty_like(base)
    moved[order] = base + stacked
    return moved


def _never_falling(values: np.ndarray) -> np.ndarray:
    """The nearest ascending sequence, by pooling neighbours (Ayer et al. 1955)."""
    pools = []
    for value in values:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, more = pools.pop()
            total, count = total + before, count + more
        pools.append((total, count))
    means, counts = [total / count for total, count in pools], [count for _, count in pools]
    return np.repeat(means, counts) if pools else values
