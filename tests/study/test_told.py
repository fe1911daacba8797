"""What Snakemake keeps of what a job is told, and what the job gets."""

import json
import pickle

import pytest

from widelimit.study.told import told

SETTINGS = {"learning_rate": 0.01, "widths": [16, 64]}


@pytest.mark.parametrize("value", [SETTINGS, "3fa2", 7, None, [1, 2]])
def test_a_job_gets_the_plain_value(value):
    named = told("network", value)
    for plain in (pickle.loads(pickle.dumps(named)), json.loads(json.dumps(named))):
        assert type(plain) is type(value)
        assert plain == value == named


def test_snakemake_prints_names_and_digests():
    printed = repr(told("network", SETTINGS))
    assert printed.startswith("network ")
    assert "learning_rate" not in printed
    assert printed == repr(told("network", dict(SETTINGS)))
    assert printed != repr(told("network", SETTINGS | {"learning_rate": 0.02}))
    assert repr(told("code", "3fa2")) == "code 3fa2"
    assert repr(told("seeds", 7)) == "7"
