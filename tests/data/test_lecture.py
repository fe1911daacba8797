"""The lecture's published numbers are the oracle here: they were computed by other code."""

import numpy as np
import pytest
import yaml

from checkout import ROOT
from widelimit.data.lecture import PUBLISHED, WIDTH, linear_data
from widelimit.data.points import make_points
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.networks.model import forward, initialise
from widelimit.networks.tangent import empirical_ntk
from widelimit.study.arguments import data_arguments
from widelimit.study.checks import check_study
from widelimit.study.config import load_study
from widelimit.training import train

STUDY = load_study(yaml.safe_load((ROOT / "studies/lecture.yaml").read_text()))


def points(name="step7"):
    return make_points(root=STUDY.seed, **data_arguments(STUDY.experiments()[name].data))


def squares(f, g):
    return sum((a - b) ** 2 for a, b in zip(f, g, strict=True)) / len(f)


@pytest.mark.parametrize(
    "name, error",
    [
        ("step7", PUBLISHED["ntk_bias"]),
        # Not in the lecture: of its code without the bias, run once more.
        ("no_bias", 0.508383),
    ],
)
def test_ntk_regression_has_the_published_test_error(name, error):
    parts = points(name)
    X, y, Z = parts["train"].X, parts["train"].y[:, 0], parts["test"].X
    f = kernel_regression(ntk_gram(X), ntk_gram(Z, X), y)
    assert squares(f, parts["test"].y[:, 0]) == pytest.approx(error, abs=1e-6)


def test_the_stage_writes_the_published_test_error():
    parts = points()
    _, theory = fit_kernels(
        parts["train"],
        parts["test"],
        activation="relu",
        learning_rate=STUDY.network.learning_rate,
        checkpoints=[0],
        ridge=0.0,
        rcond=None,
    )
    limit = theory[(theory["model"] == "ntk") & theory["step"].isna()].sort_values("index")
    found = squares(limit["mean"], parts["test"].y[:, 0])
    assert found == pytest.approx(PUBLISHED["ntk_bias"], rel=1e-12)


def test_the_study_is_the_lecture_s():
    check_study(STUDY)
    assert STUDY.seed == 2134
    assert (STUDY.data.n_train, STUDY.data.n_test, STUDY.data.dimension) == (32, 100, 100)
    assert STUDY.data.n_inputs == points()["train"].X.shape[1] == 101
    # The gradient of the mean of squares is 2 / 32 of that of half their sum.
    assert STUDY.network.learning_rate == 1e-2 * 2 / 32
    assert WIDTH in STUDY.network.widths


def test_the_bias_is_a_coordinate_of_one():
    with_bias, without = points()["test"], points("no_bias")["test"]
    assert (with_bias.X[:, -1] == 1).all()
    np.testing.assert_array_equal(with_bias.X[:, :-1], without.X)
    np.testing.assert_allclose(np.linalg.norm(without.X, axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(with_bias.y, without.y)


def test_the_targets_are_linear_and_the_seed_decides():
    X, y, Z, y_test = linear_data(7, n_train=9, n_test=4, d=5)
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(Z @ w, y_test, rtol=1e-12)
    assert (linear_data(8, n_train=9, n_test=4, d=5)[0] != X).all()
    with pytest.raises(ValueError, match=r"seed must lie in \[0, 2\^32\).*got 4294967296"):
        linear_data(2**32, n_train=2, n_test=2, d=2)


@pytest.mark.heavy
def test_networks_are_as_far_from_their_predictions_as_published():
    """Published is one network: it must lie where ours do, in logarithms within 3 deviations.

    A learning rate 32 times the lecture's, two thirds of 2 / lambda_max, reaches the same function
    in a thirty-second of its steps.
    """
    parts = points()
    X, y, Z = parts["train"].X, parts["train"].y[:, 0], parts["test"].X
    K, K_test = ntk_gram(X), ntk_gram(Z, X)
    rate = 32 * STUDY.network.learning_rate
    found = []
    for seed in range(6):
        A, B = initialise(WIDTH, 101, rng=np.random.default_rng(seed))
        end = train(X, y, A, B, learning_rate=rate, steps=600, checkpoints=[600], X_test=Z)
        assert 2 * end.losses[-1] / len(y) < 1e-10  # where the lecture's training stops
        f0, f0_test = forward(X, A, B), forward(Z, A, B)
        own, own_test = empirical_ntk(X, X, A, B), empirical_ntk(Z, X, A, B)
        found.append(
            [
                squares(end.f_test[0], f0_test + gram_test @ np.linalg.solve(gram, y - f0))
                for gram, gram_test in ((K, K_test), (own, own_test))
            ]
        )
    logarithms = np.log(found)
    mean, spread = logarithms.mean(axis=0), logarithms.std(axis=0, ddof=1)
    published = np.log([PUBLISHED[f"network_vs_{kernel}"] for kernel in ("ntk", "empirical_ntk")])
    assert (spread < 0.5).all()
    assert (np.abs(published - mean) < 3 * spread * np.sqrt(1 + 1 / len(found))).all()
