"""The step itself: cells and hot units together, and the passage of units between the two.

A *leg* is a run of at most LEG_STEPS steps, less when the weights move fast. At its end hot units
that have calmed down go back to their cells, and every so often P is folded into q.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.cell_lookup import locate
from widelimit.compiled import compiled, inlined
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
    count_in,
    current,
    first_of,
    length,
    margins,
    original,
    set_gradients,
    strain,
)
from widelimit.training.circle.hot import drop, put_hot, step_hot, weight_of
from widelimit.training.circle.points import backward, forward
from widelimit.training.circle.units import HOT
from widelimit.training.circle.waiting import NONE, next_due, put

LEG_STEPS = 32
LEG_GROWTH = 0.25
"""A leg also ends when the sum of |S| has come to this: P may have strayed that far from I."""
HEAT, CALM = 1.0, 2.0
"""A unit turns hot, or cold again, by its distance to the border in legs of the last length."""
MAX_STRAIN = 0.5
MAX_AGE = 1 << 16


class Clock(NamedTuple):
    """counts: steps in this leg, and since the rebuild; growth: sum of |S| in this leg."""

    counts: np.ndarray
    growth: np.ndarray


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


@inlined
def join_nearest(hot, frames, table, g, j, p):
    """Unit j in cell g with weights p becomes one of the hot units of the nearer border."""
    lower, upper = margins(table, first_of(g), p[1], p[2])
    below = g - 1 if g > 0 else frames.e1.size - 1
    put_hot(hot, frames, below if lower < upper else g, j, p)


@compiled
def wake(hot, frames, borders, table, waiting, units, points, g):
    """Look at the units of cell g that are due: those near a border turn hot."""
    unit_q, cell, _ = units
    head, opens_at, following = waiting
    m1, m2 = points.M1, points.M2
    i = first_of(g)
    near = HEAT * max(table[i + REACH], table[i + PATH] - table[i + LEG])
    for level in range(opens_at.shape[1]):
        if opens_at[g, level] > table[i + PATH]:
            continue
        j = head[g, level]
        head[g, level] = NONE
        opens_at[g, level] = np.inf
        while j != NONE:
            successor = following[j]
            q = (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2])
            p = current(table, i, q)
            lower, upper = margins(table, i, p[1], p[2])
            remaining = min(lower, upper) / length(q)
            if remaining > near:
                put(head, opens_at, following, table, g, j, remaining)
            else:
                now = locate(borders, g, p[1], p[2])
                count_in(table, i, -1.0, q, p)
                cell[j] = HOT
                m1[now] += p[0] * p[1]
                m2[now] += p[0] * p[2]
                join_nearest(hot, frames, table, now, j, p)
            j = successor
    table[i + DUE] = next_due(opens_at, g)


@compiled
def rehome(hot, frames, borders, table, points):
    """Move the hot units that left the two cells beside their border to the border they are at."""
    for m in range(hot.left.size):
        if hot.left[m] == 0:
            continue
        count = hot.end[m] - hot.begin[m]
        # Backwards, so that what moves into a gap has been looked at before.
        for back in range(1, count + 1):
            t = hot.begin[m] + count - back
            u, w = hot.u[t], hot.w[t]
            lower = frames.lower_u[m] * u + frames.lower_w[m] * w
            upper = frames.upper_u[m] * u + frames.upper_w[m] * w
            if min(lower, upper) > 0.0:
                continue
            j, p = hot.unit[t], weight_of(hot, frames, m, t)
            drop(hot, m, t)
            counted = frames.on[m] if u > 0.0 else frames.off[m]
            now = locate(borders, counted, p[1], p[2])
            points.M1[counted] -= p[0] * p[1]
            points.M2[counted] -= p[0] * p[2]
            points.M1[now] += p[0] * p[1]
            points.M2[now] += p[0] * p[2]
            join_nearest(hot, frames, table, now, j, p)


@compiled
def cool(hot, frames, table, waiting, units, points):
    """Return to their cells the hot units that will not reach a border soon."""
    unit_q, cell, _ = units
    head, opens_at, following = waiting
    m1, m2 = points.M1, points.M2
    a_hot, u_hot, w_hot = hot.a, hot.u, hot.w
    for m in range(hot.end.size):
        on, off = frames.on[m], frames.off[m]
        lower_u, lower_w = frames.lower_u[m], frames.lower_w[m]
        upper_u, upper_w = frames.upper_u[m], frames.upper_w[m]
        for t in range(hot.end[m] - 1, hot.begin[m] - 1, -1):
            u, w = u_hot[t], w_hot[t]
            above = (u > 0.0) == (on != m)
            if above:
                other = upper_u * u + upper_w * w
            else:
                other = lower_u * u + lower_w * w
            g = on if u > 0.0 else off
            i = first_of(g)
            margin = min(abs(u), other)
            calm = CALM * table[i + REACH] * length((a_hot[t], u, w))
            if not margin > calm:
                continue
            j, p = hot.unit[t], weight_of(hot, frames, m, t)
            drop(hot, m, t)
            q = original(table, i, p)
            unit_q[j, 0], unit_q[j, 1], unit_q[j, 2] = q
            cell[j] = g
            count_in(table, i, 1.0, q, p)
            m1[g] -= p[0] * p[1]
            m2[g] -= p[0] * p[2]
            put(head, opens_at, following, table, g, j, margin / length(q))


@compiled
def end_leg(hot, frames, table, waiting, units, points, clock):
    cells = waiting.opens_at.shape[0]
    for g in range(cells):
        i = first_of(g)
        table[i + REACH] = table[i + PATH] - table[i + LEG]
        table[i + LEG] = table[i + PATH]
    cool(hot, frames, table, waiting, units, points)
    if clock.counts[1] >= MAX_AGE or not strain(table) <= MAX_STRAIN:
        rebuild(table, waiting, units)
        clock.counts[1] = 0
    clock.counts[0] = 0
    clock.growth[0] = 0.0


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
        if clock.counts[0] >= LEG_STEPS or clock.growth[0] > LEG_GROWTH:
            end_leg(hot, frames, table, waiting, units, points, clock)
        add_moments(table, points.M1, points.M2)
        losses[t] = forward(points, scale, slope)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size


@compiled
def write_weights(table, units, hot, frames, A, B):
    """The weights of all units, in their order."""
    unit_q, cell, order = units
    for j in range(cell.size):
        if cell[j] != HOT:
            q = (unit_q[j, 0], unit_q[j, 1], unit_q[j, 2])
            to = order[j]
            A[to], B[to, 0], B[to, 1] = current(table, first_of(cell[j]), q)
    for m in range(hot.end.size):
        for t in range(hot.begin[m], hot.end[m]):
            to = order[hot.unit[t]]
            A[to], B[to, 0], B[to, 1] = weight_of(hot, frames, m, t)
