"""From moments per cell to residuals, and from residuals back to one gradient per cell.

Both directions are sums over half a turn of the 2H borders or cells, O(n + H), whatever the width:
forward   f_i = sqrt(c/k) x_i . sum of M_g over the cells where x_i is active,
backward  S_g = sum of r_i x_i over the points that are active in cell g,  r = y - f,
where M_g is the sum of a_j b_j over the units of cell g. A leaky ReLU of slope s adds s times the
sum over the opposite half.

Half a turn is the end of one half of the list and the beginning of the other: a sum from the back
and a sum from the front, and nothing is ever subtracted. So rounding is relative to what the units
of a cell get themselves, and where no point is active S is exactly 0, as in plain gradient descent:
a remnant of other points' residuals would move such units a little at every step, always the same
way. See docs/engine.md, statement 7.
"""

from typing import NamedTuple

import numpy as np

from widelimit.circle.arrangement import Arrangement
from widelimit.compiled import ANY_ORDER, compiled

LANES = 8


class Points(NamedTuple):
    """The training points in the order of their lines, with the sums the two passes work on.

    x1, x2, y (n,)     points and targets; residual (n,) = y - f
    start (n,)         the border where the point's arc of active cells starts, start+1 .. start+H
    half1, half2 (2H,) in the forward pass the sum of M over the half turn above each border, in
                       the backward pass the sum of r x over the points that start there
    M1, M2, S1, S2     per cell: moments in, gradients times the step size out; (2H,), padded to
                       a multiple of LANES
    """

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    start: np.ndarray
    residual: np.ndarray
    half1: np.ndarray
    half2: np.ndarray
    M1: np.ndarray
    M2: np.ndarray
    S1: np.ndarray
    S2: np.ndarray


def sorted_points(X: np.ndarray, y: np.ndarray, arrangement: Arrangement):
    """Points for the compiled code, and the order of the original rows in it."""
    order = np.argsort(arrangement.line, kind="stable")
    cells = arrangement.cells
    first, _ = arrangement.active_arc()
    return order, Points(
        X[order, 0].copy(),
        X[order, 1].copy(),
        y[order],
        first[order] - 1,
        *(np.zeros(size) for size in (len(y), cells, cells, *4 * [-(-cells // LANES) * LANES])),
    )


@compiled(fastmath=ANY_ORDER)
def forward(points, scale, slope):
    """residual from M1, M2; returns the loss 1/2 sum residual^2."""
    x1, x2, y, start, residual, half1, half2, M1, M2, _, _ = points
    H = half1.size // 2
    lower1, lower2, upper1, upper2 = 0.0, 0.0, 0.0, 0.0
    for h in range(H - 1, -1, -1):
        half1[h], half2[h] = lower1, lower2
        half1[h + H], half2[h + H] = upper1, upper2
        lower1, lower2 = lower1 + M1[h], lower2 + M2[h]
        upper1, upper2 = upper1 + M1[h + H], upper2 + M2[h + H]
    lower1, lower2, upper1, upper2 = 0.0, 0.0, 0.0, 0.0
    for h in range(H):
        lower1, lower2 = lower1 + M1[h], lower2 + M2[h]
        upper1, upper2 = upper1 + M1[h + H], upper2 + M2[h + H]
        above1, above2 = half1[h] + upper1, half2[h] + upper2
        below1, below2 = half1[h + H] + lower1, half2[h + H] + lower2
        half1[h], half2[h] = above1 + slope * below1, above2 + slope * below2
        half1[h + H], half2[h + H] = below1 + slope * above1, below2 + slope * above2
    for i in range(y.size):
        residual[i] = y[i] - scale * (x1[i] * half1[start[i]] + x2[i] * half2[start[i]])
    total = 0.0
    for i in range(y.size):
        total += residual[i] * residual[i]
    return 0.5 * total


@compiled(fastmath=ANY_ORDER)
def backward(points, rate, slope):
    """S1, S2 times rate, from residual; returns the largest |S1| + |S2| of a cell, times rate."""
    x1, x2, _, start, residual, jump1, jump2, _, _, S1, S2 = points
    H = jump1.size // 2
    jump1[:] = 0.0
    jump2[:] = 0.0
    for i in range(residual.size):
        jump1[start[i]] += residual[i] * x1[i]
        jump2[start[i]] += residual[i] * x2[i]
    lower1, lower2, upper1, upper2 = 0.0, 0.0, 0.0, 0.0
    for h in range(H - 1, -1, -1):
        lower1, lower2 = lower1 + jump1[h], lower2 + jump2[h]
        upper1, upper2 = upper1 + jump1[h + H], upper2 + jump2[h + H]
        S1[h], S2[h] = upper1, upper2
        S1[h + H], S2[h + H] = lower1, lower2
    lower1, lower2, upper1, upper2 = 0.0, 0.0, 0.0, 0.0
    lean, largest = rate * slope, 0.0
    for h in range(H):
        on1, on2 = S1[h] + lower1, S2[h] + lower2
        off1, off2 = S1[h + H] + upper1, S2[h + H] + upper2
        S1[h], S2[h] = rate * on1 + lean * off1, rate * on2 + lean * off2
        # The opposite cell is active on the other points.
        S1[h + H], S2[h + H] = rate * off1 + lean * on1, rate * off2 + lean * on2
        larger = max(abs(S1[h]) + abs(S2[h]), abs(S1[h + H]) + abs(S2[h + H]))
        largest = max(largest, larger)
        lower1, lower2 = lower1 + jump1[h], lower2 + jump2[h]
        upper1, upper2 = upper1 + jump1[h + H], upper2 + jump2[h + H]
    return largest
