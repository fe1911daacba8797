import pytest

from widelimit.study import cost
from widelimit.study.config import Data, Experiment, Network
from widelimit.study.config.steps import Learning, Step4

# Measured on one core: width, points, checkpoints, seconds of 100 000 steps.
CIRCLE = [
    (1 << 12, 20, 0, 0.14),
    (1 << 20, 20, 7, 3.0),
    (1 << 20, 100, 0, 1.3),
    (1 << 24, 20, 7, 20.0),
]
# The same at width 2^14 with 20 points: activation, inputs, outputs, seconds of 100 steps.
DENSE = [
    ("relu", 2, 1, 0.0145),
    ("relu", 10, 1, 0.050),
    ("leaky_relu:0.1", 30, 1, 0.105),
    ("relu", 100, 1, 0.12),
    ("relu", 2, 3, 0.096),
    ("relu", 64, 10, 0.23),
    ("relu", 784, 10, 0.42),
    ("gelu", 2, 1, 0.13),
    ("erf", 2, 1, 0.12),
    ("sin", 2, 1, 0.13),
    ("gelu", 10, 1, 0.19),
    ("gelu", 100, 1, 0.26),
    ("gelu", 64, 10, 0.33),
    ("hermite:10", 2, 1, 0.16),
    ("hermite:100", 2, 1, 0.96),
]


@pytest.mark.parametrize(("width", "n", "checkpoints", "seconds"), CIRCLE)
def test_estimates_for_the_circle_engine_are_twice_what_was_measured_or_more(
    width, n, checkpoints, seconds
):
    options = {"width": width, "n_train": n, "steps": 100_000, "checkpoints": checkpoints}
    assert 2 < cost.training_seconds("circle", **options) / seconds < 15


@pytest.mark.parametrize(("activation", "inputs", "outputs", "seconds"), DENSE)
def test_estimates_for_the_dense_engine_are_twice_what_was_measured_or_more(
    activation, inputs, outputs, seconds
):
    options = {"activation": activation, "inputs": inputs, "outputs": outputs}
    estimate = cost.training_seconds("dense", width=1 << 14, n_train=20, steps=100, **options)
    assert 2 < estimate / seconds < 15


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="engine must be dense or circle; got 'auto'"):
        cost.training_seconds("auto", width=1, n_train=1, steps=1)


def experiment(**network):
    return Experiment(data=Data(n_train=20, n_test=100), network=Network(**network))


def test_minutes_add_up_over_widths_and_seeds_and_end_at_a_day():
    given = experiment(steps=10_000, checkpoints=[10_000])
    seconds = sum(
        cost.training_seconds("dense", width=width, n_train=20, steps=10_000, checkpoints=2)
        for width in (2**16, 2**18)
    )
    minutes = cost.training_minutes(given, "dense", widths=[2**16, 2**18], seeds=3)
    assert minutes == 5 + int(3 * seconds / 60)
    assert cost.training_minutes(given, "circle", widths=[64], seeds=1) == 5
    assert (
        cost.training_minutes(experiment(steps=10**9), "dense", widths=[2**20], seeds=1)
        == cost.LONGEST
    )


def test_a_job_has_time_for_all_that_it_trains():
    given = experiment(steps=10**6, widths=[2**14, 2**16], seeds=5, seeds_per_job=2)
    chunk = cost.training_minutes(given, "dense", widths=[2**16], seeds=2)
    assert cost.chunk_minutes(given, "dense", 2**16) == chunk
    trained = cost.training_minutes(given, "dense", widths=[2**14, 2**16], seeds=5)
    assert cost.small_minutes(given, "dense") == trained + cost.comparison_minutes(given)
    assert trained > chunk


def test_minutes_of_kernels_follow_the_cube_of_their_points():
    def given(n_train):
        data = Data(n_train=n_train, n_test=200)
        return Experiment(data=data, network=Network(steps=100, widths=[64], seeds=1))

    assert cost.fit_minutes(given(20)) == 10
    assert cost.comparison_minutes(given(20)) == 15
    # Measured on one core: 30 and 7 s for 2500 points, with one network.
    for n, least in ((2500, 1), (5000, 8), (10_000, 64)):
        assert 2 * least * 30 < 60 * (cost.fit_minutes(given(n)) - 9) < 15 * least * 30 + 60
        assert 60 * cost.comparison_minutes(given(n)) > 2 * least * 7
    assert cost.comparison_minutes(given(10_000)) < cost.LONGEST


# predict_distance, measured on one core: data, network, seconds, MB.
PREDICTED = [
    ({"n_train": 8}, {"steps": 10**6, "widths": [64, 1024]}, 13, 294),
    ({"n_train": 100}, {"steps": 10**4, "widths": [64]}, 5, 347),
    ({"n_train": 200}, {"steps": 1000, "widths": [64]}, 11, 330),
    ({"n_train": 400}, {"steps": 1000, "widths": [64]}, 35, 342),
    ({"n_train": 400}, {"steps": 10, "widths": [64]}, 13, 314),
    ({"n_train": 20, "n_test": 2000}, {"steps": 100, "widths": [64]}, 8, 303),
    ({"n_train": 20}, {"steps": 1000, "widths": [64], "activation": "gelu"}, 3.5, 251),
    ({"n_train": 100}, {"steps": 100, "widths": [64], "activation": "gelu"}, 12.8, 242),
]


@pytest.mark.parametrize(("data", "network", "seconds", "megabytes"), PREDICTED)
def test_a_prediction_is_given_what_it_takes(data, network, seconds, megabytes):
    checkpoints = [10**i for i in range(9) if 10**i <= network["steps"]]
    given = Experiment(
        data=Data(**{"n_test": 50} | data), network=Network(**network, checkpoints=checkpoints)
    )
    assert 1.3 * seconds < 60 * (cost.prediction_minutes(given) - 4) < 15 * seconds + 60
    assert megabytes + 200 < cost.prediction_megabytes(given) < 5 * megabytes


def test_memory_is_twice_what_was_seen_at_the_widest():
    assert 2100 * 1.9 < cost.training_megabytes(experiment(), 2**24) < 2100 * 2.5
    # At most memory_mb of the shipped study.
    for width, seen in ((2**10, 301), (2**18, 307), (2**20, 430)):
        assert 1.3 * seen < cost.training_megabytes(experiment(), width) < 3 * seen


def test_random_features_take_copies_of_the_larger_matrix():
    wide = Step4(n_train=100, n_test=1, widths=[2**17], ratios=[1, 2])
    assert cost.random_features_megabytes(wide) == cost.INTERPRETER + 32 * 2**17 * 100 // 10**6
    doubled = Step4(n_train=100, n_test=900, widths=[1], ratios=[1, 100])
    assert (
        cost.random_features_megabytes(doubled) == cost.INTERPRETER + 32 * 100 * 100 * 1000 // 10**6
    )


# Learning curves, measured on one core: what is not small, seconds, MB.
NO_CURVES = {"sizes": [8, 16], "draws": 2, "n_test": 100, "network_draws": 2}
NO_NETWORKS = {"draws": 2, "n_test": 100, "network_sizes": [2, 4], "network_draws": 2} | {
    "network_steps": 1,
    "network_width": 8,
}
LEARNING = [
    (NO_NETWORKS | {"sizes": [8, 1500]}, 11, 495),
    (
        NO_CURVES | {"network_sizes": [32, 2000], "network_width": 2**13, "network_steps": 30},
        17,
        609,
    ),
]


@pytest.mark.parametrize(("changes", "seconds", "megabytes"), LEARNING)
def test_learning_curves_are_given_what_they_take(changes, seconds, megabytes):
    learning = Learning(**changes)
    assert megabytes + 200 < cost.learning_megabytes(learning) < 1.5 * (megabytes + 200)
    # As many more draws as show in whole minutes.
    longer = learning.model_copy(update={"draws": 200, "network_draws": 200})
    assert 2 * seconds < 60 * (cost.learning_minutes(longer) - 10) / 100 < 4 * seconds
