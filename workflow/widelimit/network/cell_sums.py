"""Predictions and empirical kernels on the unit circle from sums over cells, for (leaky) ReLU.

All units of a cell (see arrangement.py) are active on the same points, so whatever is summed over
the units that are active on x, or on x and z, is a sum over an arc of cells: once the units are
summed up by cell, a prefix sum gives it for every point and every pair. O(width + pairs) instead
of O(width pairs); the sums are those of pair_sums.py, in another order.
"""

from __future__ import annotations

from math import prod

import numpy as np

from widelimit.activations import Activation
from widelimit.arrangement import arrange, on_unit_circle

FEWEST_UNITS = 1 << 12
"""Below this width the sum over all pairs takes no time worth saving."""
BLOCK = 1 << 16
PAIRS_AT_A_TIME = 1 << 18


class CellSums:
    """Sums over the units of every cell of the arrangement of `points` (n, 2)."""

    def __init__(self, points: np.ndarray, B: np.ndarray, slope: float):
        from widelimit.cell_lookup import cells_of

        arrangement = arrange(points)
        self.points, self.B, self.slope = points, B, slope
        self.lines, self.cells = arrangement.lines, arrangement.cells
        self.first, _ = arrangement.active_arc()
        self.cell, self.undecided = cells_of(arrangement, B)

    @classmethod
    def where_possible(cls, points, B, activation: Activation) -> CellSums | None:
        """None where every pair has to be looked at: off the circle, for other activations, for
        few units, and for units exactly on a border, which belong to no cell.
        """
        few = len(B) < FEWEST_UNITS or len(points) == 0
        if few or activation.slope is None or not on_unit_circle(points):
            return None
        sums = cls(points, B, activation.slope)
        return None if sums.undecided else sums

    def prediction(self, A: np.ndarray) -> np.ndarray:
        """sum_j A_pj phi(b_j.x), (n, p)."""
        F = np.empty((len(self.points), len(A)))
        for p, a in enumerate(A):
            moment1, moment2 = (self._over_arcs(a, b) for b in self.B.T)
            F[:, p] = self.points[:, 0] * moment1 + self.points[:, 1] * moment2
        return F

    def features(self, rows: slice, columns: slice) -> np.ndarray:
        """sum_j phi(b_j.x) phi(b_j.z) for the points x of `rows` and z of `columns`."""
        x1, x2 = self.points[rows, :1], self.points[rows, 1:]
        z1, z2 = self.points[columns, 0], self.points[columns, 1]
        b1, b2 = self.B.T
        b11, b12, b22 = (
            self.derivatives(rows, columns, *factors) for factors in ((b1, b1), (b1, b2), (b2, b2))
        )
        return x1 * z1 * b11 + (x1 * z2 + x2 * z1) * b12 + x2 * z2 * b22

    def derivatives(self, rows: slice, columns: slice, *factors: np.ndarray) -> np.ndarray:
        """sum_j (product of the factors)_j phi'(b_j.x) phi'(b_j.z) for the same pairs."""
        upto, s = self._upto(factors), self.slope
        first = self.first % self.cells
        x, z = first[rows], first[columns]
        # phi' is 1 on the arc of a point, and s elsewhere.
        single = upto[first + self.lines] - upto[first]
        pairs = np.empty((len(x), len(z)))
        step = max(1, PAIRS_AT_A_TIME // max(1, len(z)))
        for start in range(0, len(x), step):
            part = slice(start, start + step)
            x_first = x[part, None]
            # Two arcs of half a turn meet in one arc, which starts where the later one does.
            lag = (z - x_first) % self.cells
            begin = np.where(lag < self.lines, z, x_first)
            both = upto[begin + np.abs(self.lines - lag)] - upto[begin]
            either = single[rows][part, None] + single[columns]
            pairs[part] = (1 - s) ** 2 * both + s * (1 - s) * either + s**2 * upto[self.cells]
        return pairs

    def _over_arcs(self, *factors: np.ndarray) -> np.ndarray:
        """sum_j (product of the factors)_j phi'(b_j.x) for every point x.

        The arc of a point is half a turn: the back of one half of the cells and the front of the
        other. No sum is a difference of others, so that units that are not active on x leave
        nothing behind, however large they are.
        """
        halves = self._by_cell(factors).reshape(2, self.lines)
        front, back = np.zeros((2, 2, self.lines + 1))
        np.cumsum(halves, axis=1, out=front[:, 1:])
        np.cumsum(halves[:, ::-1], axis=1, out=back[:, -2::-1])
        half, at = np.divmod(self.first % self.cells, self.lines)
        on = back[half, at] + front[1 - half, at]
        off = back[1 - half, at] + front[half, at]
        return on + self.slope * off

    def _upto(self, factors) -> np.ndarray:
        """Prefix sums over two rounds of the cells, so that no arc is cut at cell 0. Differences
        of them are exact up to rounding of the largest entry of a kernel."""
        total = self._by_cell(factors)
        return np.concatenate([[0.0], np.cumsum(np.concatenate([total, total]))])

    def _by_cell(self, factors) -> np.ndarray:
        total = np.zeros(self.cells)
        for start in range(0, len(self.B), BLOCK):
            block = slice(start, min(start + BLOCK, len(self.B)))
            total += np.bincount(
                self.cell[block], prod(f[block] for f in factors), minlength=self.cells
            )
        return total
