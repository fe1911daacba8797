"""Units beside a border, in one dimension: what passes, what sticks, what is pushed away.

The units near one border and with one sign of a lie on a line, z = 0 the border, each with the same
speed as all others of its side. So each side is a queue whose order never changes: a stack of
segments from the border outwards, each with a length and the mass of units in it, on top of an
endless row of density 1. Where both speeds point to the border, units of both sides gather at it
(in discrete steps they hop to and fro) and are on for the share of time that keeps them there.
"""

from typing import NamedTuple

import numpy as np

from widelimit.compiled import compiled, inlined

ON, OFF = 0, 1


class Queues(NamedTuple):
    """The queues of many borders.

    length, mass   of the segments, the last one next to the border, (borders, 2 sides, segments)
    segments       how many there are, (borders, 2)
    passed         mass that has come to the on side, less what has left it, (borders,)
    held, share    mass at the border, and the share of time for which it is on, (borders,)
    """

    length: np.ndarray
    mass: np.ndarray
    segments: np.ndarray
    passed: np.ndarray
    held: np.ndarray
    share: np.ndarray


def empty_queues(borders: int, strides: int) -> Queues:
    """Density 1 on both sides of every border; room for that number of strides."""
    room = 2 * strides + 2  # a stride adds two segments to a side at most
    return Queues(
        np.zeros((borders, 2, room)),
        np.zeros((borders, 2, room)),
        np.zeros((borders, 2), dtype=np.int64),
        *(np.zeros(borders) for _ in range(3)),
    )


@compiled
def advance_queues(queues, shifts):
    """Move the units on and off by shifts[q, 0] and shifts[q, 1], positive towards the on side."""
    length, mass, segments, passed, held, share = queues
    for q in range(passed.size):
        on, off = shifts[q, ON], shifts[q, OFF]
        from_on = _take(length[q, ON], mass[q, ON], segments[q], ON, -on)
        from_off = _take(length[q, OFF], mass[q, OFF], segments[q], OFF, off)
        passed[q] -= from_on
        if on < 0.0 and off > 0.0:
            held[q] += from_on + from_off
            share[q] = off / (off - on)
            continue
        # What was held leaves ahead of what comes through, or both ways where both sides flee.
        if on < 0.0:
            share[q] = 0.0
        elif off > 0.0:
            share[q] = 1.0
        to_on, to_off = share[q] * held[q], (1.0 - share[q]) * held[q]
        _put(length[q, ON], mass[q, ON], segments[q], ON, 0.0, to_on)
        _put(length[q, OFF], mass[q, OFF], segments[q], OFF, 0.0, to_off)
        _put(length[q, ON], mass[q, ON], segments[q], ON, max(on, 0.0), from_off)
        _put(length[q, OFF], mass[q, OFF], segments[q], OFF, max(-off, 0.0), from_on)
        passed[q] += to_on + from_off
        held[q] = 0.0


@inlined
def _take(length, mass, segments, side, distance):
    """Remove what lies within this distance of the border; returns its mass."""
    taken = 0.0
    while distance > 0.0:
        top = segments[side] - 1
        if top < 0:
            taken += distance
            distance = 0.0
        elif length[top] <= distance:
            taken += mass[top]
            distance -= length[top]
            segments[side] = top
        else:
            part = mass[top] * (distance / length[top])
            taken += part
            mass[top] -= part
            length[top] -= distance
            distance = 0.0
    return taken


@inlined
def _put(length, mass, segments, side, extent, content):
    """Add a segment next to the border, which pushes the others outwards."""
    if extent > 0.0 or content > 0.0:
        top = segments[side]
        length[top], mass[top] = extent, content
        segments[side] = top + 1
