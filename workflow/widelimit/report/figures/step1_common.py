"""What the figures of step 1 share: names and colours of regimes, eigenvalues and distances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from widelimit.report.figures import style

REGIMES = {
    "overdetermined": ("n > d", style.ORANGE, "o"),
    "square": ("n = d", style.SKY, "s"),
    "underdetermined": ("n < d", style.GREEN, "D"),
    "deficient": ("rank < d", style.PURPLE, "^"),
}
"""Name, colour and marker; the deficient one has n = d."""

FLOOR, CEILING = 1e-17, 1e6
"""What is drawn: below is rounding, above has diverged."""


def shade(value: float, values: Sequence[float]) -> tuple:
    """cividis from 0 (largest of ``values``) to 0.75 (smallest), even in the logarithm."""
    low, high = math.log(min(values)), math.log(max(values))
    fraction = (math.log(value) - low) / (high - low) if high > low else 1.0
    return matplotlib.colormaps["cividis"](0.75 * (1 - fraction))


def clipped(values) -> np.ndarray:
    """Within what is drawn, and a little beyond, so that lines leave the panel."""
    return np.clip(np.asarray(values, dtype=float), 1e-3 * FLOOR, 1e3 * CEILING)


def distance_axis(axes: Axes):
    """A logarithmic axis from rounding to divergence, the start as a thin line."""
    axes.set_yscale("log")
    axes.set_ylim(FLOOR, CEILING)
    axes.set_yticks([10.0**e for e in range(-16, 5, 4)])
    axes.minorticks_off()
    axes.axhline(1, color=style.GREY, linewidth=0.6, zorder=1)
