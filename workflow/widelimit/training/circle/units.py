"""The units in cells, sorted so that those looked at together lie together in memory."""

from typing import NamedTuple

import numpy as np

from widelimit.circle.cell_lookup import cell_of
from widelimit.compiled import compiled
from widelimit.training.circle.queues import LEVELS, level_of

NEAR_BORDER = -1


class Units(NamedTuple):
    """Every unit has a row, for good; while it is near a border, its q is void.

    q (k, 3)     its weights at the last rebuild of its cell
    cell (k,)    its cell, or NEAR_BORDER
    place (k,)   the row of each unit in the order of A and B
    """

    q: np.ndarray
    cell: np.ndarray
    place: np.ndarray


def sorted_units(borders, A: np.ndarray, B: np.ndarray) -> Units:
    """By cell, and in the cell by the queue they go into first."""
    units = Units(np.empty((len(B), 3)), np.empty(len(B), np.int32), np.empty(len(B), np.int32))
    _sort(borders, np.ascontiguousarray(A), np.ascontiguousarray(B), *units)
    return units


@compiled(allocates=True)
def _sort(borders, A, B, q, cell, place):
    e1, e2 = borders.e1, borders.e2
    cells = e1.size
    # A counting sort: `place` is first the unit's queue, then its row; `first` the row at which
    # a queue begins, then the row its next unit goes to.
    first = np.zeros(cells * LEVELS + 1, np.int64)
    for j in range(A.size):
        b1, b2 = B[j, 0], B[j, 1]
        g = cell_of(borders, b1, b2)
        below = g - 1 if g > 0 else cells - 1
        margin = min(abs(e1[below] * b1 + e2[below] * b2), abs(e1[g] * b1 + e2[g] * b2))
        size = np.sqrt(A[j] * A[j] + b1 * b1 + b2 * b2)
        place[j] = g * LEVELS + level_of(margin / size)
        first[place[j] + 1] += 1
    for queue in range(cells * LEVELS):
        first[queue + 1] += first[queue]
    for g in range(cells):
        cell[first[g * LEVELS] : first[(g + 1) * LEVELS]] = g
    for j in range(A.size):
        row = first[place[j]]
        first[place[j]] = row + 1
        q[row, 0], q[row, 1], q[row, 2] = A[j], B[j, 0], B[j, 1]
        place[j] = row
