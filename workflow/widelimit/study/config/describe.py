"""config/README.md: every key of a configuration in tables, from the model."""

import json
from collections.abc import Mapping
from typing import Any

from widelimit.study.config.files import tidy_schema
from widelimit.study.config.types import PATTERNS

INTRODUCTION = """\
# The configuration of a study

Generated from the model in `workflow/widelimit/study/config` by `make schema`; do not edit.

A study is one YAML file. `config.yaml`, in this folder and above it, is the shipped one, with a
comment at each key. What a file given with `--configfile` leaves out is as in `config.yaml`, but
for `variants`, `beyond` and `scale`: a study has those further experiments that its own file names,
and none of the shipped study's. What is in neither file is as below. An unknown key, a value out of
range or of another type is refused in one line before anything runs.

Numbers may be written as `1e-2` or `100_000`; `null` stands for nothing."""

_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
_TYPES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true, false"}


def readme() -> str:
    """The whole text, Markdown."""
    schema = tidy_schema()
    sections, plain = {}, {}
    for name, key in schema["properties"].items():
        section = schema["$defs"].get(key.get("$ref", "").rpartition("/")[2])
        (sections if section else plain)[name] = section or key
    parts = [INTRODUCTION, _section("The whole study", "", plain)]
    for name, section in sections.items():
        parts.append(_section(f"`{name}`", section.get("description", ""), section["properties"]))
    return "\n\n".join(parts) + "\n"


def _section(title: str, text: str, keys: Mapping[str, Any]) -> str:
    lines = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, key in keys.items():
        cells = (f"`{name}`", _kind(key), f"`{_written(key['default'])}`", key["description"])
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n\n".join(filter(None, [f"## {title}", text, "\n".join(lines)]))


def _kind(key: Mapping[str, Any]) -> str:
    """Type and range, in words."""
    if "anyOf" in key:
        return " or ".join(map(_kind, key["anyOf"]))
    if "enum" in key:
        return ", ".join(f"`{value}`" for value in key["enum"])
    match key.get("type"):
        case "null":
            return "null"
        case "array":
            return f"list of {_counted(key)}{_kind(key['items'])}"
        case "object":
            kinds = key.get("additionalProperties") or next(iter(key["patternProperties"].values()))
            return "names, each with " + _kind(kinds) if isinstance(kinds, dict) else "keys"
    if "pattern" in key:
        return PATTERNS[key["pattern"]]
    return f"{_TYPES[key['type']]} {_limits(key)}".strip()


def _counted(key: Mapping[str, Any]) -> str:
    low, high = key.get("minItems", 0), key.get("maxItems")
    if low == high:
        return f"{low}: "
    return f"{low} to {high}: " if high else ""


def _limits(key: Mapping[str, Any]) -> str:
    if "minimum" in key and "maximum" in key:
        return f"from {_written(key['minimum'])} to {_written(key['maximum'])}"
    return " and ".join(
        f"{text} {_written(key[name])}" for name, text in _LIMITS.items() if name in key
    )


def _written(value: Any) -> str:
    """As in a YAML file."""
    if isinstance(value, int) and value >= 2**13 and value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    if isinstance(value, float) and (value >= 1e5 or 0 < value < 1e-3):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)
