"""Exact gradient descent on the unit circle for (leaky) ReLU, nearly independent of the width.

docs/engine.md derives the algorithm. Its modules, from the points to the step:

points        forward and backward pass: cells' moments to residuals, residuals to cells' gradients
cells         all units of a cell at once, by one 3x3 map
queues        which units of a cell may leave it next
units         the weights of the units in cells
near_border   the units near a border, one by one
transfers     units that change between cells and borders
steps         the step, and the upkeep after every few steps
engine        the state between calls, behind the interface of all engines

The words of the state, of unit j with weights p = (a, b1, b2), cell g and border m:

cell, border  the lines x.b = 0 cut the plane of b into cells; border m lies between the cells m
              and m + 1 (circle/arrangement.py)
S, M          gradient of a cell: sum of r_i phi'(x_i.b) x_i, times the step size; moment of a
              cell: sum of a_j b_j
P, q          a unit in a cell has the weights p = P q: P is the product of the cell's maps since
              the last rebuild, q the unit's own
Q             second moment of a cell: sum of q q', from which M follows
margin        |x.b| at a border of the unit's cell
path          a bound on how far any unit of the cell, relative to |q|, came towards a border
due           the path at which a unit may first have crossed; until then nobody looks at it
leg           a run of steps between two rounds of upkeep
reach         how much the path of a cell grew in its last leg
near_border   units within reach of a border are stepped one by one, in coordinates of the border:
              u = e.b across it and w along it
stray         a unit near a border that a step took out of the two cells beside it
strain        largest entry of |P - I|
rebuild       q <- P q, P <- I: rounding starts afresh
"""

import numpy as np

from widelimit.circle.arrangement import arrange, on_unit_circle
from widelimit.kernels.activations import Activation

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
    if arrange(X).is_disputed(X, B):
        return "a unit is orthogonal to antipodal points, or to two that rounding cannot tell apart"
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
