"""The units of a cell in the order in which they may leave it, without sorting them.

A unit is due when the path of its cell (see cells.py) has grown by the unit's margin, |x.b| / |q|
at the nearer border. A cell keeps its units in queues by the binary order of magnitude of this
margin. A queue is emptied when the first unit in it is due; those that are still far from the
border are queued again. Level l is emptied once at most while the path grows by 2^-(l+1): a unit
is looked at about once for every halving of its margin, and one that never comes near is not.
"""

from typing import NamedTuple

import numpy as np

from widelimit.compiled import inlined
from widelimit.training.circle.cells import DUE, PATH, SAFETY, offset

LEVELS = 40
NONE = -1


class Queues(NamedTuple):
    """Linked lists of units, in no order.

    first_unit (cells, LEVELS)   the first unit of each queue, or NONE
    due (cells, LEVELS)          the path at which a unit of the queue is due
    next_unit (k,)               the unit after each unit in its queue, or NONE
    """

    first_unit: np.ndarray
    due: np.ndarray
    next_unit: np.ndarray


def empty_queues(cells: int, width: int) -> Queues:
    return Queues(
        np.full((cells, LEVELS), NONE, dtype=np.int32),
        np.full((cells, LEVELS), np.inf),
        np.empty(width, dtype=np.int32),
    )


@inlined
def level_of(margin):
    """l where 2^-(l+1) <= margin < 2^-l; the first and last level also take what is beyond.

    From the exponent's bits, which are those of 0 for 0: frexp is a call, and spills registers.
    """
    exponent = np.float64(margin).view(np.int64) >> 52
    return min(max(1022 - exponent, 0), LEVELS - 1)


@inlined
def enqueue(queues, table, g, j, margin):
    """Unit j of cell g is not due before the path has grown by its margin, relative to |q|."""
    level = level_of(margin)
    i = offset(g)
    due = table[i + PATH] + (1.0 - SAFETY) * margin
    queues.next_unit[j] = queues.first_unit[g, level]
    queues.first_unit[g, level] = j
    queues.due[g, level] = min(queues.due[g, level], due)
    table[i + DUE] = min(table[i + DUE], due)


@inlined
def earliest_due(queues, g):
    earliest = np.inf
    for level in range(LEVELS):
        earliest = min(earliest, queues.due[g, level])
    return earliest
