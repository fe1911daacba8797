"""The step, from residuals to residuals, and the upkeep at the end of a leg.

    backward              residuals r -> gradient S of every cell              (points.py)
    advance_cells         the map of every cell, its moment and its path       (cells.py)
    advance_near_border   the units near borders, one by one                   (near_border.py)
    border_to_border      units that came to another border                    (transfers.py)
    cell_to_border        units that came to a border                          (transfers.py)
    forward               moments -> residuals and loss                        (points.py)

The moment of a step is summed once from what belongs to it, and never corrected afterwards: what
leaves a sum within the step is left out of it first.

A leg is LEG_STEPS steps, or fewer where the weights move fast. At its end calm units return from
the borders to their cells, and from time to time all cells are rebuilt.
"""

from typing import NamedTuple

import numpy as np

from widelimit.compiled import compiled
from widelimit.training.circle.cells import (
    DUE,
    LANES,
    LEG_START,
    M1,
    M2,
    PATH,
    Q00,
    REACH,
    add_moments,
    advance_cells,
    apply_map,
    margins,
    norm,
    offset,
    set_gradients,
    strain,
)
from widelimit.training.circle.near_border import advance_near_border, weights_at
from widelimit.training.circle.points import backward, forward
from widelimit.training.circle.queues import NONE, enqueue
from widelimit.training.circle.transfers import border_to_border, border_to_cell, cell_to_border
from widelimit.training.circle.units import NEAR_BORDER

LEG_STEPS = 32
LEG_TRAVEL = 0.25
"""A leg also ends when the sum of |S| reaches this: P may have strayed that far from I."""
MAX_STRAIN = 0.5
"""Strain at which the cells are rebuilt, so that P stays far from singular."""
MAX_AGE = 1 << 16
"""Steps after which they are rebuilt anyway, so that rounding starts afresh."""


class Clock(NamedTuple):
    """Of one number each: steps in this leg, the sum of |S| over them, steps since the rebuild."""

    leg_steps: np.ndarray
    leg_travel: np.ndarray
    age: np.ndarray


def new_clock() -> Clock:
    return Clock(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1, dtype=np.int64))


@compiled
def start(table, queues, units, points, scale, slope):
    """Sums of the cells and residuals at the weights in `units`; returns the loss."""
    rebuild(table, queues, units)
    points.M1[:] = 0.0
    points.M2[:] = 0.0
    add_moments(table, points.M1, points.M2)
    return forward(points, scale, slope)


@compiled
def advance(
    points, borders, frames, table, queues, units, near_border, clock, losses, scale, slope, rate
):
    """len(losses) steps from residuals to residuals; returns the number of steps taken."""
    cells = queues.due.shape[0]
    for t in range(losses.size):
        travel = backward(points, rate * scale, slope)
        set_gradients(table, points.S1, points.S2)
        cells_due = advance_cells(table)
        points.M1[:] = 0.0
        points.M2[:] = 0.0
        borders_with_strays = advance_near_border(
            near_border, frames, points.S1, points.S2, points.M1, points.M2
        )
        if borders_with_strays > 0:
            border_to_border(near_border, frames, borders, table, points)
        if cells_due > 0:
            for g in range(cells):
                if table[offset(g) + PATH] > table[offset(g) + DUE]:
                    cell_to_border(near_border, frames, borders, table, queues, units, points, g)
        clock.leg_steps[0] += 1
        clock.leg_travel[0] += travel
        clock.age[0] += 1
        add_moments(table, points.M1, points.M2)
        losses[t] = forward(points, scale, slope)
        if clock.leg_steps[0] >= LEG_STEPS or clock.leg_travel[0] > LEG_TRAVEL:
            end_leg(near_border, frames, table, queues, units, clock)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size


@compiled
def end_leg(near_border, frames, table, queues, units, clock):
    cells = queues.due.shape[0]
    for g in range(cells):
        i = offset(g)
        table[i + REACH] = table[i + PATH] - table[i + LEG_START]
        table[i + LEG_START] = table[i + PATH]
    border_to_cell(near_border, frames, table, queues, units)
    if clock.age[0] >= MAX_AGE or not strain(table) <= MAX_STRAIN:
        rebuild(table, queues, units)
        clock.age[0] = 0
    clock.leg_steps[0] = 0
    clock.leg_travel[0] = 0.0


@compiled(allocates=True)
def rebuild(table, queues, units):
    """q <- P q, P <- I, and all sums, paths and queues afresh, so that rounding starts afresh."""
    cells = queues.due.shape[0]
    unit_q, cell, _ = units
    queues.first_unit[:] = NONE
    queues.due[:] = np.inf
    Q = np.zeros((cells, 6))
    for g in range(cells):
        table[offset(g) + PATH] = 0.0
        table[offset(g) + LEG_START] = 0.0
        table[offset(g) + DUE] = np.inf
    for j in range(cell.size):
        g = cell[j]
        if g == NEAR_BORDER:
            continue
        i = offset(g)
        p = apply_map(table, i, (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2]))
        unit_q[j, 0], unit_q[j, 1], unit_q[j, 2] = p
        Q[g, 0] += p[0] * p[0]
        Q[g, 1] += p[0] * p[1]
        Q[g, 2] += p[0] * p[2]
        Q[g, 3] += p[1] * p[1]
        Q[g, 4] += p[1] * p[2]
        Q[g, 5] += p[2] * p[2]
        lower, upper = margins(table, i, p[1], p[2])
        enqueue(queues, table, g, j, min(lower, upper) / norm(p))
    for g in range(cells):
        i = offset(g)
        for entry in range(9):
            table[i + entry * LANES] = 1.0 if entry % 4 == 0 else 0.0
        for entry in range(6):
            table[i + Q00 + entry * LANES] = Q[g, entry]
        table[i + M1] = Q[g, 1]
        table[i + M2] = Q[g, 2]


@compiled
def write_weights(table, units, near_border, frames, A, B):
    """The weights of all units, in their order."""
    unit_q, cell, place = units
    for m in range(near_border.end.size):
        for t in range(near_border.begin[m], near_border.end[m]):
            j = near_border.unit[t]
            unit_q[j, 0], unit_q[j, 1], unit_q[j, 2] = weights_at(near_border, frames, m, t)
    for unit in range(place.size):
        j = place[unit]
        p = (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2])
        if cell[j] != NEAR_BORDER:
            p = apply_map(table, offset(cell[j]), p)
        A[unit], B[unit, 0], B[unit, 1] = p
