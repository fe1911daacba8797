"""Which cell of an arrangement a weight b lies in: from a table, and by signs near borders."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from widelimit.circle.arrangement import Arrangement
from widelimit.compiled import AS_WRITTEN, compiled, inlined
from widelimit.kernels.elementary import preactivation

TABLE_LENGTH = 1 << 14
CLOSE = 1e-9
"""Quarter turns around a border in which signs decide, where rounding moves weights by 1e-15."""
SMALLEST = 1e-290
"""Products with smaller weights lose digits: their signs decide everywhere."""
BLOCK = 1 << 16


class Borders(NamedTuple):
    """An arrangement as the compiled code reads it, with a table from direction to cell.

    e1, e2 (2H,)   point that decides at the border
    opens (2H,)    e.b > 0 is the side above the border
    guess          cell g at the start of each of TABLE_LENGTH equal pieces of the turn, where the
                   whole piece lies in it; else -1 - g
    """

    e1: np.ndarray
    e2: np.ndarray
    opens: np.ndarray
    guess: np.ndarray


@lru_cache(maxsize=8)
def borders_of(arrangement: Arrangement) -> Borders:
    turn = np.empty(arrangement.cells)
    _fill_turns(np.cos(arrangement.angle), np.sin(arrangement.angle), turn)
    pieces = np.arange(TABLE_LENGTH) * (4.0 / TABLE_LENGTH)
    guess = np.searchsorted(turn, pieces) % arrangement.cells
    near = np.concatenate([turn - CLOSE, turn, turn + CLOSE]) * (TABLE_LENGTH / 4.0)
    cut = np.unique(np.floor(near).astype(np.int64) % TABLE_LENGTH)
    guess[cut] = -1 - guess[cut]
    return Borders(
        np.ascontiguousarray(arrangement.border[:, 0]),
        np.ascontiguousarray(arrangement.border[:, 1]),
        arrangement.opens,
        guess.astype(np.int32),
    )


def cells_of(arrangement: Arrangement, B: np.ndarray) -> np.ndarray:
    """The cell of every row of B (k, 2), as int32 (k,); b = 0 and what `is_disputed` has none."""
    cell = np.empty(len(B), dtype=np.int32)
    _fill_cells(borders_of(arrangement), np.ascontiguousarray(B), cell)
    return cell


@inlined
def quarter_turns(b1, b2):
    """In [0, 4], growing with the angle of b: cheaper than the angle, and as good for a table."""
    size = abs(b1) + abs(b2)
    if not size > 0.0:
        return 0.0
    rise = b2 / size
    # Without branches: the signs of random weights cannot be predicted.
    turn = 2.0 - rise if b1 < 0.0 else rise
    return turn + (4.0 if turn < 0.0 else 0.0)


@compiled
def _fill_turns(b1, b2, turn):
    for m in range(turn.size):
        turn[m] = quarter_turns(b1[m], b2[m])


@inlined
def is_above(borders, g, b1, b2):
    """Whether b lies on the upper side of border g's line."""
    active = preactivation(borders.e1[g], borders.e2[g], 0.0, b1, b2, 0.0) > 0.0
    return active == borders.opens[g]


@inlined
def locate(borders, cell, b1, b2):
    """The cell of b, searched from a guess: step down until above the lower border, else up."""
    cells = borders.e1.size
    step = 0
    # Two turns at most: a weight that is not a number lies in no cell.
    for _ in range(2 * cells):
        above_lower = is_above(borders, cell - 1 if cell > 0 else cells - 1, b1, b2)
        below_upper = not is_above(borders, cell, b1, b2)
        if above_lower and below_upper:
            break
        # In the opposite cell both tests fail; then keep the direction of the search.
        if above_lower:
            step = 1
        elif below_upper or step == 0:
            step = -1
        cell += step
        if cell < 0:
            cell = cells - 1
        elif cell >= cells:
            cell = 0
    return cell


@inlined
def cell_of(borders, b1, b2):
    """The cell of b from the table, and by signs where the table has a border near it."""
    piece = int(quarter_turns(b1, b2) * (TABLE_LENGTH / 4.0))
    guess = borders.guess[min(max(piece, 0), TABLE_LENGTH - 1)]
    if guess >= 0 and SMALLEST < abs(b1) + abs(b2) < np.inf:
        return guess
    return locate(borders, guess if guess >= 0 else -1 - guess, b1, b2)


@compiled
def _fill_cells(borders, B, cell):
    for j in range(cell.size):
        cell[j] = cell_of(borders, B[j, 0], B[j, 1])


@compiled(fastmath=AS_WRITTEN, allocates=True)
def sum_by_cell(cell, v, w, sums):
    """Adds v_j w_j to the sum of the cell of unit j, block by block, as one long sum is less
    exact than a sum of sums."""
    for start in range(0, cell.size, BLOCK):
        of_block = np.zeros(sums.size)
        for j in range(start, min(start + BLOCK, cell.size)):
            of_block[cell[j]] += v[j] * w[j]
        sums += of_block
