"""Single units beside the border of one training point: the picture behind `kinks`.

In an infinitely wide network a unit's distance from the border, z = e.b / (s |a|), grows in a step
by sign(a) eta e.S, where S depends on the side it is on and not on the unit. So units of one sign
of a that start on one side keep their order, some come to the border and stay, others flee from it.
"""

from typing import NamedTuple

import numpy as np

from widelimit.finite_width.border_queues import OFF, ON, advance_queues, empty_queues
from widelimit.finite_width.kinks import KinkFlux
from widelimit.finite_width.movement import Problem
from widelimit.finite_width.response import EXACT_STEPS

SIGNS = (1, -1)


class BorderUnits(NamedTuple):
    """Units of both signs of a beside one ray of one training point's border.

    point                                  which training point, a row of X
    distance (2, units, steps + 1)         z, for a > 0 and for a < 0; on where z > 0
    """

    point: int
    distance: np.ndarray


def border_units(problem: Problem, *, units: int, steps: int = EXACT_STEPS) -> BorderUnits:
    """Follow evenly spaced units beside the ray that holds most of them after the last step.

    problem : one that `has_flux`; f_0 is taken as 0
    units : of each sign of a; they start as far on both sides as units can come
    steps : EXACT_STEPS at most, each of which is taken
    """
    kinks = KinkFlux(problem.X, problem.Z, problem.phi, problem.response(), [steps])
    speeds = kinks.speeds(problem.y[:, 0])
    ray = int(np.argmax(np.max([_held(sign * speeds) for sign in SIGNS], axis=0)))
    shifts = speeds[:, ray]
    reach = np.abs(np.cumsum(shifts, axis=0)).max()
    start = np.linspace(-reach, reach, units)
    point = int(np.argmax(np.abs(problem.X @ kinks.normal[ray])))
    return BorderUnits(point, np.stack([follow(start, sign * shifts) for sign in SIGNS]))


def follow(start: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """z of each unit after each number of steps, (units, steps + 1).

    start (units,); shifts (steps, 2): what z gains in a step, on and off
    """
    z = [start]
    for shift in shifts:
        z.append(z[-1] + np.where(z[-1] > 0, shift[ON], shift[OFF]))
    return np.stack(z, axis=1)


def _held(speeds: np.ndarray) -> np.ndarray:
    """Mass of units at each border after the last stride, (rays,)."""
    queues = empty_queues(speeds.shape[1], len(speeds))
    for shifts in speeds:
        advance_queues(queues, shifts)
    return queues.held
