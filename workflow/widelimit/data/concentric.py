"""A feature map that makes a curved boundary flat: concentric circles and the radius.

Points are rows (n, 2); labels are -1 or +1, shape (n,).
"""

from collections.abc import Sequence

import numpy as np


def concentric_circles(radii: Sequence[float], n: int) -> tuple[np.ndarray, np.ndarray]:
    """n points evenly spread on each circle about 0: points (len(radii) n, 2), circle number.

    Raises ValueError unless the radii are positive and n >= 1.
    """
    if n < 1 or min(radii) <= 0:
        raise ValueError(f"radii must be positive and n at least 1; got {list(radii)}, {n}")
    angles = 2 * np.pi * (np.arange(n) + 0.5) / n
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.concatenate([radius * circle for radius in radii])
    return points, np.repeat(np.arange(len(radii)), n)


def with_radius(points: np.ndarray) -> np.ndarray:
    """psi(x) = (x_1, x_2, |x|), shape (n, 3); its kernel is psi(x).psi(z) = x.z + |x||z|."""
    return np.column_stack([points, np.linalg.norm(points, axis=1)])


def best_line(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float, int]:
    """The straight line w.x = b that gets most labels right by sign(w.x - b), exactly.

    Returns the unit normal w (2,), the offset b and how many of the n labels are right; of
    several such lines, one that lies in the widest gap along its normal. Source: the order of
    the points along w changes only where w turns through a normal of some pair of points
    (Edelsbrunner 1987, chapter 1), so that one direction between each two such normals covers
    every order, and with each a threshold between each two neighbours every line.
    Raises ValueError for points that are not (n, 2), or labels other than -1 and +1.
    """
    points, labels = np.asarray(points, dtype=float), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(
            f"points must be (n, 2) with n labels; got shapes {points.shape}, {labels.shape}"
        )
    if not np.isin(labels, (-1, 1)).all():
        raise ValueError(f"labels must be -1 or +1; got {np.unique(labels)}")
    directions = _directions(points)
    along = directions @ points.T
    order = np.argsort(along, axis=1)
    along = np.take_along_axis(along, order, axis=1)
    signs = labels[order]
    # right[d, m]: labels right where the first m points along d are called -1, the others +1.
    minus_before = np.pad(np.cumsum(signs == -1, axis=1), ((0, 0), (1, 0)))
    plus_before = np.pad(np.cumsum(signs == 1, axis=1), ((0, 0), (1, 0)))
    right = minus_before + plus_before[:, -1:] - plus_before
    ends = np.stack([along[:, 0] - 1, along[:, -1] + 1], axis=1)
    edges = np.concatenate([ends[:, :1], along, ends[:, 1:]], axis=1)
    gap = np.where(right == right.max(), np.diff(edges, axis=1), -1.0)
    # Lines that symmetry makes equal must not be told apart by rounding: the first is taken.
    d, m = np.unravel_index(np.argmax(gap.round(9)), gap.shape)
    return directions[d], float(edges[d, m] + edges[d, m + 1]) / 2, int(right.max())


def _directions(points: np.ndarray) -> np.ndarray:
    """One unit vector between each two neighbouring normals of pairs of points, and its negative:
    a call of -1 for what lies before needs both."""
    i, j = np.triu_indices(len(points), k=1)
    difference = points[i] - points[j]
    critical = np.arctan2(difference[:, 0], -difference[:, 1]) % np.pi
    # Pairs that are parallel but for rounding would leave a direction between them.
    critical = np.unique(critical.round(12) % np.pi) if len(critical) else np.zeros(1)
    between = (critical + np.append(critical[1:], critical[0] + np.pi)) / 2
    half = np.stack([np.cos(between), np.sin(between)], axis=1)
    return np.concatenate([half, -half])
