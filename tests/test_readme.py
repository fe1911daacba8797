"""What the README shows can be typed as it stands."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

import widelimit
from widelimit.config import load_study
from widelimit.readme import with_findings

README = (Path(__file__).parents[1] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_library_example_runs_and_agrees_with_theory():
    (example,) = blocks("python")
    # A thousandth of the steps: the agreement is a matter of width, and this is no long test.
    example = example.replace("10_000", "100")
    names: dict = {}
    exec(example, names)
    f = widelimit.forward(names["X"], names["trained"].A, names["trained"].B)
    assert np.sqrt(np.mean((f - names["theory"]) ** 2)) < 0.02


def test_the_configuration_example_is_valid():
    for example in blocks("yaml"):
        load_study(yaml.safe_load(example))


def test_findings_go_between_the_markers():
    text = "a\n<!-- findings -->\nold\n<!-- /findings -->\nb\n"
    new = with_findings(text, [r"one \1", "two"])
    assert new == "a\n<!-- findings -->\n\n- one \\1\n- two\n\n<!-- /findings -->\nb\n"
    assert with_findings(new, [r"one \1", "two"]) == new
    with pytest.raises(ValueError, match="must have the lines"):
        with_findings("a", [])


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
