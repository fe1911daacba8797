"""Configurations are read as they are written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widelimit.study.config import ConfigError, load_study, read_configs


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


@pytest.mark.parametrize(
    "text, words",
    [
        ("data:\n  n_train: 010\n", "line 2: 010 is 8 in YAML; leave out the first 0"),
        ("network: {steps: -0_100}\n", "line 1: -0_100 is -64 in YAML"),
        ("network: {steps: 1:30}\n", "line 1: 1:30 is 90 in YAML; leave out the :"),
        ("network: {learning_rate: 1:0.5}\n", "line 1: 1:0.5 is 60.5 in YAML"),
    ],
)
def test_a_number_that_yaml_takes_for_another_is_refused(tmp_path, text, words):
    with pytest.raises(ConfigError, match=rf"study\.yaml: {words}"):
        read(tmp_path, text)


@given(number=st.integers(-(10**6), 10**6) | st.floats(1e-9, 1e9), zeros=st.integers(0, 2))
def test_a_number_is_read_in_base_ten_or_refused(tmp_path_factory, number, zeros):
    folder = tmp_path_factory.getbasetemp()
    sign, digits = ("-" if number < 0 else ""), str(abs(number))
    with suppress(ConfigError):
        value = read(folder, f"a: {sign}{'0' * zeros}{digits}\n")["a"]
        assert float(value) == number  # as text, where YAML sees no number


@pytest.mark.parametrize(
    "text, words",
    [
        ("network: {steps: 1,000}\n", "network.0: must be a name.*a comma ends a value"),
        ("network: {learning_rate: 0,5}\n", "network.5: must be a name.* write .*0.5 for 0,5"),
        ("network:\n  steps: 1,000\n", "steps: must be a whole number; got '1,000'"),
        ("network: {activation: no}\n", "activation: must be text, in quotes .*; got False"),
        ("data: {target: 2020-01-01}\n", "target: must be text, in quotes"),
        ("network:\nsteps: 3\n", "network: must be a section.*\nsteps: unknown key"),
        ("network: {on: 3}\n", "network.1: must be a name"),
    ],
)
def test_what_yaml_makes_of_what_people_write_is_explained(tmp_path, text, words):
    with pytest.raises(ConfigError, match=words):
        load_study(read(tmp_path, text))


def test_one_key_in_two_sections_or_files_is_fine(tmp_path):
    (tmp_path / "below.yaml").write_text("data: {n_train: 3}\nseed: 1\n")
    (tmp_path / "study.yaml").write_text("data: {n_train: 4}\nnetwork: {n_train: 5}\n")
    config = read_configs([tmp_path / "below.yaml", tmp_path / "study.yaml"])
    assert config == {"data": {"n_train": 4}, "network": {"n_train": 5}, "seed": 1}


def test_a_study_of_its_own_has_the_further_experiments_that_it_names_itself(tmp_path):
    texts = (
        "seed: 1\nvariants: {a: {seed: 2}}\nbeyond: {activations: [sin], seeds: 3}\n",
        "variants: {b: {seed: 4}}\n",
        "variants: {c: null}\n",
    )
    paths = [tmp_path / f"{i}.yaml" for i in range(3)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    assert read_configs(paths[:1])["beyond"] == {"activations": ["sin"], "seeds": 3}
    assert read_configs(paths) == {"seed": 1, "variants": {"b": {"seed": 4}, "c": None}}


def test_what_is_merged_from_an_anchor_may_be_overridden(tmp_path):
    text = "variants:\n  a: &a {seeds: 1, steps: 2}\n  b: {<<: *a, steps: 3}\n"
    assert read(tmp_path, text)["variants"]["b"] == {"seeds": 1, "steps": 3}
