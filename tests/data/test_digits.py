from __future__ import annotations

import sys

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from checkout import ROOT
from widelimit.data.points import make_points
from widelimit.study.arguments import data_arguments
from widelimit.study.checks import check_study
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError

STUDY = load_study(yaml.safe_load((ROOT / "studies/digits.yaml").read_text()))
MADE = {"root": 0, "source": "digits", "noise_std": 0.0}


def test_each_point_is_an_image_with_its_own_digit():
    images, labels = load_digits(return_X_y=True)
    known = {}
    for image, label in zip(images, labels, strict=True):
        direction = image / np.sqrt(sum(v * v for v in image))
        known[tuple(direction.round(9))] = label
    parts = make_points(n_train=1000, n_test=797, **MADE)
    X = np.concatenate([part.X for part in parts.values()])
    y = np.concatenate([part.y for part in parts.values()])
    assert y.shape == (1797, 10)
    found = [known[tuple(x.round(9))] for x in X]
    assert [row.tolist().index(1) for row in y] == found
    assert (np.sort(y, axis=1) == [0] * 9 + [1]).all()
    # All that there are, so that none was drawn twice.
    assert np.bincount(found).tolist() == np.bincount(labels).tolist()
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 1, rtol=1e-14)


def test_noise_leaves_the_test_classes_alone():
    noisy = make_points(n_train=30, n_test=20, **MADE | {"noise_std": 0.5})
    clean = make_points(n_train=30, n_test=20, **MADE)
    assert 0.4 < (noisy["train"].y - clean["train"].y).std() < 0.6
    np.testing.assert_array_equal(noisy["test"].y, clean["test"].y)


def test_there_are_no_more_digits_than_that():
    with pytest.raises(ValueError, match=r"at most 1797.*got 1000 \+ 798"):
        make_points(n_train=1000, n_test=798, **MADE)


def test_a_missing_scikit_learn_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ConfigError) as caught:
        check_study(STUDY)
    message = str(caught.value)
    assert message.startswith("data.source: source digits needs scikit-learn")
    assert "pip install" in message
    assert "\n" not in message


def test_the_shipped_study_is_sound():
    check_study(STUDY)
    assert STUDY.data.n_outputs == 10
    part = make_points(root=STUDY.seed, **data_arguments(STUDY.data))["train"]
    assert part.X.shape == (STUDY.data.n_train, STUDY.data.n_inputs)
