"""The units, sorted so that those looked at together lie together in memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.circle.cell_lookup import first_guess, locate
from widelimit.compiled import compiled
from widelimit.training.circle.waiting import LEVELS, level_of

HOT = -1


class Units(NamedTuple):
    """q (k, 3): the weights (a, b1, b2) at the last rebuild, of the units that are in cells.

    cell (k,): -1 for the hot ones, whose q is void; place (k,): where in q each unit of A, B is.
    """

    q: np.ndarray
    cell: np.ndarray
    place: np.ndarray


def sorted_units(borders, A: np.ndarray, B: np.ndarray) -> Units:
    """By cell, and in the cell by the list (see waiting.py) they go into first."""
    units = Units(np.empty((len(B), 3)), np.empty(len(B), np.int32), np.empty(len(B), np.int32))
    _sort(borders, np.ascontiguousarray(A), np.ascontiguousarray(B), *units)
    return units


@compiled
def _sort(borders, A, B, q, cell, place):
    e1, e2 = borders.e1, borders.e2
    cells = e1.size
    first = np.zeros(cells * LEVELS + 1, np.int64)
    for j in range(A.size):
        b1, b2 = B[j, 0], B[j, 1]
        g = locate(borders, first_guess(borders, b1, b2), b1, b2)
        below = g - 1 if g > 0 else cells - 1
        margin = min(abs(e1[below] * b1 + e2[below] * b2), abs(e1[g] * b1 + e2[g] * b2))
        size = np.sqrt(A[j] * A[j] + b1 * b1 + b2 * b2)
        place[j] = g * LEVELS + level_of(margin / size)
        first[place[j] + 1] += 1
    for entry in range(cells * LEVELS):
        first[entry + 1] += first[entry]
    for g in range(cells):
        cell[first[g * LEVELS] : first[(g + 1) * LEVELS]] = g
    for j in range(A.size):
        to = first[place[j]]
        first[place[j]] = to + 1
        q[to, 0], q[to, 1], q[to, 2] = A[j], B[j, 0], B[j, 1]
        place[j] = to
