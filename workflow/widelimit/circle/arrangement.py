"""Points on the unit circle, and the cells into which their lines x.b = 0 cut the plane of b.

Turn a unit's weight b once round the origin: a point x switches on at one angle (x.b becomes
positive) and off half a turn later. Sorted, these angles are the borders 0..2H-1 of 2H cells, and
every unit of a cell is active on the same points. Cell g lies above border g-1 and below border g,
counter-clockwise, cyclically; border h + H is the other half of the line of border h < H.

Of the points that share a line one decides about units, by the sign of x.b as it is in
kernels/preactivations.py. The others agree with it, except about units on the line itself.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from widelimit.kernels.preactivations import preactivations

UNIT_NORM_TOLERANCE = 1e-12
SAME_LINE = 8 * np.finfo(float).eps
"""Lines closer in angle than the rounding of x.b can tell apart are one line."""
BLOCK_ENTRIES = 1 << 18


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The 2H cells of n points on the unit circle, H >= 2.

    line (n,)         in 0..H-1: the point's line; duplicate and antipodal points share one
    positive (n,)     True where the point is active on the cells line+1 .. line+H, else False:
                      active on line+H+1 .. line+2H, cyclically
    border (2H, 2)    the point e that decides at this border: e.b > 0 on one side, and
    opens (2H,)       True where e.b > 0 above the border, False where e.b > 0 below it; e.b = 0
                      belongs to the other side, as relu'(0) = 0
    angle (2H,)       of the border's ray, ascending in [0, 2 pi)
    """

    line: np.ndarray
    positive: np.ndarray
    border: np.ndarray
    opens: np.ndarray
    angle: np.ndarray

    @property
    def lines(self) -> int:
        return self.cells // 2

    @property
    def cells(self) -> int:
        return len(self.border)

    def active_arc(self) -> tuple[np.ndarray, np.ndarray]:
        """(first, last + 1) cell of each point's arc of active cells; last + 1 may exceed 2H."""
        first = self.line + 1 + np.where(self.positive, 0, self.lines)
        return first, first + self.lines

    def is_disputed(self, X: np.ndarray, B: np.ndarray) -> bool:
        """Whether points of one line disagree about a row of B (k, 2), which then has no cell.

        X (n, 2) are the points of the arrangement. Antipodal points disagree about b orthogonal to
        them, where both are inactive; points 1e-15 apart about b between their lines.
        """
        deciding = self.border[self.line]
        others = (deciding != X).any(axis=1)
        if not others.any():
            return False
        X, deciding = X[others], deciding[others]
        same_side = (self.positive == self.opens[self.line])[others, None]
        block = max(1, BLOCK_ENTRIES // len(X))
        for units in (B[start : start + block] for start in range(0, len(B), block)):
            agreed = (preactivations(deciding, units) > 0) == same_side
            if ((preactivations(X, units) > 0) != agreed).any():
                return True
        return False


def on_unit_circle(X: np.ndarray) -> bool:
    """Whether X is (n, 2) with |x| = 1 to 1e-12 in every row."""
    if X.ndim != 2 or X.shape[1] != 2:
        return False
    return bool(np.all(np.abs(np.hypot(X[:, 0], X[:, 1]) - 1) <= UNIT_NORM_TOLERANCE))


def _lines(angles: np.ndarray) -> list[int]:
    """The line of each of the ascending angles: a new one for each farther than SAME_LINE from the
    first of its line, as a chain of close points may be long."""
    lines, first = [], angles[0]
    for angle in angles:
        new = angle - first > SAME_LINE
        first = angle if new else first
        lines.append(lines[-1] + new if lines else 0)
    return lines


def arrange(X: np.ndarray) -> Arrangement:
    """The cells of the rows of X (n, 2), which have norm 1 (see `on_unit_circle`) and n >= 1.

    A network is read out on the same points many times: the last few arrangements are kept.
    """
    return _arrange(np.asarray(X, dtype=float).tobytes())


@lru_cache(maxsize=8)
def _arrange(content: bytes) -> Arrangement:
    X = np.frombuffer(content).reshape(-1, 2)
    # The ray at which x switches on is x turned back by a quarter. Of it and its opposite one
    # has its angle in [0, pi); choosing by sign before arctan2 gives x and -x the same bits.
    ray = np.stack([X[:, 1], -X[:, 0]], axis=1)
    positive = (ray[:, 1] > 0) | ((ray[:, 1] == 0) & (ray[:, 0] > 0))
    ray = np.where(positive[:, None], ray, -ray)
    angle = np.arctan2(ray[:, 1], ray[:, 0])

    order = np.argsort(angle, kind="stable")
    line = np.empty(len(X), dtype=np.int64)
    line[order] = _lines(angle[order])
    if angle.min() + np.pi - angle.max() <= SAME_LINE:
        # The angle pi is the angle 0 again, seen from the other side.
        last = line == line.max()
        if line.max() > 0:
            line, positive = np.where(last, 0, line), positive ^ last
            angle = np.where(last, angle.min(), angle)

    if line.max() == 0:
        # A companion line without points keeps every cell narrower than half a turn.
        wide = arrange(np.vstack([X, [[-X[0, 1], X[0, 0]]]]))
        return replace(wide, line=wide.line[:-1], positive=wide.positive[:-1])

    # The first point of each line decides; their angles lie more than SAME_LINE apart.
    ranked = np.lexsort((angle, line))
    deciding = ranked[np.unique(line[ranked], return_index=True)[1]]
    border, opens, angle = X[deciding], positive[deciding], angle[deciding]
    return Arrangement(
        line=line,
        positive=positive,
        border=np.concatenate([border, border]),
        opens=np.concatenate([opens, ~opens]),
        angle=np.concatenate([angle, angle + np.pi]),
    )
