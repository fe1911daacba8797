"""Exact gradient descent on the unit circle for (leaky) ReLU, nearly independent of the width.

arrangement, cell_lookup   the lines x.b = 0 and the cells between them (package level)
points     from moments per cell to residuals, and from residuals to one gradient per cell
cells      all units of a cell at once by a 3x3 map: O(n) a step
waiting    which units of a cell may leave it next
hot        the units at the borders, one by one
steps      the step, and the passage of units between cells and borders
"""

from __future__ import annotations

import numpy as np

from widelimit.circle.arrangement import arrange, on_unit_circle
from widelimit.kernels.activations import Activation
from widelimit.networks.pair_sums import unit_blocks

SMALLEST, LARGEST = 1e-140, 1e140
"""Weights whose squares neither vanish nor overflow."""


def obstacle(X: np.ndarray, A: np.ndarray, B: np.ndarray, activation: Activation) -> str | None:
    """Why this engine does not apply to the network (A, B), or None where it does."""
    reason = obstacle_before_weights(X, len(A), activation)
    if reason is not None:
        return reason
    b1, b2 = np.abs(B).T
    if np.maximum(b1, b2).min() < SMALLEST:
        return f"a unit has b = 0, or so small (below {SMALLEST:g}) that its square is 0"
    if max(np.abs(A).max(), b1.max(), b2.max()) > LARGEST:
        return f"a unit has weights so large (beyond {LARGEST:g}) that products overflow"
    arrangement = arrange(X)
    both = arrangement.normals[arrangement.two_sided]
    if any((both @ B[units].T == 0).any() for units in unit_blocks(len(B), max(1, len(both)))):
        return "a unit is orthogonal to two antipodal points, and so on the line between two cells"
    return None


def obstacle_before_weights(X: np.ndarray, outputs: int, activation: Activation) -> str | None:
    """Why this engine applies to no network on X (n, d), or None; random weights add no reason."""
    if X.shape[1] != 2:
        return f"the points have dimension {X.shape[1]}, not 2"
    if not on_unit_circle(X):
        return "the points are not on the unit circle (|x| = 1 to 1e-12)"
    if activation.slope is None:
        return f"{activation.name} is neither ReLU nor leaky ReLU"
    if outputs != 1:
        return f"the network has {outputs} outputs, not 1"
    return None
