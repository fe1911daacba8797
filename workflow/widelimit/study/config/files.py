"""Configurations in files: YAML read and laid over one another, and the JSON schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from widelimit.study.config.errors import ConfigError, readable
from widelimit.study.config.study import Study


def read_configs(paths: Iterable[str]) -> dict:
    """What YAML files say, each laid over those before it, as Snakemake does it.

    Raises ConfigError, naming the file, where one cannot be read.
    """
    config: dict = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                config = _overlaid(config, yaml.safe_load(file) or {}, path)
        except RecursionError:
            raise ConfigError(f"{path}: nested too deeply, or containing itself") from None
        except (OSError, ValueError, yaml.YAMLError) as error:
            reason = readable(" ".join(str(error).split()))
            raise ConfigError(f"{path}: cannot be read as YAML in UTF-8: {reason}") from None
    return config


def _overlaid(below: Any, above: Any, path: str = "") -> Any:
    if path and not isinstance(above, dict):
        raise ValueError("must be lines of key: value")
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _overlaid(below.get(key), value) for key, value in above.items()}


def json_schema() -> str:
    """The JSON schema of a study, as YAML."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= _tidy(Study.model_json_schema())
    note = "# Generated from workflow/widelimit/config by `make schema`; do not edit.\n"
    return note + yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=96)


def _tidy(schema: Any) -> Any:
    """Without pydantic's titles, which repeat the keys, and with descriptions in one line."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(part.split()) if key == "description" else _tidy(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str))
    }
