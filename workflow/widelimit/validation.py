"""Whole numbers among the arguments of public functions."""

from __future__ import annotations

import math
import numbers


def is_whole(value) -> bool:
    """Whether a value is a whole number: 3 and 1e5 are, 1.5, inf, True and "3" are not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    return math.isfinite(value) and value == int(value)


def whole(name: str, value, *, least: int) -> int:
    """The whole number as an int; ValueError with the argument's name for anything else."""
    if not is_whole(value) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}; got {value!r}")
    return int(value)
