"""Kernels on classes, ridge and scale chosen by validation: once more by scikit-learn."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import confusion_matrix

from widelimit.data.datasets import DATASETS
from widelimit.data.points import make_points
from widelimit.kernels.gram import gaussian_gram, laplace_gram, nngp_gram, ntk_gram
from widelimit.measure import classes
from widelimit.measure.classes import measure
from widelimit.measure.metric_meanings import METRIC_MEANINGS

POINTS = {"root": 3, "source": "wine", "n_train": 60, "n_test": 40, "noise_std": 0.0}
RIDGES, SCALES = [1e-3, 0.1, 10.0], {"gaussian": [0.1, 100.0], "laplace": [1.0]}
GRAMS = {
    "linear": lambda X, Z: 1 + X @ Z.T,
    "ntk": ntk_gram,
    "nngp": nngp_gram,
    "gaussian": gaussian_gram,
    "laplace": laplace_gram,
}
Z = 1.959963984540054


@pytest.fixture(scope="module")
def tables():
    return measure(
        points=POINTS | {"standardise": True},
        activation="erf",
        validation=0.25,
        ridges=RIDGES,
        scales=SCALES,
    )


@pytest.fixture(scope="module")
def splits():
    return make_points(**POINTS, standardise=True)


def predict(kernel, scale, ridge, X, y, at):
    gram = GRAMS[kernel]
    options = {"activation": "erf"} if kernel in ("ntk", "nngp") else {}
    options |= {} if np.isnan(scale) else {"scale": scale}
    regression = KernelRidge(kernel="precomputed", alpha=ridge)
    return regression.fit(gram(X, X, **options), y).predict(gram(at, X, **options))


def test_every_candidate_is_tried_on_the_last_quarter_of_the_training_points(tables, splits):
    choices, train = tables["choices"], splits["train"]
    assert len(choices) == 6 * len(RIDGES)
    for row in choices.itertuples():
        f = predict(row.kernel, row.scale, row.ridge, train.X[:45], train.y[:45], train.X[45:])
        wrong = f.argmax(axis=1) != train.y[45:].argmax(axis=1)
        assert row.validation_error == np.mean(wrong)
        expected = np.sqrt(np.mean((f - train.y[45:]) ** 2))
        assert row.validation_rmse == pytest.approx(expected, rel=1e-8)


def test_the_best_candidate_is_fitted_to_all_and_tested(tables, splits):
    train, test = splits["train"], splits["test"]
    true, labels = test.y.argmax(axis=1), DATASETS["wine"].labels
    guesses = []
    for row in tables["errors"].itertuples():
        own = tables["choices"][tables["choices"]["kernel"] == row.kernel]
        keys = ["validation_error", "validation_rmse"]
        best = own.sort_values(keys).iloc[0]
        assert own[own["chosen"] == 1].index.tolist() == [best.name]
        assert row.ridge == best["ridge"]
        guessed = predict(row.kernel, row.scale, row.ridge, train.X, train.y, test.X).argmax(axis=1)
        guesses.append(guessed)
        e = row.test_error
        assert e == pytest.approx(np.mean(guessed != true))
        assert row.standard_error == pytest.approx(np.sqrt(e * (1 - e) / 40))
        # Wilson (1927): the shares e0 from which e is Z standard errors away, under e0.
        for end in (row.lower, row.upper):
            assert abs(e - end) == pytest.approx(Z * np.sqrt(end * (1 - end) / 40), abs=1e-9)
        own = tables["confusion"][tables["confusion"]["kernel"] == row.kernel]
        counts = own["points"].to_numpy().reshape(3, 3)
        np.testing.assert_array_equal(counts, confusion_matrix(true, guessed, labels=[0, 1, 2]))
        assert own["label"].tolist() == [label for label in labels for _ in labels]
    wrong = np.flatnonzero([all(guess[i] != true[i] for guess in guesses) for i in range(40)])
    assert tables["wrong"]["index"].tolist() == wrong.tolist()
    for row in tables["wrong"].itertuples():
        np.testing.assert_array_equal(row.inputs, test.X[row.index])
        assert row.label == labels[true[row.index]]
        assert set(row.guesses.split(", ")) == {labels[g[row.index]] for g in guesses}


def test_kernels_are_compared_point_by_point(tables, splits):
    """Beside the class that is most frequent among the training points; linear regression where
    points are images, and a published error where there is one."""
    train, test = splits["train"], splits["test"]
    assert set(tables["measured"]["experiment"]) == {"classes"}
    value = tables["measured"].set_index("metric")["value"]
    true = test.y.argmax(axis=1)
    guess = true != np.bincount(train.y.argmax(axis=1)).argmax()
    assert value["test_error_guess"] == np.mean(guess)
    for row in tables["errors"].itertuples():
        f = predict(row.kernel, row.scale, row.ridge, train.X, train.y, test.X)
        own = f.argmax(axis=1) != true
        assert value[f"test_error_{row.kernel}"] == row.test_error
        assert value[f"test_error_{row.kernel}_error"] == row.standard_error
        if row.kernel != "linear":
            difference = value[f"test_error_{row.kernel}_vs_guess"]
            assert difference == pytest.approx(own.mean() - guess.mean())
    assert not value.index.str.contains("linear_vs|vs_linear|published").any()


def test_images_are_compared_with_linear_regression_and_what_was_published(monkeypatch):
    points = {"root": 0, "source": "digits", "n_train": 60, "n_test": 100, "noise_std": 0.0}
    monkeypatch.setattr(classes, "PUBLISHED", {("digits", 60, "ntk", "relu"): 0.125})
    given = {"activation": "relu", "validation": 0.3, "ridges": [1.0], "scales": SCALES}
    tables = measure(points=points, **given)
    value = tables["measured"].set_index("metric")["value"]
    errors = tables["errors"].set_index("kernel")
    for kernel in {*GRAMS} - {"linear"}:
        expected = errors.loc[kernel, "test_error"] - errors.loc["linear", "test_error"]
        assert value[f"test_error_{kernel}_vs_linear"] == pytest.approx(expected)
    assert value["test_error_ntk_vs_published"] == errors.loc["ntk", "test_error"] - 0.125
    error = value["test_error_ntk_vs_published_error"]
    assert error == errors.loc["ntk", "standard_error"]
    assert errors["published"].dropna().to_dict() == {"ntk": 0.125}
    assert set(tables["measured"]["metric"]) <= set(METRIC_MEANINGS)
