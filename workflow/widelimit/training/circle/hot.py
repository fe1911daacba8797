"""Hot units: those too near a border to be followed with their cell, stepped one by one.

At the kinks of the data units chatter, changing sign almost every step, so these are many. They
are kept border by border, in the border's own frame: u = e.b decides which of the two cells
beside the border the unit is in, w = e'.b is the coordinate along the border. Then a step is the
same straight-line code for all of them, which runs on vectors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.circle.cell_lookup import Borders
from widelimit.compiled import ANY_ORDER, compiled, inlined

SLACK = 128


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

    left[m]: how many they were, if any of them left the two cells beside the border in the last
    step, else 0.
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
    hot = Hot(
        *(np.empty(size) for _ in range(3)),
        np.empty(size, dtype=np.int32),
        np.zeros(borders + 1, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
    )
    make_room(hot)
    return hot


@compiled
def make_room(hot):
    """Lay the borders out anew, sharing out the free room by what each of them holds."""
    a, u, w, unit, begin, end, _ = hot
    borders = end.size
    # Close up from the first, then spread from the last: nothing is overwritten before it moved.
    total = 0
    for m in range(borders):
        count = end[m] - begin[m]
        for t in range(count):
            s = begin[m] + t
            a[total + t], u[total + t], w[total + t] = a[s], u[s], w[s]
            unit[total + t] = unit[s]
        begin[m], end[m] = total, total + count
        total += count
    share = (a.size - total) / (total + SLACK * borders)
    stop = a.size
    begin[borders] = stop
    for m in range(borders - 1, -1, -1):
        count = end[m] - begin[m]
        stop -= count + int(share * (count + SLACK))
        for t in range(count - 1, -1, -1):
            s = begin[m] + t
            a[stop + t], u[stop + t], w[stop + t] = a[s], u[s], w[s]
            unit[stop + t] = unit[s]
        begin[m], end[m] = stop, stop + count


@inlined
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


@inlined
def weight_of(hot, frames, m, t):
    """(a, b1, b2) of the hot unit at t, which is at border m."""
    u, w = hot.u[t], hot.w[t]
    e1, e2 = frames.e1[m], frames.e2[m]
    return hot.a[t], u * e1 - w * e2, u * e2 + w * e1


@inlined
def drop(hot, m, t):
    """Take the unit at t out of border m; the last one there moves to t."""
    last = hot.end[m] - 1
    hot.end[m] = last
    hot.a[t], hot.u[t], hot.w[t] = hot.a[last], hot.u[last], hot.w[last]
    hot.unit[t] = hot.unit[last]


@inlined
def add_turned(frames, m, M1, M2, on1, on2, off1, off2):
    """Add moments in the frame of border m to those of the two cells beside it."""
    e1, e2, on, off = frames.e1[m], frames.e2[m], frames.on[m], frames.off[m]
    M1[on] += on1 * e1 - on2 * e2
    M2[on] += on1 * e2 + on2 * e1
    M1[off] += off1 * e1 - off2 * e2
    M2[off] += off1 * e2 + off2 * e1


@compiled(fastmath=ANY_ORDER)
def step_hot(hot, frames, S1, S2, M1, M2):
    """One step of all hot units; returns at how many borders units left the two cells beside it.

    Their moments are added to M1, M2, but for these borders, which `rehome` sees to.
    """
    a, u, w, _, begin, end, left = hot
    e1s, e2s, ons, offs, lower_us, lower_ws, upper_us, upper_ws = frames
    strays = 0
    for m in range(end.size):
        left[m] = 0
        if begin[m] == end[m]:
            continue
        e1, e2, on, off = e1s[m], e2s[m], ons[m], offs[m]
        on_u, on_w = S1[on] * e1 + S2[on] * e2, S2[on] * e1 - S1[on] * e2
        off_u, off_w = S1[off] * e1 + S2[off] * e2, S2[off] * e1 - S1[off] * e2
        lower_u, lower_w, upper_u, upper_w = lower_us[m], lower_ws[m], upper_us[m], upper_ws[m]
        on1, on2, off1, off2, gone = 0.0, 0.0, 0.0, 0.0, 0.0
        # Unsigned, as the check for a negative index would keep the loop from running on vectors.
        for t in range(np.uint64(begin[m]), np.uint64(end[m])):
            a0, u0, w0 = a[t], u[t], w[t]
            s_u = on_u if u0 > 0.0 else off_u
            s_w = on_w if u0 > 0.0 else off_w
            a1, u1, w1 = a0 + (u0 * s_u + w0 * s_w), u0 + a0 * s_u, w0 + a0 * s_w
            a[t], u[t], w[t] = a1, u1, w1
            # Mask the factor, not the sums, for the same reason.
            a_on = a1 if u1 > 0.0 else 0.0
            a_off = a1 - a_on
            on1 += a_on * u1
            on2 += a_on * w1
            off1 += a_off * u1
            off2 += a_off * w1
            lower, upper = lower_u * u1 + lower_w * w1, upper_u * u1 + upper_w * w1
            gone += 1.0 if (lower if lower < upper else upper) <= 0.0 else 0.0
        if gone > 0.0:
            left[m] = end[m] - begin[m]
            strays += 1
            continue
        add_turned(frames, m, M1, M2, on1, on2, off1, off2)
    return strays
