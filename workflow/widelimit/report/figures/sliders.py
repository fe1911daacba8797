"""What moves in a figure: sliders, and where each part stands at every place of them.

A module with a function ``moving(table)`` draws its parts at one place of the sliders, each an
artist named by ``gid``; the page's script moves them to the others. Positions are rounded to
thousandths of a panel, which is less than a pixel.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from matplotlib.axes import Axes

FULL = 1000
"""Width and height of a panel in the units of the positions."""


@dataclass(frozen=True)
class Slider:
    """A choice among ``values``, as they are written; ``start`` is the place that is drawn."""

    label: str
    values: Sequence[str]
    start: int


@dataclass(frozen=True)
class Panel:
    """Axes with fixed limits, (low, high) of each direction; ``log`` names the logarithmic ones."""

    name: str
    x: tuple[float, float]
    y: tuple[float, float]
    log: str = ""

    def fix(self, axes: Axes):
        """Set the limits, and name the panel's area for the script."""
        axes.set(xlim=self.x, ylim=self.y)
        axes.patch.set_gid(f"panel-{self.name}")

    def across(self, x) -> list[int | None]:
        return _thousandths(x, *self.x, "x" in self.log)

    def up(self, y) -> list[int | None]:
        return _thousandths(y, *self.y, "y" in self.log)


@dataclass(frozen=True)
class Frame:
    """A part at one place: points in the units of its axes, nan between lines; its colour."""

    x: np.ndarray
    y: np.ndarray
    colour: str | None = None


@dataclass(frozen=True)
class Part:
    """One artist. ``by`` numbers the sliders that move it, the keys of ``frames`` their places."""

    name: str
    panel: str
    by: tuple[int, ...]
    frames: Mapping[tuple[int, ...], Frame]

    def at_start(self, sliders: Sequence[Slider]) -> Frame:
        """What is to be drawn; nothing where there is nothing at that place."""
        place = tuple(sliders[i].start for i in self.by)
        return self.frames.get(place, Frame(np.array([]), np.array([])))


@dataclass(frozen=True)
class Words:
    """A sentence about what is seen, at each place of the sliders that ``by`` numbers."""

    by: tuple[int, ...]
    texts: Mapping[tuple[int, ...], str]


@dataclass(frozen=True)
class Moving:
    """All that moves in a figure, and the sentences that go with it."""

    sliders: Sequence[Slider]
    panels: Sequence[Panel]
    parts: Sequence[Part]
    words: Sequence[Words]

    def for_page(self) -> dict:
        """What a page needs of it, of lists, numbers and texts alone: the sliders, the sentences
        where they start, and the data of the page's script."""
        return {
            "sliders": [asdict(slider) for slider in self.sliders],
            "state": self.start,
            "script": self.for_script(),
        }

    @property
    def start(self) -> str:
        """The sentences where the figure is drawn."""
        starts = [slider.start for slider in self.sliders]
        return " ".join(words.texts[tuple(starts[i] for i in words.by)] for words in self.words)

    def for_script(self) -> dict:
        """The same as the page's script reads it, of lists, numbers and texts alone."""
        panels = {panel.name: panel for panel in self.panels}
        return {
            "values": [list(slider.values) for slider in self.sliders],
            "parts": [_part(part, panels[part.panel]) for part in self.parts if part.frames],
            "words": [
                {
                    "by": list(words.by),
                    "texts": {_key(place): text for place, text in words.texts.items()},
                }
                for words in self.words
            ],
        }


def limits(values, *, log: bool = False, room: float = 0.06) -> tuple[float, float]:
    """Smallest and largest finite (on a log axis positive) value, with some room around them."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        factor = (high / low) ** room if high > low else 2.0
        return low / factor, high * factor
    margin = room * (high - low) or 1.0
    return low - margin, high + margin


def joined(lines: Sequence[np.ndarray]) -> np.ndarray:
    """Several lines as one, with nan between them."""
    return np.concatenate([np.append(line, np.nan) for line in lines])[:-1]


def outline(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Along the lower edge of a band and back along the upper one."""
    return np.concatenate([lower, upper[::-1]])


def _part(part: Part, panel: Panel) -> dict:
    xs = {key: panel.across(frame.x) for key, frame in part.frames.items()}
    first = next(iter(xs.values()), [])
    # Most lines are over the same points everywhere, which then stand once.
    shared = all(x == first for x in xs.values())
    frames = {}
    for key, frame in part.frames.items():
        found = {"y": panel.up(frame.y)}
        if not shared:
            found["x"] = xs[key]
        if frame.colour:
            found["colour"] = frame.colour
        frames[_key(key)] = found
    common = {"x": first} if shared else {}
    return {"name": part.name, "panel": part.panel, "by": list(part.by), **common, "frames": frames}


def _key(place: tuple[int, ...]) -> str:
    return ",".join(map(str, place))


def _thousandths(values, low: float, high: float, log: bool) -> list[int | None]:
    values = np.asarray(values, dtype=float)
    if log:
        values = np.log(np.where(values > 0, values, np.nan))
        low, high = math.log(low), math.log(high)
    # What lies far outside is clipped by the panel anyway.
    scaled = np.clip(FULL * (values - low) / (high - low), -FULL, 2 * FULL)
    return [None if np.isnan(value) else round(value) for value in scaled.tolist()]
