"""The three transfers of units: from a cell to a border, between borders, from a border to a cell.

Each of them takes the unit's part in the moments of the step along, so that it is counted once,
and in the cell whose gradient it gets next.
"""

import numpy as np

from widelimit.circle.cell_lookup import locate
from widelimit.compiled import compiled, inlined
from widelimit.training.circle.cells import (
    DUE,
    LANES,
    LEG_START,
    PATH,
    Q00,
    Q11,
    Q22,
    REACH,
    add_to_second_moment,
    apply_map,
    invert_map,
    margins,
    norm,
    offset,
    set_moment,
)
from widelimit.training.circle.near_border import add_turned, append, remove, weights_at
from widelimit.training.circle.queues import NONE, earliest_due, enqueue
from widelimit.training.circle.units import NEAR_BORDER

NEAR, CALM = 1.0, 2.0
"""A unit comes near a border, or is calm again, at this margin in units of the cell's reach.

NEAR must be 1 or more: a unit that has just crossed has a smaller margin than the path of its cell
has grown in the leg, so that it is near the border that it crossed, however far the step was.
"""
CANCELLATION = 100.0
"""What leaves Q may be this many times what stays before Q is summed again from the units left."""


@inlined
def append_to_nearest(near_border, frames, table, g, j, p):
    """Unit j in cell g with weights p joins the nearer border of the cell."""
    lower, upper = margins(table, offset(g), p[1], p[2])
    below = g - 1 if g > 0 else frames.e1.size - 1
    append(near_border, frames, below if lower < upper else g, g, j, p)


@compiled
def cell_to_border(near_border, frames, borders, table, queues, units, points, g):
    """Look at the units of cell g that are due, and move those near a border to it."""
    M1, M2 = points.M1, points.M2
    i = offset(g)
    near = NEAR * max(table[i + REACH], table[i + PATH] - table[i + LEG_START])
    removed = 0.0
    for level in range(queues.due.shape[1]):
        if not table[i + PATH] > queues.due[g, level]:
            continue
        j = queues.first_unit[g, level]
        queues.first_unit[g, level] = NONE
        queues.due[g, level] = np.inf
        while j != NONE:
            next_unit = queues.next_unit[j]
            q = (units.q[j, 0], units.q[j, 1], units.q[j, 2])
            p = apply_map(table, i, q)
            lower, upper = margins(table, i, p[1], p[2])
            margin = min(lower, upper) / norm(q)
            if margin > near:
                enqueue(queues, table, g, j, margin)
            else:
                # It may have crossed in this step, and come as far as it likes.
                cell = locate(borders, g, p[1], p[2])
                add_to_second_moment(table, i, -1.0, q)
                removed += q[0] * q[0] + q[1] * q[1] + q[2] * q[2]
                units.cell[j] = NEAR_BORDER
                M1[cell] += p[0] * p[1]
                M2[cell] += p[0] * p[2]
                append_to_nearest(near_border, frames, table, cell, j, p)
            j = next_unit
    table[i + DUE] = earliest_due(queues, g)
    if removed > CANCELLATION * (table[i + Q00] + table[i + Q11] + table[i + Q22]):
        sum_second_moment(table, queues, units, g)
    if removed > 0.0:
        set_moment(table, i)


@inlined
def sum_second_moment(table, queues, units, g):
    """Q of cell g from its units: what a difference leaves may be nothing but rounding."""
    i = offset(g)
    for entry in range(6):
        table[i + Q00 + entry * LANES] = 0.0
    for level in range(queues.first_unit.shape[1]):
        j = queues.first_unit[g, level]
        while j != NONE:
            add_to_second_moment(table, i, 1.0, (units.q[j, 0], units.q[j, 1], units.q[j, 2]))
            j = queues.next_unit[j]


@compiled
def border_to_border(near_border, frames, borders, table, points):
    """Move every stray to the border it is near now.

    Adds the moments of all units at its old border, which `advance_near_border` left out: were
    strays counted there and moved here, rounding could make the two disagree on which they are.
    """
    a, u, w, unit, begin, _, recheck = near_border
    for m in range(recheck.size):
        if recheck[m] == 0:
            continue
        on1, on2, off1, off2 = 0.0, 0.0, 0.0, 0.0
        # Backwards, so that what moves into a gap has been looked at before. Behind these units
        # are those that have just come from other borders.
        for back in range(1, recheck[m] + 1):
            t = begin[m] + recheck[m] - back
            lower = frames.lower_u[m] * u[t] + frames.lower_w[m] * w[t]
            upper = frames.upper_u[m] * u[t] + frames.upper_w[m] * w[t]
            if min(lower, upper) <= 0.0:
                j, p = unit[t], weights_at(near_border, frames, m, t)
                remove(near_border, m, t)
                cell = locate(borders, m, p[1], p[2])
                points.M1[cell] += p[0] * p[1]
                points.M2[cell] += p[0] * p[2]
                append_to_nearest(near_border, frames, table, cell, j, p)
                continue
            a_on = a[t] if u[t] > 0.0 else 0.0
            a_off = a[t] - a_on
            on1, on2 = on1 + a_on * u[t], on2 + a_on * w[t]
            off1, off2 = off1 + a_off * u[t], off2 + a_off * w[t]
        add_turned(frames, m, points.M1, points.M2, on1, on2, off1, off2)


@compiled
def border_to_cell(near_border, frames, table, queues, units):
    """Return the units to their cells that will not reach a border soon."""
    a, u, w, unit, begin, end, _ = near_border
    for m in range(end.size):
        on, off = frames.on[m], frames.off[m]
        lower_u, lower_w = frames.lower_u[m], frames.lower_w[m]
        upper_u, upper_w = frames.upper_u[m], frames.upper_w[m]
        reach_on, reach_off = CALM * table[offset(on) + REACH], CALM * table[offset(off) + REACH]
        for t in range(end[m] - 1, begin[m] - 1, -1):
            # Most units fail this, which takes no root and no other border.
            reach = reach_on if u[t] > 0.0 else reach_off
            if not u[t] * u[t] > reach * reach * (a[t] * a[t] + u[t] * u[t] + w[t] * w[t]):
                continue
            above = (u[t] > 0.0) == (on != m)
            if above:
                other = upper_u * u[t] + upper_w * w[t]
            else:
                other = lower_u * u[t] + lower_w * w[t]
            g = on if u[t] > 0.0 else off
            i = offset(g)
            margin = min(abs(u[t]), other)
            if not margin > CALM * table[i + REACH] * norm((a[t], u[t], w[t])):
                continue
            j, p = unit[t], weights_at(near_border, frames, m, t)
            remove(near_border, m, t)
            q = invert_map(table, i, p)
            units.q[j, 0], units.q[j, 1], units.q[j, 2] = q
            units.cell[j] = g
            add_to_second_moment(table, i, 1.0, q)
            enqueue(queues, table, g, j, margin / norm(q))
