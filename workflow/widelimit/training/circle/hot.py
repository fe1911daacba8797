"""Hot units: those too near a border to be followed with their cell, stepped one by one.

At the kinks of the data units chatter, changing sign almost every step, so these are many. They
are kept border by border, in the border's own frame: u = e.b decides which of the two cells
beside the border the unit is in, w = e'.b is the coordinate along the border. Then a step is the
same straight-line code for all of them, which runs on vectors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.cell_lookup import Borders
from widelimit.compiled import ANY_ORDER, compiled

SLACK = 32


class Frames(NamedTuple):
    """Per border g: its direction, the two cells beside it, and where these two end.

    e1, e2          direction e; e' is e turned by a quarter
    on, off         the cell where e.b > 0 and the other one, of the pair g, g + 1
    lower_u .. upper_w   the borders g - 1 and g + 1 in the frame (e, e'), turned so that
                    lower.(u, w) > 0 and upper.(u, w) > 0 hold inside the pair
    """

    e1: np.ndarray
    e2: np.ndarray
    on: np.ndarray
    off: np.ndarray
    lower_u: np.ndarray
    lower_w: np.ndarray
    upper_u: np.ndarray
    upper_w: np.ndarray


class Hot(NamedTuple):
    """a, u, w, unit: border m's units are begin[m] .. end[m] - 1, with room up to begin[m + 1].

    left[m]: how many of them left the two cells beside the border in the last step.
    """

    a: np.ndarray
    u: np.ndarray
    w: np.ndarray
    unit: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    left: np.ndarray


def frames_of(borders: Borders) -> Frames:
    e1, e2, opens = borders.e1, borders.e2, borders.opens
    cells = len(e1)
    below, above = np.arange(cells), (np.arange(cells) + 1) % cells
    sides = []
    for turn in (1, -1):
        f1, f2 = np.roll(e1, turn), np.roll(e2, turn)
        sign = np.where(np.roll(opens, turn), turn, -turn)
        sides += [sign * (f1 * e1 + f2 * e2), sign * (f2 * e1 - f1 * e2)]
    return Frames(e1, e2, np.where(opens, above, below), np.where(opens, below, above), *sides)


def no_hot_units(borders: int, width: int) -> Hot:
    """Room for every unit, should it come to that; pages never touched take up no memory."""
    size = width + width // 2 + SLACK * borders
    return Hot(
        *(np.empty(size) for _ in range(3)),
        np.empty(size, dtype=np.int32),
        np.zeros(borders + 1, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
    )


@compiled
def make_room(hot):
    """Lay the borders out anew, each with room for half as many units again, and some."""
    a, u, w, unit, begin, end, _ = hot
    borders = end.size
    # Close up from the first, then spread from the last: nothing is overwritten before it moved.
    filled = 0
    for m in range(borders):
        count = end[m] - begin[m]
        for t in range(count):
            s = begin[m] + t
            a[filled + t], u[filled + t], w[filled + t] = a[s], u[s], w[s]
            unit[filled + t] = unit[s]
        begin[m], end[m] = filled, filled + count
        filled += count
    room = 0
    for m in range(borders):
        room += (end[m] - begin[m]) + (end[m] - begin[m]) // 2 + SLACK
    begin[borders] = room
    for m in range(borders - 1, -1, -1):
        count = end[m] - begin[m]
        room -= count + count // 2 + SLACK
        for t in range(count - 1, -1, -1):
            s = begin[m] + t
            a[room + t], u[room + t], w[room + t] = a[s], u[s], w[s]
            unit[room + t] = unit[s]
        begin[m], end[m] = room, room + count


@compiled
def put_hot(hot, frames, m, j, p):
    """Unit j with weights p = (a, b1, b2) joins border m."""
    if hot.end[m] == hot.begin[m + 1]:
        make_room(hot)
    t = hot.end[m]
    hot.end[m] = t + 1
    hot.a[t] = p[0]
    hot.u[t] = frames.e1[m] * p[1] + frames.e2[m] * p[2]
    hot.w[t] = frames.e1[m] * p[2] - frames.e2[m] * p[1]
    hot.unit[t] = j


@compiled
def weight_of(hot, frames, m, t):
    """(a, b1, b2) of the hot unit at t, which is at border m."""
    u, w = hot.u[t], hot.w[t]
    e1, e2 = frames.e1[m], frames.e2[m]
    return hot.a[t], u * e1 - w * e2, u * e2 + w * e1


@compiled
def drop(hot, m, t):
    """Take the unit at t out of border m; the last one there moves to t."""
    last = hot.end[m] - 1
    hot.end[m] = last
    hot.a[t], hot.u[t], hot.w[t] = hot.a[last], hot.u[last], hot.w[last]
    hot.unit[t] = hot.unit[last]


@compiled(fastmath=ANY_ORDER)
def _step_border(a, u, w, on_u, on_w, off_u, off_w, lower_u, lower_w, upper_u, upper_w):
    """One step of a border's units; their moments in the on cell and in all, and how many left."""
    on1, on2, all1, all2, left = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(a.size):
        a0, u0, w0 = a[t], u[t], w[t]
        s_u = on_u if u0 > 0.0 else off_u
        s_w = on_w if u0 > 0.0 else off_w
        a1, u1, w1 = a0 + (u0 * s_u + w0 * s_w), u0 + a0 * s_u, w0 + a0 * s_w
        a[t], u[t], w[t] = a1, u1, w1
        # Masking the factor, not the sum: the other way the compiler finds no vector form.
        a_on = a1 if u1 > 0.0 else 0.0
        all1 += a1 * u1
        all2 += a1 * w1
        on1 += a_on * u1
        on2 += a_on * w1
        lower, upper = lower_u * u1 + lower_w * w1, upper_u * u1 + upper_w * w1
        left += 1.0 if (lower if lower < upper else upper) <= 0.0 else 0.0
    return on1, on2, all1, all2, left


@compiled
def step_hot(hot, frames, S1, S2, M1, M2):
    """One step of all hot units, their moments added to M1, M2.

    Returns how many left the two cells of their border; they are counted as if they had not.
    """
    a, u, w, _, begins, ends, left = hot
    frame1, frame2, ons, offs, lower_u, lower_w, upper_u, upper_w = frames
    strays = 0
    for m in range(ends.size):
        begin, end = begins[m], ends[m]
        left[m] = 0
        if begin == end:
            continue
        e1, e2, on, off = frame1[m], frame2[m], ons[m], offs[m]
        on1, on2, all1, all2, gone = _step_border(
            a[begin:end],
            u[begin:end],
            w[begin:end],
            S1[on] * e1 + S2[on] * e2,
            S2[on] * e1 - S1[on] * e2,
            S1[off] * e1 + S2[off] * e2,
            S2[off] * e1 - S1[off] * e2,
            lower_u[m],
            lower_w[m],
            upper_u[m],
            upper_w[m],
        )
        M1[on] += on1 * e1 - on2 * e2
        M2[on] += on1 * e2 + on2 * e1
        off1, off2 = all1 - on1, all2 - on2
        M1[off] += off1 * e1 - off2 * e2
        M2[off] += off1 * e2 + off2 * e1
        left[m] = int(gone)
        strays += left[m]
    return strays
