"""The passage of units between their cells and the borders.

`wake` looks at the units of a cell that may have come to a border and makes them hot; `rehome`
takes hot units from one border to another; `cool` returns them to their cells when they have
calmed down. Every one of them moves the unit's moment along with the unit.
"""

from __future__ import annotations

import numpy as np

from widelimit.circle.cell_lookup import locate
from widelimit.compiled import compiled, inlined
from widelimit.training.circle.cells import (
    DUE,
    LANES,
    LEG,
    PATH,
    Q00,
    Q11,
    Q22,
    REACH,
    count_in,
    current,
    first_of,
    length,
    margins,
    original,
    set_moment,
)
from widelimit.training.circle.hot import add_turned, drop, put_hot, weight_of
from widelimit.training.circle.units import HOT
from widelimit.training.circle.waiting import NONE, next_due, put

HEAT, CALM = 1.0, 2.0
"""A unit turns hot, or cold again, by its distance to the border in lengths of the last leg.

HEAT must be 1 or more: a unit that has just crossed is nearer to its border than the path of its
cell has grown in the leg, so that it turns hot, however far it has gone.
"""
CANCELLATION = 100.0
"""What leaves a cell may be this many times what stays before the rest is summed anew."""


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
    removed = 0.0
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
                count_in(table, i, -1.0, q)
                removed += q[0] * q[0] + q[1] * q[1] + q[2] * q[2]
                cell[j] = HOT
                m1[now] += p[0] * p[1]
                m2[now] += p[0] * p[2]
                join_nearest(hot, frames, table, now, j, p)
            j = successor
    table[i + DUE] = next_due(opens_at, g)
    if removed > CANCELLATION * (table[i + Q00] + table[i + Q11] + table[i + Q22]):
        sum_anew(table, waiting, units, g)
    if removed > 0.0:
        set_moment(table, i)


@inlined
def sum_anew(table, waiting, units, g):
    """Q of cell g from its units: what is left of a difference may be nothing but rounding."""
    i = first_of(g)
    for entry in range(6):
        table[i + Q00 + entry * LANES] = 0.0
    for level in range(waiting.head.shape[1]):
        j = waiting.head[g, level]
        while j != NONE:
            count_in(table, i, 1.0, (units.q[j, 0], units.q[j, 1], units.q[j, 2]))
            j = waiting.following[j]


@compiled
def rehome(hot, frames, borders, table, points):
    """Move the hot units that left the two cells beside their border to the border they are at.

    Adds the moments of all units of such a border, which `step_hot` left out: were a unit counted
    there and moved here, rounding could make the two disagree on which it is.
    """
    for m in range(hot.left.size):
        if hot.left[m] == 0:
            continue
        on1, on2, off1, off2 = 0.0, 0.0, 0.0, 0.0
        # Backwards, so that what moves into a gap has been looked at before. Behind these units
        # are those that have come here just now from other borders.
        for back in range(1, hot.left[m] + 1):
            t = hot.begin[m] + hot.left[m] - back
            a, u, w = hot.a[t], hot.u[t], hot.w[t]
            lower = frames.lower_u[m] * u + frames.lower_w[m] * w
            upper = frames.upper_u[m] * u + frames.upper_w[m] * w
            if min(lower, upper) <= 0.0:
                j, p = hot.unit[t], weight_of(hot, frames, m, t)
                drop(hot, m, t)
                now = locate(borders, m, p[1], p[2])
                points.M1[now] += p[0] * p[1]
                points.M2[now] += p[0] * p[2]
                join_nearest(hot, frames, table, now, j, p)
                continue
            a_on = a if u > 0.0 else 0.0
            on1, on2 = on1 + a_on * u, on2 + a_on * w
            off1, off2 = off1 + (a - a_on) * u, off2 + (a - a_on) * w
        add_turned(frames, m, points.M1, points.M2, on1, on2, off1, off2)


@compiled
def cool(hot, frames, table, waiting, units):
    """Return to their cells the hot units that will not reach a border soon."""
    unit_q, cell, _ = units
    head, opens_at, following = waiting
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
            count_in(table, i, 1.0, q)
            put(head, opens_at, following, table, g, j, margin / length(q))
