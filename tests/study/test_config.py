"""The model of a study: its schema, the studies that ship, what it says of each key."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from checkout import ROOT
from widelimit.study.config import Study, describe, json_schema, load_study

SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"


def test_the_schema_is_that_of_the_model():
    assert SCHEMA.read_text() == json_schema(), "run `make schema`"


def test_the_description_of_the_keys_is_that_of_the_model():
    text = (ROOT / "config/README.md").read_text()
    assert text == describe.readme(), "run `make schema`"
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE))
    keys = {
        key
        for section in yaml.safe_load(SCHEMA.read_text())["$defs"].values()
        for key in section["properties"]
    }
    cells = [row.split(" | ") for row in rows.values()]
    assert all(len(row) == 3 and all(map(str.strip, row)) for row in cells)
    # An experiment is a part of a study; its sections are headings.
    assert set(rows) >= keys - {"data", "network", "kernels"}
    assert rows["training_seeds"].startswith("whole number from 1 to 10000 | `20` | ")
    assert rows["rcond"].startswith("number above 0 and below 1 or null | `null` | ")
    assert rows["engine"].startswith('`auto`, `dense`, `circle` | `"auto"` | ')
    assert rows["quantiles"].startswith("list of 2: number from 0 to 1 | `[0.1, 0.9]` | ")


def test_the_configuration_that_is_deployed_is_the_shipped_one():
    link = ROOT / "config/config.yaml"
    assert link.resolve() == ROOT / "config.yaml"
    # Relative, so that it is right in every clone.
    assert link.readlink() == Path("../config.yaml")


@pytest.mark.parametrize("path", [ROOT / "config.yaml", *sorted((ROOT / "studies").glob("*.yaml"))])
def test_every_study_is_valid_by_model_and_by_schema(path: Path):
    config = yaml.safe_load(path.read_text())
    load_study(config)
    # YAML 1.1 reads 1e-2 as text, which the model takes for the number it is.
    numbers = yaml.safe_load(re.sub(r"\b(\d)e-", r"\1.0e-", path.read_text()))
    jsonschema.validate(numbers, yaml.safe_load(SCHEMA.read_text()))


def test_values_may_come_as_text_as_the_command_line_gives_them():
    given = {
        "seed": "3",
        "allow_unstable": "true",
        "network": {"seeds": "4", "widths": ["64", "1e3"], "checkpoints": "null"},
        "data": {"noise_std": "1e-2", "bias": "false", "outputs": "2"},
        "kernels": {"ridge": ".5"},
        "variants": {"interval": "null"},
    }
    meant = {
        "seed": 3,
        "allow_unstable": True,
        "network": {"seeds": 4, "widths": [64, 1000], "checkpoints": None},
        "data": {"noise_std": 0.01, "bias": False, "outputs": 2},
        "kernels": {"ridge": 0.5},
        "variants": {"interval": None},
    }
    assert load_study(given) == load_study(meant)


def lines_with_keys(node: yaml.Node) -> set[int]:
    if not isinstance(node, yaml.MappingNode):
        return set()
    own = {key.start_mark.line for key, _ in node.value}
    return own.union(*(lines_with_keys(value) for _, value in node.value))


def test_every_key_of_the_shipped_study_has_a_comment_of_its_own():
    """In the line above, or behind its value. Keys within braces share a line and its comment."""
    text = (ROOT / "config.yaml").read_text()
    lines = text.splitlines()
    for i in lines_with_keys(yaml.compose(text)):
        assert lines[i - 1].strip().startswith("#") or "  # " in lines[i], lines[i]


def test_every_field_of_the_model_is_described():
    def walk(model):
        for name, field in model.model_fields.items():
            kind = field.annotation
            if isinstance(kind, type) and hasattr(kind, "model_fields"):
                assert kind.__doc__
                walk(kind)
            else:
                assert field.description, name

    walk(Study)
