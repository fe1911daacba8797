"""What is wrong with a configuration, in one readable line for each problem."""

import difflib
import re
import reprlib
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from widelimit.study.config.types import PATTERNS

Model = TypeVar("Model", bound=BaseModel)

# A few aliases in YAML make lists of billions, whose whole repr would take all memory.
_REPR = reprlib.Repr()
_REPR.maxlist = _REPR.maxdict = _REPR.maxset = 20
_REPR.maxlevel, _REPR.maxstring, _REPR.maxlong, _REPR.maxother = 3, 80, 80, 80


class ConfigError(ValueError):
    """A configuration that cannot be run; the message has one line for each problem."""


def validated(model: type[Model], values: Any, prefix: str = "") -> Model:
    """The model of the values. Raises ConfigError whose lines name the key, what is allowed and
    what was given; ``prefix`` goes before every key.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_lines(model, error, prefix))) from None
    except RecursionError:
        raise ConfigError("the configuration is nested too deeply") from None


def _lines(model: type[BaseModel], error: ValidationError, prefix: str) -> list[str]:
    """A line for each key in error: the members of a union were tried in turn, all in one line."""
    # Which member of a union or which validator complained does not concern the user.
    internal = r"(function-|constrained-|list\[|nullable|int$|str$|\[key\]$)"
    messages: dict[tuple[str, str], list[str]] = {}
    for problem in error.errors(include_url=False):
        path = [str(part) for part in problem["loc"] if not re.match(internal, str(part))]
        text, value = _message(model, path, problem), _shorten(problem["input"])
        # A check of a whole section begins its message with the key that it is about.
        if problem["type"] == "value_error" and (about := re.match(r"([a-z_]+): (?=.)", text)):
            path.append(about[1])
            text = text.removeprefix(about[0])
            value = ""
        messages.setdefault((prefix + ".".join(path), value), []).append(text)
    return [
        readable(
            f"{key}: " * bool(key)
            + ", or ".join(dict.fromkeys(texts))
            + f"; got {value}" * bool(value and all("; got " not in text for text in texts))
        )
        for (key, value), texts in messages.items()
    ]


def _message(model: type[BaseModel], path: list[str], problem: dict) -> str:
    """What is allowed."""
    if problem["type"] == "extra_forbidden":
        section = model
        for part in path[:-1]:
            section = section.model_fields[part].annotation
        allowed = list(section.model_fields)
        close = difflib.get_close_matches(path[-1], allowed, n=1)
        hint = f", did you mean {close[0]}?" if close else ";"
        return f"unknown key{hint} allowed are {', '.join(allowed)}"
    if problem["type"].startswith(("model_type", "dict_type")):
        return "must be a section (indented lines of key: value)"
    if problem["type"] == "string_pattern_mismatch":
        return f"must be {PATTERNS[problem['ctx']['pattern']]}"
    if problem["type"] == "string_too_short":
        return "must not be empty"
    if problem["type"] in ("too_short", "too_long"):
        end, limit = ("least", "min") if problem["type"] == "too_short" else ("most", "max")
        return f"must have {problem['ctx'][limit + '_length']} entries at {end}"
    if problem["type"] == "invalid_key":
        number = isinstance(problem["input"], int) and not isinstance(problem["input"], bool)
        comma = " (a comma ends a value: write 1000 for 1,000, and 0.5 for 0,5)"
        return "must be a name, as all keys are" + comma * number
    if problem["type"] == "string_type" and isinstance(problem["input"], (int, float, date)):
        return "must be text, in quotes where YAML takes it for something else"
    message = problem["msg"].removeprefix("Value error, ")
    return (
        message.replace("Input should be", "must be")
        .replace("a valid integer", "a whole number")
        .replace("a valid ", "a ")
    )


def readable(text: str, most: int = 1000) -> str:
    """One line of at most so many characters, with all that cannot be printed escaped."""
    line = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return line if len(line) <= most else line[: most - 3] + "..."


def _shorten(value: Any) -> str:
    text = _REPR.repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
