"""The step, from residuals to residuals.

    backward        residuals r -> gradient S of every cell           (points.py)
    advance_cells   the 3x3 map of every cell, its path and moment    (cells.py)
    step_hot        the units at the borders, one by one              (hot.py)
    rehome, wake    units that came to another border, or to one      (passage.py)
    forward         moments -> residuals and loss                     (points.py)

A moment is summed, never corrected: what leaves a sum within the step is left out of it first.

A *leg* is a run of at most LEG_STEPS steps, fewer where the weights move fast. At its end hot
units that have calmed down go back to their cells, and from time to time P is folded into q.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.compiled import compiled
from widelimit.training.circle.cells import (
    DUE,
    LANES,
    LEG,
    M1,
    M2,
    PATH,
    Q00,
    REACH,
    add_moments,
    advance_cells,
    current,
    first_of,
    length,
    margins,
    set_gradients,
    strain,
)
from widelimit.training.circle.hot import step_hot, weight_of
from widelimit.training.circle.passage import cool, rehome, wake
from widelimit.training.circle.points import backward, forward
from widelimit.training.circle.units import HOT
from widelimit.training.circle.waiting import NONE, put

LEG_STEPS = 32
LEG_GROWTH = 0.25
"""A leg also ends when the sum of |S| has come to this: P may have strayed that far from I."""
MAX_STRAIN = 0.5
"""P - I at which P is folded into q, so that P stays far from singular."""
MAX_AGE = 1 << 16
"""Steps after which it is anyway, so that rounding starts afresh."""


class Clock(NamedTuple):
    """counts: steps in this leg, and since the rebuild; growth: sum of |S| in this leg."""

    counts: np.ndarray
    growth: np.ndarray


@compiled
def start(table, waiting, units, points, scale, slope):
    """Cells' sums and residuals at the weights that stand in `units`; returns the loss."""
    rebuild(table, waiting, units)
    points.M1[:] = 0.0
    points.M2[:] = 0.0
    add_moments(table, points.M1, points.M2)
    return forward(points, scale, slope)


@compiled
def advance(points, borders, frames, table, waiting, units, hot, clock, losses, scale, slope, rate):
    """len(losses) steps from residuals to residuals; returns the number of steps taken."""
    cells = waiting.opens_at.shape[0]
    for t in range(losses.size):
        speed = backward(points, rate * scale, slope)
        set_gradients(table, points.S1, points.S2)
        due = advance_cells(table)
        points.M1[:] = 0.0
        points.M2[:] = 0.0
        strays = step_hot(hot, frames, points.S1, points.S2, points.M1, points.M2)
        if strays > 0:
            rehome(hot, frames, borders, table, points)
        if due > 0:
            for g in range(cells):
                if table[first_of(g) + PATH] >= table[first_of(g) + DUE]:
                    wake(hot, frames, borders, table, waiting, units, points, g)
        clock.counts[0] += 1
        clock.counts[1] += 1
        clock.growth[0] += speed
        add_moments(table, points.M1, points.M2)
        losses[t] = forward(points, scale, slope)
        if clock.counts[0] >= LEG_STEPS or clock.growth[0] > LEG_GROWTH:
            end_leg(hot, frames, table, waiting, units, clock)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size


@compiled
def end_leg(hot, frames, table, waiting, units, clock):
    cells = waiting.opens_at.shape[0]
    for g in range(cells):
        i = first_of(g)
        table[i + REACH] = table[i + PATH] - table[i + LEG]
        table[i + LEG] = table[i + PATH]
    cool(hot, frames, table, waiting, units)
    if clock.counts[1] >= MAX_AGE or not strain(table) <= MAX_STRAIN:
        rebuild(table, waiting, units)
        clock.counts[1] = 0
    clock.counts[0] = 0
    clock.growth[0] = 0.0


@compiled
def rebuild(table, waiting, units):
    """q <- P q, P <- I, and all sums, paths and lists anew: rounding starts afresh."""
    cells = waiting.opens_at.shape[0]
    unit_q, cell, _ = units
    head, opens_at, following = waiting
    head[:] = NONE
    opens_at[:] = np.inf
    Q = np.zeros((cells, 6))
    for g in range(cells):
        table[first_of(g) + PATH] = 0.0
        table[first_of(g) + LEG] = 0.0
        table[first_of(g) + DUE] = np.inf
    for j in range(cell.size):
        g = cell[j]
        if g == HOT:
            continue
        i = first_of(g)
        p = current(table, i, (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2]))
        unit_q[j, 0], unit_q[j, 1], unit_q[j, 2] = p
        Q[g, 0] += p[0] * p[0]
        Q[g, 1] += p[0] * p[1]
        Q[g, 2] += p[0] * p[2]
        Q[g, 3] += p[1] * p[1]
        Q[g, 4] += p[1] * p[2]
        Q[g, 5] += p[2] * p[2]
        lower, upper = margins(table, i, p[1], p[2])
        put(head, opens_at, following, table, g, j, min(lower, upper) / length(p))
    for g in range(cells):
        i = first_of(g)
        for entry in range(9):
            table[i + entry * LANES] = 1.0 if entry % 4 == 0 else 0.0
        for entry in range(6):
            table[i + Q00 + entry * LANES] = Q[g, entry]
        table[i + M1] = Q[g, 1]
        table[i + M2] = Q[g, 2]


@compiled
def write_weights(table, units, hot, frames, A, B):
    """The weights of all units, in their order."""
    unit_q, cell, place = units
    for m in range(hot.end.size):
        for t in range(hot.begin[m], hot.end[m]):
            j = hot.unit[t]
            unit_q[j, 0], unit_q[j, 1], unit_q[j, 2] = weight_of(hot, frames, m, t)
    for unit in range(place.size):
        j = place[unit]
        p = (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2])
        if cell[j] != HOT:
            p = current(table, first_of(cell[j]), p)
        A[unit], B[unit, 0], B[unit, 1] = p
