"""Cells: one 3x3 map for all units of a cell, and their forward pass from a second moment.

All units of a cell have the same gradient S = (S1, S2), times the step size here, so that a step
takes every p = (a, b1, b2) of the cell to G p with the same

    G = [1 S1 S2; S1 1 0; S2 0 1].

The table holds the product P of these maps since the last rebuild, and each unit its q, p = P q.
The sum of a_j (b1_j, b2_j) over the cell is row_a(P) Q row_b(P)' with Q the sum of q_j q_j'.
So a step costs O(cells), whatever the width.

A step changes x.b by a x.S, and |a| <= |row_a(P)| |q|. The path adds up |x.S| |row_a(P)| at the
worse of the two borders: no unit can cross before it has grown by the unit's margin |x.b| / |q|.
See docs/engine.md, statements 1 to 4.
"""

import math

import numpy as np

from widelimit.compiled import compiled, inlined
from widelimit.training.circle.points import LANES

# One flat table with LANES cells side by side in every row, so that the pass over the cells is
# vectorised: cell g has its entry of a row at offset(g) + row.
P00, P01, P02, P10, P11, P12, P20, P21, P22 = (LANES * row for row in range(9))  # P, row by row
Q00, Q01, Q02, Q11, Q12, Q22 = (LANES * row for row in range(9, 15))  # sum of q q'
M1, M2 = (LANES * row for row in range(15, 17))  # sum of a b
S1, S2 = (LANES * row for row in range(17, 19))  # gradient times step size
LOWER1, LOWER2, UPPER1, UPPER2 = (LANES * row for row in range(19, 23))  # e of both borders
PATH, DUE, LEG_START, REACH = (LANES * row for row in range(23, 27))
ROWS = 27
# PATH: since the last rebuild. DUE: the path at which the first unit of the cell is due.
# LEG_START: the path at the start of the leg. REACH: how much it grew in the leg before.

ROUNDING = 1e-15
"""Added to the path at every step that moves the cell: more than rounding of P moves x.b, relative
to |q|. Without a gradient P stays as it is, and a unit on a border is never due."""
SAFETY = 1e-6
"""Relative error that paths and margins are allowed, for the rounding of their own sums."""


def new_table(borders) -> np.ndarray:
    cells = len(borders.e1)
    table = np.zeros((-(-cells // LANES), ROWS, LANES))
    table[:, [P00 // LANES, P11 // LANES, P22 // LANES]] = 1.0
    table[:, DUE // LANES] = np.inf
    for row, values in (
        (LOWER1, np.roll(borders.e1, 1)),
        (LOWER2, np.roll(borders.e2, 1)),
        (UPPER1, borders.e1),
        (UPPER2, borders.e2),
    ):
        padded = np.zeros(len(table) * LANES)
        padded[:cells] = values
        table[:, row // LANES] = padded.reshape(-1, LANES)
    return table.ravel()


@inlined
def offset(g):
    return (g // LANES) * (ROWS * LANES) + g % LANES


@compiled
def set_gradients(table, gradient1, gradient2):
    for block in range(table.size // (ROWS * LANES)):
        first = block * ROWS * LANES
        for lane in range(LANES):
            table[first + lane + S1] = gradient1[block * LANES + lane]
            table[first + lane + S2] = gradient2[block * LANES + lane]


@compiled
def advance_cells(table):
    """P <- G P, new moments, longer paths; returns the number of cells with a unit due."""
    due = 0
    for block in range(table.size // (ROWS * LANES)):
        first = block * ROWS * LANES
        for lane in range(LANES):
            i = first + lane
            s1, s2 = table[i + S1], table[i + S2]
            a0, a1, a2 = table[i + P00], table[i + P01], table[i + P02]
            b0, b1, b2 = table[i + P10], table[i + P11], table[i + P12]
            c0, c1, c2 = table[i + P20], table[i + P21], table[i + P22]
            lower = abs(s1 * table[i + LOWER1] + s2 * table[i + LOWER2])
            upper = abs(s1 * table[i + UPPER1] + s2 * table[i + UPPER2])
            # |row_a| <= (1 + |row_a|^2)/2 spares the square root, and is sharp near P = I.
            size = (0.5 + 0.5 * SAFETY) * (1.0 + (a0 * a0 + a1 * a1 + a2 * a2))
            rounding = ROUNDING if abs(s1) + abs(s2) > 0.0 else 0.0
            path = table[i + PATH] + ((lower if lower > upper else upper) * size + rounding)
            table[i + PATH] = path
            due += 1 if path > table[i + DUE] else 0
            e0 = a0 + (s1 * b0 + s2 * c0)
            e1 = a1 + (s1 * b1 + s2 * c1)
            e2 = a2 + (s1 * b2 + s2 * c2)
            b0, b1, b2 = b0 + s1 * a0, b1 + s1 * a1, b2 + s1 * a2
            c0, c1, c2 = c0 + s2 * a0, c1 + s2 * a1, c2 + s2 * a2
            table[i + P00], table[i + P01], table[i + P02] = e0, e1, e2
            table[i + P10], table[i + P11], table[i + P12] = b0, b1, b2
            table[i + P20], table[i + P21], table[i + P22] = c0, c1, c2
            set_moment(table, i)
    return due


@inlined
def set_moment(table, i):
    """M from P and Q."""
    a0, a1, a2 = table[i + P00], table[i + P01], table[i + P02]
    t0 = a0 * table[i + Q00] + a1 * table[i + Q01] + a2 * table[i + Q02]
    t1 = a0 * table[i + Q01] + a1 * table[i + Q11] + a2 * table[i + Q12]
    t2 = a0 * table[i + Q02] + a1 * table[i + Q12] + a2 * table[i + Q22]
    table[i + M1] = t0 * table[i + P10] + t1 * table[i + P11] + t2 * table[i + P12]
    table[i + M2] = t0 * table[i + P20] + t1 * table[i + P21] + t2 * table[i + P22]


@compiled
def add_moments(table, moment1, moment2):
    """Add the cells' moments to those of the units near borders."""
    for block in range(table.size // (ROWS * LANES)):
        first = block * ROWS * LANES
        for lane in range(LANES):
            moment1[block * LANES + lane] += table[first + lane + M1]
            moment2[block * LANES + lane] += table[first + lane + M2]


@inlined
def add_to_second_moment(table, i, sign, q):
    """Add q q' to Q for a unit that enters the cell (sign 1), or subtract it (-1)."""
    q0, q1, q2 = q
    table[i + Q00] += sign * q0 * q0
    table[i + Q01] += sign * q0 * q1
    table[i + Q02] += sign * q0 * q2
    table[i + Q11] += sign * q1 * q1
    table[i + Q12] += sign * q1 * q2
    table[i + Q22] += sign * q2 * q2


@inlined
def apply_map(table, i, q):
    """p = P q."""
    q0, q1, q2 = q
    return (
        table[i + P00] * q0 + table[i + P01] * q1 + table[i + P02] * q2,
        table[i + P10] * q0 + table[i + P11] * q1 + table[i + P12] * q2,
        table[i + P20] * q0 + table[i + P21] * q1 + table[i + P22] * q2,
    )


@inlined
def invert_map(table, i, p):
    """q = P^-1 p by the adjugate, refined once so that P q is p up to rounding."""
    a0, a1, a2 = table[i + P00], table[i + P01], table[i + P02]
    b0, b1, b2 = table[i + P10], table[i + P11], table[i + P12]
    c0, c1, c2 = table[i + P20], table[i + P21], table[i + P22]
    u0, u1, u2 = b1 * c2 - b2 * c1, b2 * c0 - b0 * c2, b0 * c1 - b1 * c0
    v0, v1, v2 = a2 * c1 - a1 * c2, a0 * c2 - a2 * c0, a1 * c0 - a0 * c1
    w0, w1, w2 = a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0
    inverse = 1.0 / (a0 * u0 + a1 * u1 + a2 * u2)
    q0, q1, q2 = 0.0, 0.0, 0.0
    for _ in range(2):
        image = apply_map(table, i, (q0, q1, q2))
        r0, r1, r2 = p[0] - image[0], p[1] - image[1], p[2] - image[2]
        q0 += (u0 * r0 + v0 * r1 + w0 * r2) * inverse
        q1 += (u1 * r0 + v1 * r1 + w1 * r2) * inverse
        q2 += (u2 * r0 + v2 * r1 + w2 * r2) * inverse
    return q0, q1, q2


@inlined
def margins(table, i, b1, b2):
    """|e.b| at the cell's lower and upper border."""
    lower = abs(table[i + LOWER1] * b1 + table[i + LOWER2] * b2)
    upper = abs(table[i + UPPER1] * b1 + table[i + UPPER2] * b2)
    return lower, upper


@compiled
def strain(table):
    """Largest entry of |P - I| over the cells: how far weights are from their q."""
    largest = 0.0
    for block in range(table.size // (ROWS * LANES)):
        first = block * ROWS * LANES
        for entry in range(9):
            identity = 1.0 if entry % 4 == 0 else 0.0
            for lane in range(LANES):
                entry_strain = abs(table[first + entry * LANES + lane] - identity)
                if not entry_strain <= largest:  # true where P is not a number
                    largest = entry_strain
    return largest


@inlined
def norm(p):
    return math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
