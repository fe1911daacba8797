"""Sums over the units, from every (unit, point) pair."""

from collections.abc import Iterator

import numpy as np

from widelimit.kernels.activations import Activation
from widelimit.kernels.preactivations import preactivations

BLOCK_ENTRIES = 1 << 17
"""Pre-activations in one block of units: 1 MB, which a core's own cache still holds."""


def unit_blocks(width: int, n: int) -> Iterator[slice]:
    """Slices over the units, whose length depends on the number n of points and on nothing else."""
    length = max(1, BLOCK_ENTRIES // max(1, n))
    for start in range(0, width, length):
        yield slice(start, min(start + length, width))


def output_pairs(A: np.ndarray) -> list[tuple[int, int]]:
    """p, q <= p of all outputs of A (p, k)."""
    return [(p, q) for p in range(len(A)) for q in range(p + 1)]


class PairSums:
    """Sums over the units from every (unit, point) pair, block by block; see also CellSums."""

    def __init__(self, points: np.ndarray, B: np.ndarray, activation: Activation):
        self.points, self.B, self.phi = points, B, activation
        self.kinked = activation.slope is not None

    def prediction(self, A: np.ndarray) -> np.ndarray:
        """sum_j A_pj phi(b_j.x), (n, p)."""
        return sum(value @ A[:, units].T for units, value in self._values())

    def features(self, rows: slice, columns: slice) -> np.ndarray:
        """sum_j phi(b_j.x) phi(b_j.z) for the points x of `rows` and z of `columns`."""
        return sum(value[rows] @ value[columns].T for _, value in self._values())

    def kernels(
        self, rows: slice, columns: slice, A: np.ndarray
    ) -> tuple[np.ndarray, dict[tuple[int, int], np.ndarray]]:
        """`features`, and sum_j A_pj A_qj phi'(b_j.x) phi'(b_j.z) for outputs p >= q."""
        features, derivatives = 0.0, dict.fromkeys(output_pairs(A), 0.0)
        for units in unit_blocks(len(self.B), len(self.points)):
            if self.kinked:
                U = preactivations(self.points, self.B[units])
                value, slope = self.phi.value(U), self.phi.derivative(U)
            else:
                value, slope = _both(self.phi, self.points @ self.B[units].T)
            features = features + value[rows] @ value[columns].T
            for p, q in derivatives:
                weighted = slope[columns] * (A[p, units] * A[q, units])
                derivatives[p, q] = derivatives[p, q] + slope[rows] @ weighted.T
        return features, derivatives

    def _values(self) -> Iterator[tuple[slice, np.ndarray]]:
        for units in unit_blocks(len(self.B), len(self.points)):
            U = self.points @ self.B[units].T
            yield units, self.phi.value(U) if self.kinked else _both(self.phi, U)[0]


def _both(phi: Activation, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """phi(U) and phi'(U), in the memory of U and in new memory, several times as fast as SciPy."""
    # Numba is not imported before there is a smooth activation.
    from widelimit.kernels.elementwise import evaluator

    slope = np.empty_like(U)
    evaluator(phi)(U, slope)
    return U, slope
