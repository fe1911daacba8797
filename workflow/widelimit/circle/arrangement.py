"""Points on the unit circle, and the cells into which their lines x.b = 0 cut the plane of b.

Turn a unit's weight b once round the origin: a point x switches on at one angle (x.b becomes
positive) and off half a turn later. Sorted, these angles are the borders 0..2H-1 of 2H cells, and
every unit of a cell is active on the same points. Cell g lies above border g-1 and below border g,
counter-clockwise, cyclically; border h + H is the other half of the line of border h < H.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

UNIT_NORM_TOLERANCE = 1e-12
SAME_LINE = 8 * np.finfo(float).eps
"""Lines closer in angle than the rounding of x.b can tell apart are one line."""


@dataclass(frozen=True)
class Arrangement:
    """The 2H cells of n points on the unit circle, H >= 2.

    line (n,)         in 0..H-1: the point's line; duplicate and antipodal points share one
    positive (n,)     True where the point is active on the cells line+1 .. line+H, else False:
                      active on line+H+1 .. line+2H, cyclically
    normals (H, 2)    unit normal of each line, its half-plane normal.b > 0 being line+1 .. line+H
    border (2H, 2)    the direction e that decides at this border: e.b > 0 on one side, and
    opens (2H,)       True where e.b > 0 above the border, False where e.b > 0 below it; e.b = 0
                      belongs to the other side, as relu'(0) = 0
    angle (2H,)       of the border's ray, ascending in [0, 2 pi)
    two_sided (H,)    the line has points on both sides, so that e.b = 0 belongs to neither cell
    """

    line: np.ndarray
    positive: np.ndarray
    normals: np.ndarray
    border: np.ndarray
    opens: np.ndarray
    angle: np.ndarray
    two_sided: np.ndarray

    @property
    def lines(self) -> int:
        return len(self.normals)

    @property
    def cells(self) -> int:
        return 2 * self.lines

    def active_arc(self) -> tuple[np.ndarray, np.ndarray]:
        """(first, last + 1) cell of each point's arc of active cells; last + 1 may exceed 2H."""
        first = self.line + 1 + np.where(self.positive, 0, self.lines)
        return first, first + self.lines


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
    """The cells of the rows of X (n, 2), which have norm 1 (see `on_unit_circle`) and n >= 1."""
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
            ray = np.where(last[:, None], -ray, ray)
            angle = np.where(last, angle.min(), angle)

    if line.max() == 0:
        # A companion line without points keeps every cell narrower than half a turn.
        wide = arrange(np.vstack([X, [[-X[0, 1], X[0, 0]]]]))
        return replace(wide, line=wide.line[:-1], positive=wide.positive[:-1])

    # Of each line its first angle: those of two lines lie more than SAME_LINE apart.
    _, first = np.unique(line[order], return_index=True)
    representative = order[first]
    ray, angle = ray[representative], angle[representative]
    normals = np.stack([-ray[:, 1], ray[:, 0]], axis=1)
    normals /= np.hypot(normals[:, 0], normals[:, 1])[:, None]
    has_positive, has_negative = (
        np.bincount(line[side], minlength=len(ray)) > 0 for side in (positive, ~positive)
    )
    half = np.where(has_positive[:, None], normals, -normals)
    return Arrangement(
        line=line,
        positive=positive,
        normals=normals,
        border=np.concatenate([half, half]),
        opens=np.concatenate([has_positive, ~has_positive]),
        angle=np.concatenate([angle, angle + np.pi]),
        two_sided=has_positive & has_negative,
    )
