"""The axis of distances from the solution in step 1, from rounding to divergence."""

import numpy as np
from matplotlib.axes import Axes

from widelimit.report.figures import style

FLOOR, CEILING = 1e-17, 1e6
"""What is drawn: below is rounding, above has diverged."""


def clipped(values) -> np.ndarray:
    """Within what is drawn, and a little beyond, so that lines leave the panel."""
    return np.clip(np.asarray(values, dtype=float), 1e-3 * FLOOR, 1e3 * CEILING)


def distance_axis(axes: Axes):
    """A logarithmic axis, the start as a thin line."""
    axes.set(yscale="log", ylim=(FLOOR, CEILING))
    axes.set_yticks([10.0**e for e in range(-16, 5, 4)])
    axes.minorticks_off()
    axes.axhline(1, color=style.GREY, linewidth=0.6, zorder=1)
