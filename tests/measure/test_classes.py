"""Several outputs that are classes: accuracies, and the kernels beside the networks'.

The oracle is the definition of each number, computed by loops from the predictions.
"""

import numpy as np
import pytest

from spheres import sphere
from wide_experiment import number, run
from widelimit.data.points import Points
from widelimit.measure.distances import paired_difference
from widelimit.measure.wide import MAX_EMPIRICAL_SIZE
from widelimit.measure.wide.metrics import _ensembles

ETA, STEPS, SCALES = 0.01, 40, {"gaussian": 3.0, "laplace": 0.5}


def points(n, rng):
    X = sphere(rng, n, 4)
    return Points(X, np.eye(3)[np.argmax(X[:, :3], axis=1)], None)


def tables(train, test, seeds=2):
    splits = {"train": train, "test": test}
    return run(splits, widths=[32], seeds=seeds, steps=STEPS, learning_rate=ETA, scales=SCALES)


@pytest.fixture(scope="module")
def classes():
    rng = np.random.default_rng(0)
    train, test = points(20, rng), points(15, rng)
    return train, test, tables(train, test)


def matrix(predictions, model, **at):
    rows = predictions[predictions["model"] == model]
    for column in ("seed", "step"):
        wanted = at.get(column)
        rows = rows[rows[column].isna() if wanted is None else rows[column] == wanted]
    f = np.full((15, 3), np.nan)
    for row in rows.itertuples():
        f[row.index, row.output] = row.f
    assert np.isfinite(f).all()
    return f


def right(f, test):
    hits = [max(range(3), key=row.__getitem__) for row in f.tolist()]
    return sum(y[hit] == 1 for y, hit in zip(test.y.tolist(), hits, strict=True)) / len(f)


def test_accuracies_are_shares_of_test_points(classes):
    _, test, (*_, predictions, metrics) = classes
    for seed in range(2):
        for step in (0, STEPS):
            at = {"seed": seed, "step": step}
            for metric, model in (
                ("test_accuracy", "network"),
                ("test_accuracy_ntk_corrected", "ntk_corrected"),
            ):
                assert number(metrics, metric, 32, **at) == right(
                    matrix(predictions, model, **at), test
                )
    for step in (STEPS, None):
        for model in ("ntk", "nngp"):
            f = matrix(predictions, model, step=step)
            assert number(metrics, f"test_accuracy_{model}", step=step) == right(f, test)


def test_networks_and_predictions_are_compared_point_by_point(classes):
    """Shares of networks that are wrong, by test point, and of what they are compared with."""
    _, test, (*_, predictions, metrics) = classes

    def wrong(model, seeds=(None,), step=None):
        each = [matrix(predictions, model, seed=seed, step=step) for seed in seeds]
        guesses = [[max(range(3), key=row.__getitem__) for row in f.tolist()] for f in each]
        true = test.y.argmax(axis=1)
        return [sum(own[i] != true[i] for own in guesses) / len(each) for i in range(15)]

    networks = wrong("network", (0, 1), STEPS)
    others = {"ntk": wrong("ntk_corrected", (0, 1), STEPS), "regression": wrong("ntk")}
    for name, other in others.items():
        found = [
            number(metrics, f"test_error_vs_{name}{end}", 32, step=STEPS) for end in ("", "_error")
        ]
        assert found == pytest.approx(paired_difference(networks, other))
        assert found[0] == pytest.approx((sum(networks) - sum(other)) / 15)


def test_a_prediction_that_diverged_leaves_the_comparison_with_regression(classes):
    _, test, (_, theory, *_, predictions, _) = classes
    rows = predictions.assign(
        f=predictions["f"].mask(predictions["model"] == "ntk_corrected", np.nan)
    )
    found = {row.metric for row in _ensembles(rows, theory, test)}
    assert "test_error_vs_regression" in found
    assert "test_error_vs_ntk" not in found


def test_the_corrected_prediction_has_an_error_too(classes):
    _, test, (*_, predictions, metrics) = classes
    f = matrix(predictions, "ntk_corrected", seed=1, step=STEPS)
    expected = np.sqrt(np.mean((f - test.y) ** 2))
    assert number(metrics, "test_rmse_ntk_corrected", 32, 1, STEPS) == pytest.approx(expected)


def test_other_kernels_interpolate_with_their_own_scale(classes):
    train, test, (*_, predictions, metrics) = classes
    distance = {
        name: np.array([[np.linalg.norm(x - z) for z in train.X] for x in part.X])
        for name, part in (("train", train), ("test", test))
    }
    for model, power in (("gaussian", 2), ("laplace", 1)):
        K, K_test = (np.exp(-SCALES[model] * d**power) for d in distance.values())
        f = K_test @ np.linalg.lstsq(K, train.y, rcond=None)[0]
        np.testing.assert_allclose(matrix(predictions, model), f, atol=1e-6)
        assert number(metrics, f"test_accuracy_{model}") == right(f, test)
        error = np.sqrt(np.mean((f - test.y) ** 2))
        assert number(metrics, f"test_rmse_{model}") == pytest.approx(error, rel=1e-6)


def test_targets_that_are_no_classes_have_no_accuracy():
    rng = np.random.default_rng(0)
    parts = (points(6, rng), points(15, rng))
    *_, metrics = tables(*(Points(part.X, part.X[:, :3] ** 2, None) for part in parts), seeds=1)
    assert not metrics["metric"].str.contains("accuracy|test_error").any()
    assert "test_rmse" in set(metrics["metric"])


@pytest.mark.slow
def test_many_points_and_outputs_do_without_the_empirical_ntk():
    n, rng = MAX_EMPIRICAL_SIZE // 3 + 1, np.random.default_rng(0)
    *_, ((_, networks),), _, predictions, metrics = tables(points(n, rng), points(15, rng), seeds=1)
    assert networks["ntk_train"].isna().all()
    assert "empirical_ntk" not in set(predictions["model"])
    assert not metrics["metric"].str.contains("empirical|drift|deviation").any()
    assert {"rmse_network_vs_ntk", "rmse_last_layer_vs_nngp"} <= set(metrics["metric"])
    assert len(networks["last_layer_train"].iloc[0]) == n * n
