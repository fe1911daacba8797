"""From moments per cell to residuals, and from residuals back to one gradient per cell.

Both directions are prefix sums over the H lines, O(n + H), whatever the width:
forward   f_i = c x_i . sum of M_g over the arc of x_i,   M_g = sum of a_j b_j over the cell's units
backward  S_g = sum of r_i x_i over the points whose arc holds g,   r = y - f.
For a leaky ReLU of slope s every sum over an arc is (1 - s) times it, plus s times the whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from widelimit.arrangement import Arrangement
from widelimit.compiled import ANY_ORDER, compiled

LANES = 8


class Points(NamedTuple):
    """The training points in the order of their lines, with the sums the two passes work on.

    x1, x2, y, line, positive (n,)   see Arrangement; residual (n,) = y - f
    half1, half2 (H,)                sum of M over each line's positive half-plane, then the
                                     change of S across the line
    M1, M2, S1, S2 (2H,)             per cell: moments in, gradients times the step size out;
                                     padded to a multiple of LANES
    """

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    line: np.ndarray
    positive: np.ndarray
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
    H = arrangement.lines
    return order, Points(
        X[order, 0].copy(),
        X[order, 1].copy(),
        y[order],
        arrangement.line[order],
        arrangement.positive[order],
        *(np.zeros(size) for size in (len(y), H, H, *4 * [-(-2 * H // LANES) * LANES])),
    )


@compiled(fastmath=ANY_ORDER)
def forward(points, scale, slope):
    """residual from M1, M2; returns the loss 1/2 sum residual^2."""
    x1, x2, y, line, positive, residual, half1, half2, M1, M2, _, _ = points
    H = half1.size
    lower1, lower2, upper1, upper2 = 0.0, 0.0, 0.0, 0.0
    for g in range(H):
        lower1 += M1[g]
        lower2 += M2[g]
        upper1 += M1[g + H]
        upper2 += M2[g + H]
    all1, all2 = lower1 + upper1, lower2 + upper2
    # Line h's positive half-plane is cells h+1 .. h+H: slide that window round.
    w1, w2 = lower1, lower2
    for h in range(H):
        w1 += M1[h + H] - M1[h]
        w2 += M2[h + H] - M2[h]
        half1[h] = w1
        half2[h] = w2
    total = 0.0
    for i in range(y.size):
        w1, w2 = half1[line[i]], half2[line[i]]
        w1, w2 = (w1 if positive[i] else all1 - w1), (w2 if positive[i] else all2 - w2)
        w1, w2 = (1.0 - slope) * w1 + slope * all1, (1.0 - slope) * w2 + slope * all2
        r = y[i] - scale * (x1[i] * w1 + x2[i] * w2)
        residual[i] = r
        total += r * r
    return 0.5 * total


@compiled(fastmath=ANY_ORDER)
def backward(points, rate, slope):
    """S1, S2 times rate, from residual; returns the largest |S1| + |S2| of a cell, times rate."""
    x1, x2, _, line, positive, residual, jump1, jump2, _, _, S1, S2 = points
    H = jump1.size
    jump1[:] = 0.0
    jump2[:] = 0.0
    all1, all2, s1, s2 = 0.0, 0.0, 0.0, 0.0
    for i in range(residual.size):
        g1, g2 = residual[i] * x1[i], residual[i] * x2[i]
        all1 += g1
        all2 += g2
        # Otherwise on below the line, off above it; and cell 0 lies below every line.
        jump1[line[i]] += g1 if positive[i] else -g1
        jump2[line[i]] += g2 if positive[i] else -g2
        s1 += 0.0 if positive[i] else g1
        s2 += 0.0 if positive[i] else g2
    lean, rest1, rest2 = rate * (1.0 - slope), rate * slope * all1, rate * slope * all2
    largest = 0.0
    for h in range(H):
        S1[h] = lean * s1 + rest1
        S2[h] = lean * s2 + rest2
        # Opposite cells are active on complementary points.
        S1[h + H] = lean * (all1 - s1) + rest1
        S2[h + H] = lean * (all2 - s2) + rest2
        size = max(abs(S1[h]) + abs(S2[h]), abs(S1[h + H]) + abs(S2[h + H]))
        largest = max(largest, size)
        s1 += jump1[h]
        s2 += jump2[h]
    return largest
