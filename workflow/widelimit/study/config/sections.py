"""What the sections of a configuration share."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from widelimit.expressions import check_expression
from widelimit.kernels.activations import parse_activation


def _known_activation(name: str) -> str:
    parse_activation(name)
    return name


def _distinct(values: list) -> list:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(
            f"each value may be there once; {', '.join(map(str, twice))} is there twice"
        )
    return values


def _in_t(target: str) -> str:
    check_expression(target, ("t", "x_0", "x_1"))
    return target


Activation = Annotated[str, AfterValidator(_known_activation)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Target = Annotated[str, Field(min_length=1)]
TargetInT = Annotated[Target, AfterValidator(_in_t)]

MAX_STEPS = 10**9
MAX_WIDTH = 2**26


def distinct(kind: Any, *, most: int, least: int = 0) -> Any:
    """A list of at most so many values of a kind, each once."""
    lengths = Field(min_length=least or None, max_length=most)
    return Annotated[list[kind], lengths, AfterValidator(_distinct)]


class Section(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
