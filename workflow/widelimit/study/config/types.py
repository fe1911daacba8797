"""Values of a configuration: numbers within limits, as people write them.

Text that reads as a number, true, false or null stands for it wherever no text is allowed: of
``--config 'network={seeds: 3}'`` Snakemake makes text, and YAML 1.1 of 1e-2.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

FOLDER, NAME = r"^[A-Za-z0-9_./-]+$", r"^[a-z][a-z0-9_]{0,39}$"
FILE = r"^[^{}\x00-\x1f]+$"
PATTERNS = {
    FOLDER: "a path of letters A-Z and a-z, digits and _ . / -",
    FILE: "a path without braces and control characters",
    NAME: "a name of up to 40 letters a-z, digits and _ that begins with a letter",
}
"""What matches, in words."""

_TEXTS = {"true": True, "false": False, "null": None}


def whole(**limits) -> Any:
    """A whole number within limits, as pydantic's Field names them."""
    return Annotated[int, Field(**limits), BeforeValidator(_whole_as_written)]


def number(**limits) -> Any:
    """A finite number within limits, as pydantic's Field names them."""
    finite = Field(**limits, allow_inf_nan=False)
    return Annotated[float, finite, BeforeValidator(_number_as_written)]


def optional(kind: Any) -> Any:
    """A kind that is no text, or null."""
    return Annotated[kind | None, BeforeValidator(_word_as_written)]


def _word_as_written(value: Any) -> Any:
    return _TEXTS.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_word_as_written)]
"""true or false."""


def _number_as_written(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value):
        return float(value) if re.search(r"[.eE]", value) else int(value)
    return value


def _whole_as_written(value: Any) -> Any:
    number = _number_as_written(value)
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return number
