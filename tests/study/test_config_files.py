"""Configurations are read as they are written."""

from __future__ import annotations

import pytest

from widelimit.study.config import ConfigError, read_configs


def read(tmp_path, text):
    (tmp_path / "study.yaml").write_text(text)
    return read_configs([tmp_path / "study.yaml"])


@pytest.mark.parametrize(
    "text, words",
    [
        ("seed: 1\nseed: 2\n", "seed is there twice, lines 1 and 2"),
        ("network:\n  seeds: 1\ndata: {n_train: 3}\nnetwork: {}\n", "network .* lines 1 and 4"),
        ("network: {steps: 1, seeds: 2, steps: 1}\n", "steps .* lines 1 and 1"),
        ("variants:\n  a:\n    data: {}\n    data: {}\n", "data .* lines 3 and 4"),
        ("variants: {a: [{b: 1, b: 2}]}\n", "b is there twice"),
    ],
)
def test_a_key_that_is_there_twice_is_refused_with_its_lines(tmp_path, text, words):
    with pytest.raises(ConfigError, match=rf"study\.yaml: {words}"):
        read(tmp_path, text)


def test_one_key_in_two_sections_or_files_is_fine(tmp_path):
    (tmp_path / "below.yaml").write_text("data: {n_train: 3}\nseed: 1\n")
    (tmp_path / "study.yaml").write_text("data: {n_train: 4}\nnetwork: {n_train: 5}\n")
    config = read_configs([tmp_path / "below.yaml", tmp_path / "study.yaml"])
    assert config == {"data": {"n_train": 4}, "network": {"n_train": 5}, "seed": 1}


def test_what_is_merged_from_an_anchor_may_be_overridden(tmp_path):
    text = "variants:\n  a: &a {seeds: 1, steps: 2}\n  b: {<<: *a, steps: 3}\n"
    assert read(tmp_path, text)["variants"]["b"] == {"seeds": 1, "steps": 3}
