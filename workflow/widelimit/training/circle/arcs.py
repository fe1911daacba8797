"""Arcs: one gradient per arc of points instead of one sum per unit, O(width + n) a step.

The points on which a unit is active form an arc, so S_j = sum_i r_i phi'(x_i.b_j) x_i is that of
the unit's cell. As phi is positively homogeneous, the gradient in a_j is S_j.b_j, and in b_j
a_j S_j. The faster method while a cell holds only a few units.
"""

from __future__ import annotations

import numpy as np

from widelimit.cell_lookup import locate
from widelimit.compiled import compiled
from widelimit.training.circle.points import backward, forward


@compiled
def start(points, A, B, cell, scale, slope):
    """Moments and residuals at the given weights; returns the loss."""
    points.M1[:] = 0.0
    points.M2[:] = 0.0
    for j in range(cell.size):
        points.M1[cell[j]] += A[j] * B[j, 0]
        points.M2[cell[j]] += A[j] * B[j, 1]
    return forward(points, scale, slope)


@compiled
def advance(points, borders, A, B, cell, losses, scale, slope, learning_rate):
    """len(losses) steps from residuals to residuals; returns the number of steps taken."""
    M1, M2, S1, S2 = points.M1, points.M2, points.S1, points.S2
    for t in range(losses.size):
        backward(points, learning_rate * scale, slope)
        M1[:] = 0.0
        M2[:] = 0.0
        for j in range(cell.size):
            g = cell[j]
            a, b1, b2 = A[j], B[j, 0], B[j, 1]
            A[j] = a + (b1 * S1[g] + b2 * S2[g])
            b1 += a * S1[g]
            b2 += a * S2[g]
            B[j, 0] = b1
            B[j, 1] = b2
            g = locate(borders, g, b1, b2)
            cell[j] = g
            M1[g] += A[j] * b1
            M2[g] += A[j] * b2
        losses[t] = forward(points, scale, slope)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size
