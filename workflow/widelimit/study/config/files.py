"""Configurations in files: YAML read and laid over one another, and the JSON schema."""

from collections.abc import Iterable
from typing import Any

import yaml

from widelimit.study.config.errors import ConfigError, readable
from widelimit.study.config.study import Study

EXTRAS = ("variants", "beyond", "scale")
"""Sections that no other study takes from config.yaml: experiments besides its main one."""


def with_own_extras(config: dict, own: dict) -> dict:
    """A study ``config`` that was laid over config.yaml, with the EXTRAS of its ``own`` files."""
    inherited = {name: values for name, values in config.items() if name not in EXTRAS}
    return inherited | {name: own[name] for name in EXTRAS if name in own}


def read_configs(paths: Iterable[str]) -> dict:
    """The study in YAML files: config.yaml, and over it the files of a study of its own, each laid
    over those before it, as Snakemake does it.

    Raises ConfigError, naming the file, where one cannot be read, has a key twice, or a number that
    YAML takes for another one.
    """
    config: dict = {}
    for i, path in enumerate(paths):
        if i == 1:
            config = with_own_extras(config, {})
        try:
            with open(path, encoding="utf-8") as file:
                config = _overlaid(config, yaml.load(file, _Loader) or {}, path)
        except RecursionError:
            raise ConfigError(f"{path}: nested too deeply, or containing itself") from None
        except _Refused as error:
            raise ConfigError(readable(f"{path}: {error}")) from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
        except (ValueError, yaml.YAMLError) as error:
            reason = readable(" ".join(str(error).split()))
            raise ConfigError(f"{path}: cannot be read as YAML in UTF-8: {reason}") from None
    return config


class _Refused(yaml.YAMLError):
    """What YAML reads as something else than what is written there."""


class _Loader(yaml.SafeLoader):
    """A loader without surprises. Of a key that is there twice, YAML keeps the last value and drops
    the others; 010 is 8 to it, in base 8, and 1:30 is 90, in base 60.
    """

    def construct_yaml_int(self, node):
        value, text = super().construct_yaml_int(node), node.value.replace("_", "")
        if text.lstrip("+-").isdigit() and int(text) != value:
            raise _Refused(f"{_line(node)}: {node.value} is {value} in YAML; leave out the first 0")
        return self._not_in_sixties(node, value)

    def construct_yaml_float(self, node):
        return self._not_in_sixties(node, super().construct_yaml_float(node))

    def _not_in_sixties(self, node, value):
        if ":" in node.value:
            raise _Refused(f"{_line(node)}: {node.value} is {value:g} in YAML; leave out the :")
        return value

    def construct_mapping(self, node, deep=False):
        if isinstance(node, yaml.MappingNode):
            lines: dict[tuple[str, str], int] = {}
            for key, _ in node.value:
                name, line = (key.tag, str(key.value)), key.start_mark.line + 1
                if name in lines:
                    raise _Refused(f"{key.value} is there twice, lines {lines[name]} and {line}")
                lines[name] = line
        return super().construct_mapping(node, deep)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


def _overlaid(below: Any, above: Any, path: str = "") -> Any:
    if path and not isinstance(above, dict):
        raise ValueError("must be lines of key: value")
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _overlaid(below.get(key), value) for key, value in above.items()}


def json_schema() -> str:
    """The JSON schema of a study, as YAML."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **tidy_schema()}
    note = "# Generated from workflow/widelimit/study/config by `make schema`; do not edit.\n"
    return note + yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=96)


def tidy_schema() -> dict[str, Any]:
    """The JSON schema without titles, which repeat the keys, and with descriptions in one line."""
    return _tidy(Study.model_json_schema())


def _tidy(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(part.split()) if key == "description" else _tidy(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str))
    }
