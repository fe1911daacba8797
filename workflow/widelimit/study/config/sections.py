"""What the sections of a configuration share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from widelimit.data.targets import check_expression
from widelimit.kernels.activations import parse_activation


def _known_activation(name: str) -> str:
    parse_activation(name)
    return name


def _distinct(values: list) -> list:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"each value may stand once; {', '.join(map(str, twice))} stands twice")
    return values


def _in_t(target: str) -> str:
    check_expression(target, ("t", "x_0", "x_1"))
    return target


Activation = Annotated[str, AfterValidator(_known_activation)]
Distinct = AfterValidator(_distinct)
Name = Annotated[str, Field(min_length=1, max_length=100)]
Target = Annotated[str, Field(min_length=1)]
TargetInT = Annotated[Target, AfterValidator(_in_t)]

MAX_WIDTH = 2**26


class Section(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
