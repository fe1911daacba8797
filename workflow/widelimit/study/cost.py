"""How long training takes at most, roughly: what is asked of a cluster, which cuts off what is
longer. Twice to ten times what was measured on one core of 2024.
"""

from __future__ import annotations

import math


def training_seconds(
    engine: str, *, width: int, n_train: int, steps: int, checkpoints: int = 0
) -> float:
    """Seconds for one network of `width` hidden units.

    dense     every pair of a unit and a point at every step, 1e8 of them a second
    circle    a step costs its points and the units at their kinks, of which there are some
              sqrt(width); setting up and each checkpoint cost every unit

    Raises ValueError for another engine.
    """
    if engine == "dense":
        return 1e-8 * width * n_train * steps
    if engine == "circle":
        step = 3e-7 * n_train + 5e-8 * math.sqrt(width)
        return step * steps + 2e-7 * width * (10 + checkpoints)
    raise ValueError(f"engine must be dense or circle; got {engine!r}")
