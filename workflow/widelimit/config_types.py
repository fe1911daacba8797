"""Numbers in a configuration: as people write them, within limits."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def whole(**limits) -> Any:
    """A whole number within limits, as pydantic's Field names them."""
    return Annotated[int, Field(**limits), BeforeValidator(_whole_as_written)]


def number(**limits) -> Any:
    """A finite number within limits, as pydantic's Field names them."""
    finite = Field(**limits, allow_inf_nan=False)
    return Annotated[float, finite, BeforeValidator(_number_as_written)]


def _number_as_written(value: Any) -> Any:
    # YAML 1.1 reads 1e-2 as text: it wants 1.0e-2, which nobody writes.
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", value):
        return float(value)
    return value


def _whole_as_written(value: Any) -> Any:
    number = _number_as_written(value)
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return value
