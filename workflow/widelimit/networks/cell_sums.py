"""Predictions and empirical kernels on the unit circle from sums over cells, for (leaky) ReLU.

All units of a cell (see circle/arrangement.py) are active on the same points. So a sum over the
units that are active on x, or on both x and z, is a sum over an arc of cells, and cumulative sums
over the cells give it for every point and every pair: O(width + pairs) instead of O(width pairs).
No sum is the difference of two others: units that are not active leave nothing behind, however
large they are.
"""

from __future__ import annotations

import numpy as np

from widelimit.circle.arrangement import Arrangement, arrange, on_unit_circle
from widelimit.kernels.activations import Activation
from widelimit.networks.pair_sums import output_pairs

FEWEST_UNITS = 1 << 12
"""Below this width the sum over all pairs takes no time worth saving."""
ENTRIES_PER_BLOCK = 1 << 18


class CellSums:
    """Sums over the units of every cell of the arrangement of `points` (n, 2)."""

    def __init__(self, points: np.ndarray, arrangement: Arrangement, B: np.ndarray, slope: float):
        from widelimit.circle.cell_lookup import cells_of, sum_by_cell

        self.sum_by_cell = sum_by_cell
        self.points, self.B, self.slope = points, B, slope
        self.lines, self.cells = arrangement.lines, arrangement.cells
        self.first, _ = arrangement.active_arc()
        self.cell = cells_of(arrangement, B)

    @classmethod
    def where_possible(cls, points, B, activation: Activation) -> CellSums | None:
        """None where every pair has to be looked at: off the circle, for other activations, for
        few units, and for units that belong to no cell.
        """
        few = len(B) < FEWEST_UNITS or len(points) == 0
        if few or activation.slope is None or not on_unit_circle(points):
            return None
        arrangement = arrange(points)
        if not np.logical_or(*B.T).all() or arrangement.is_disputed(points, B):
            return None
        return cls(points, arrangement, B, activation.slope)

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
            self.derivatives(rows, columns, *pair) for pair in ((b1, b1), (b1, b2), (b2, b2))
        )
        return x1 * z1 * b11 + (x1 * z2 + x2 * z1) * b12 + x2 * z2 * b22

    def kernels(
        self, rows: slice, columns: slice, A: np.ndarray
    ) -> tuple[np.ndarray, dict[tuple[int, int], np.ndarray]]:
        """`features`, and sum_j A_pj A_qj phi'(b_j.x) phi'(b_j.z) for outputs p >= q."""
        derivatives = {
            (p, q): self.derivatives(rows, columns, A[p], A[q]) for p, q in output_pairs(A)
        }
        return self.features(rows, columns), derivatives

    def derivatives(self, rows: slice, columns: slice, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        """sum_j v_j w_j phi'(b_j.x) phi'(b_j.z) for the same pairs; v, w (k,)."""
        cell_sums, s = self._by_cell(v, w), self.slope
        first_x, first_z = (self.first[points] % self.cells for points in (rows, columns))
        # Two arcs of half a turn overlap in one arc, which starts where the later one does.
        lag = (first_z - first_x[:, None]) % self.cells
        length, z_is_later = np.abs(self.lines - lag), lag < self.lines
        both = np.empty(lag.shape)
        self._fill(both, cell_sums, first_x, length, ~z_is_later)
        self._fill(both.T, cell_sums, first_z, length.T, z_is_later.T)
        if s == 0:
            return both
        # phi' is 1 on the arc of a point, and s elsewhere.
        active, _ = self._active_and_inactive(cell_sums)
        either = active[rows][:, None] + active[columns]
        return (1 - s) ** 2 * both + s * (1 - s) * either + s**2 * cell_sums.sum()

    def _fill(self, out, cell_sums, first, length, mask) -> None:
        """Where mask, the sum over the cells first, .., first + length - 1, of each row."""
        block = max(1, ENTRIES_PER_BLOCK // (self.lines + 1))
        for start in range(0, len(out), block):
            rows = slice(start, start + block)
            arcs = cell_sums[(first[rows, None] + np.arange(self.lines)) % self.cells]
            sums = np.zeros((len(arcs), self.lines + 1))
            np.cumsum(arcs, axis=1, out=sums[:, 1:])
            arc_sums = np.take_along_axis(sums, length[rows], axis=1)
            np.copyto(out[rows], arc_sums, where=mask[rows])

    def _over_arcs(self, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        """sum_j v_j w_j phi'(b_j.x) for every point x."""
        active, inactive = self._active_and_inactive(self._by_cell(v, w))
        return active + self.slope * inactive

    def _active_and_inactive(self, cell_sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums over the cells that are active on each point, and over the others.

        The arc of a point is half a turn: the back of one half of the cells and the front of the
        other.
        """
        halves = cell_sums.reshape(2, self.lines)
        front, back = np.zeros((2, 2, self.lines + 1))
        np.cumsum(halves, axis=1, out=front[:, 1:])
        np.cumsum(halves[:, ::-1], axis=1, out=back[:, -2::-1])
        half, cell = np.divmod(self.first % self.cells, self.lines)
        active = back[half, cell] + front[1 - half, cell]
        return active, back[1 - half, cell] + front[half, cell]

    def _by_cell(self, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        """sum_j v_j w_j over the units of every cell."""
        cell_sums = np.zeros(self.cells)
        self.sum_by_cell(self.cell, v, w, cell_sums)
        return cell_sums
