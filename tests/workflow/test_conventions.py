"""The workflow's own linters, and texts that are generated from models."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from checkout import ROOT
from widelimit.report.describe_tables import readme
from widelimit.study.config import Study, json_schema, load_study

SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def test_python_is_clean():
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")


def test_snakefmt_is_content():
    run("snakefmt", "--check", "Snakefile", "workflow")


def test_snakemake_lint_is_content():
    assert "Congratulations" in run("snakemake", "--lint")


def test_the_schema_is_that_of_the_model():
    assert SCHEMA.read_text() == json_schema(), "run `make schema`"


def test_the_description_of_the_tables_is_that_of_the_schemas():
    assert (ROOT / "results/README.md").read_text() == readme(), "run `make schema`"


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


def test_every_key_of_the_shipped_study_has_a_comment():
    lines = (ROOT / "config.yaml").read_text().splitlines()
    for i, line in enumerate(lines):
        if line.strip().startswith("#") or not line.strip():
            continue
        # A comment may speak of the keys that follow it, up to the next blank line.
        block = lines[max(0, i - 6) : i + 1]
        assert any(part.strip().startswith("#") for part in block), line


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
