"""The units of a cell in the order in which they may leave it, without sorting them.

A unit must be looked at when the path of its cell (see cells.py) has grown by what remains to
it, |x.b| / |q| at the nearer border. Units are kept in lists by the binary order of magnitude of
what remained when they were put there, and a list is opened when the path has eaten the smallest
remainder in it. Those that are still far from the border go into another list: a unit is
looked at about once for every halving of its distance, and one that never comes near is never.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from widelimit.compiled import inlined
from widelimit.training.circle.cells import DUE, PATH, SAFETY, first_of

LEVELS = 40
NONE = -1


class Waiting(NamedTuple):
    """head (cells, LEVELS): first unit of each list; opens_at: the path at which each is opened;
    following (k,): the unit after each unit in its list.
    """

    head: np.ndarray
    opens_at: np.ndarray
    following: np.ndarray


def new_lists(cells: int, width: int) -> Waiting:
    return Waiting(
        np.full((cells, LEVELS), NONE, dtype=np.int32),
        np.full((cells, LEVELS), np.inf),
        np.empty(width, dtype=np.int32),
    )


@inlined
def level_of(remaining):
    return min(max(-math.frexp(remaining)[1], 0), LEVELS - 1)


@inlined
def put(head, opens_at, following, table, g, j, remaining):
    """Unit j of cell g need not be looked at before the path has grown by `remaining`."""
    level = level_of(remaining)
    i = first_of(g)
    due = table[i + PATH] + (1.0 - SAFETY) * remaining
    following[j] = head[g, level]
    head[g, level] = j
    opens_at[g, level] = min(opens_at[g, level], due)
    table[i + DUE] = min(table[i + DUE], due)


@inlined
def next_due(opens_at, g):
    due = np.inf
    for level in range(LEVELS):
        due = min(due, opens_at[g, level])
    return due
