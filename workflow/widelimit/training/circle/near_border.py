"""The units near a border: too near to be followed with their cell, and stepped one by one.

At the kinks of the data units change sign almost every step, so these are many. They are kept
border by border, in the border's own coordinates: u = e.b decides which of the two cells beside
the border the unit is in, w = e'.b is its coordinate along the border. Then a step is the same
straight-line code for all of them, and vectorised. See docs/engine.md, statement 6.
"""

from typing import NamedTuple

import numpy as np

from widelimit.circle.cell_lookup import Borders
from widelimit.compiled import ANY_ORDER, compiled, inlined

SPARE = 128
SMALLEST = np.finfo(float).tiny


class Frames(NamedTuple):
    """Per border m: its coordinates, the two cells beside it, and where these two end.

    e1, e2          unit direction e; e' is e turned by a quarter
    on, off         the cell where e.b > 0 and the other one, of the pair m, m + 1
    lower_u .. upper_w   the borders m - 1 and m + 1 in the coordinates (e, e'), turned so that
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


class NearBorder(NamedTuple):
    """The units of border m are begin[m] .. end[m] - 1, with room up to begin[m + 1].

    a, u, w       weights of each unit, b in the coordinates of its border
    unit          its row in Units
    recheck (2H,) how many units the border had after the step, if there is a stray among them,
                  else 0
    """

    a: np.ndarray
    u: np.ndarray
    w: np.ndarray
    unit: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    recheck: np.ndarray


def frames_of(borders: Borders) -> Frames:
    norm, opens = np.hypot(borders.e1, borders.e2), borders.opens
    e1, e2 = borders.e1 / norm, borders.e2 / norm
    cells = len(e1)
    below, above = np.arange(cells), (np.arange(cells) + 1) % cells
    sides = []
    for turn in (1, -1):
        f1, f2 = np.roll(e1, turn), np.roll(e2, turn)
        sign = np.where(np.roll(opens, turn), turn, -turn)
        sides += [sign * (f1 * e1 + f2 * e2), sign * (f2 * e1 - f1 * e2)]
    return Frames(e1, e2, np.where(opens, above, below), np.where(opens, below, above), *sides)


def no_units_near(borders: int, width: int) -> NearBorder:
    """Room for every unit, should it come to that; pages never touched take up no memory."""
    size = width + width // 2 + SPARE * borders
    near_border = NearBorder(
        *(np.empty(size) for _ in range(3)),
        np.empty(size, dtype=np.int32),
        np.zeros(borders + 1, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
        np.zeros(borders, dtype=np.int64),
    )
    share_room(near_border)
    return near_border


@compiled
def share_room(near_border):
    """Lay the borders out again, and share the free room by how many units each of them has."""
    a, u, w, unit, begin, end, _ = near_border
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
    share = (a.size - total) / (total + SPARE * borders)
    stop = a.size
    begin[borders] = stop
    for m in range(borders - 1, -1, -1):
        count = end[m] - begin[m]
        stop -= count + int(share * (count + SPARE))
        for t in range(count - 1, -1, -1):
            s = begin[m] + t
            a[stop + t], u[stop + t], w[stop + t] = a[s], u[s], w[s]
            unit[stop + t] = unit[s]
        begin[m], end[m] = stop, stop + count


@inlined
def append(near_border, frames, m, g, j, p):
    """Unit j in cell g with weights p = (a, b1, b2) joins border m, on the side of this cell.

    Rounding must not move a unit on the border, or next to it, to the other side.
    """
    if near_border.end[m] == near_border.begin[m + 1]:
        share_room(near_border)
    t = near_border.end[m]
    near_border.end[m] = t + 1
    distance = abs(frames.e1[m] * p[1] + frames.e2[m] * p[2])
    near_border.a[t] = p[0]
    near_border.u[t] = max(distance, SMALLEST) if frames.on[m] == g else -distance
    near_border.w[t] = frames.e1[m] * p[2] - frames.e2[m] * p[1]
    near_border.unit[t] = j


@inlined
def weights_at(near_border, frames, m, t):
    """(a, b1, b2) of entry t, which is at border m."""
    u, w = near_border.u[t], near_border.w[t]
    e1, e2 = frames.e1[m], frames.e2[m]
    return near_border.a[t], u * e1 - w * e2, u * e2 + w * e1


@inlined
def remove(near_border, m, t):
    """Take entry t out of border m; the last one there moves to t."""
    a, u, w, unit, _, end, _ = near_border
    last = end[m] - 1
    end[m] = last
    a[t], u[t], w[t], unit[t] = a[last], u[last], w[last], unit[last]


@inlined
def add_turned(frames, m, M1, M2, on1, on2, off1, off2):
    """Add moments in the coordinates of border m to those of the two cells beside it."""
    e1, e2, on, off = frames.e1[m], frames.e2[m], frames.on[m], frames.off[m]
    M1[on] += on1 * e1 - on2 * e2
    M2[on] += on1 * e2 + on2 * e1
    M1[off] += off1 * e1 - off2 * e2
    M2[off] += off1 * e2 + off2 * e1


@compiled(fastmath=ANY_ORDER)
def advance_near_border(near_border, frames, S1, S2, M1, M2):
    """One step of all units near borders; returns the number of borders with strays.

    The units' moments are added to M1, M2, except at these borders, where `border_to_border`
    adds them.
    """
    a, u, w, _, begin, end, recheck = near_border
    e1s, e2s, ons, offs, lower_us, lower_ws, upper_us, upper_ws = frames
    borders_with_strays = 0
    for m in range(end.size):
        recheck[m] = 0
        if begin[m] == end[m]:
            continue
        e1, e2, on, off = e1s[m], e2s[m], ons[m], offs[m]
        on_u, on_w = S1[on] * e1 + S2[on] * e2, S2[on] * e1 - S1[on] * e2
        off_u, off_w = S1[off] * e1 + S2[off] * e2, S2[off] * e1 - S1[off] * e2
        lower_u, lower_w, upper_u, upper_w = lower_us[m], lower_ws[m], upper_us[m], upper_ws[m]
        on1, on2, off1, off2, strays = 0.0, 0.0, 0.0, 0.0, 0.0
        # Unsigned: the check for a negative index would keep the loop from being vectorised.
        for t in range(np.uint64(begin[m]), np.uint64(end[m])):
            a0, u0, w0 = a[t], u[t], w[t]
            s_u = on_u if u0 > 0.0 else off_u
            s_w = on_w if u0 > 0.0 else off_w
            a1, u1, w1 = a0 + (u0 * s_u + w0 * s_w), u0 + a0 * s_u, w0 + a0 * s_w
            a[t], u[t], w[t] = a1, u1, w1
            # The factor is masked, not the sums, for the same reason.
            a_on = a1 if u1 > 0.0 else 0.0
            a_off = a1 - a_on
            on1 += a_on * u1
            on2 += a_on * w1
            off1 += a_off * u1
            off2 += a_off * w1
            lower, upper = lower_u * u1 + lower_w * w1, upper_u * u1 + upper_w * w1
            strays += 1.0 if (lower if lower < upper else upper) <= 0.0 else 0.0
        if strays > 0.0:
            recheck[m] = end[m] - begin[m]
            borders_with_strays += 1
            continue
        add_turned(frames, m, M1, M2, on1, on2, off1, off2)
    return borders_with_strays
