import pickle
import tracemalloc

import numpy as np
import pytest

from spheres import sphere
from widelimit.networks.model import forward, initialise
from widelimit.training import TrainingDiverged, TrainingResult, descent, train


def problem(n=12, d=2, k=60, outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    X = sphere(rng, n, d)
    y = rng.standard_normal(n if outputs == 1 else (n, outputs))
    return X, y, *initialise(k, d, outputs=outputs, rng=rng)


# One for every engine: the circle, and the three dense ones.
PROBLEMS = {
    "circle": (problem(), "relu", "circle"),
    "fused": (problem(), "leaky_relu:0.2", "dense"),
    "masks": (problem(d=6), "relu", "dense"),
    "pairs": (problem(d=4), "gelu", "dense"),
    "outputs": (problem(d=4, outputs=3), "relu", "dense"),
    "span": (problem(n=5, d=9), "relu", "dense"),
}


@pytest.fixture(params=PROBLEMS)
def setting(request):
    (X, y, A, B), activation, engine = PROBLEMS[request.param]
    return (X, y, A, B), {"activation": activation, "engine": engine, "learning_rate": 0.05}


def equal(one: TrainingResult, other: TrainingResult) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one[:3], other[:3], strict=True))


def test_result_unpacks_to_weights_and_losses(setting):
    data, options = setting
    A, B, losses, *_ = result = train(*data, **options, steps=7)
    assert A is result.A
    assert A.shape == data[2].shape
    assert B.shape == data[3].shape
    assert losses.shape == (8,)
    assert result.engine == options["engine"]
    assert result.f_test is None


def test_losses_are_those_of_the_network(setting):
    (X, y, A, B), options = setting
    result = train(X, y, A, B, **options, steps=5)
    for weights, loss in (((A, B), result.losses[0]), ((result.A, result.B), result.losses[5])):
        f = forward(X, *weights, activation=options["activation"])
        assert loss == pytest.approx(0.5 * np.sum((y - f) ** 2), rel=1e-12)


def test_checkpoints_read_the_network_out(setting):
    (X, y, A, B), options = setting
    Z = X[:4] + 0.1
    Z /= np.linalg.norm(Z, axis=1, keepdims=True)
    result = train(X, y, A, B, **options, steps=9, checkpoints=[9, 0, 4, 4], X_test=Z)
    assert result.checkpoints.tolist() == [0, 4, 9]
    for step, f_train, f_test, movement in zip(*result[3:7], strict=True):
        there = train(X, y, A, B, **options, steps=int(step))
        for points, read in ((X, f_train), (Z, f_test)):
            f = forward(points, there.A, there.B, activation=options["activation"])
            np.testing.assert_allclose(read, f, rtol=0, atol=1e-13)
        moved = np.sum((there.A - A) ** 2) + np.sum((there.B - B) ** 2)
        whole = np.sum(A**2) + np.sum(B**2)
        assert movement == pytest.approx(np.sqrt(moved / whole), rel=1e-12, abs=1e-15)


def test_no_checkpoints_leave_empty_arrays(setting):
    (X, y, A, B), options = setting
    result = train(X, y, A, B, **options, steps=1, X_test=X)
    assert result.f_train.shape == result.f_test.shape == (0, *y.shape)
    assert result.checkpoints.shape == result.weight_movement.shape == (0,)


def test_looking_does_not_change_the_run(setting):
    data, options = setting
    plain = train(*data, **options, steps=200)
    watched = train(
        *data, **options, steps=200, checkpoints=range(0, 200, 7), progress=lambda *_: None
    )
    assert equal(plain, watched)


def test_a_run_goes_on_where_another_ended(setting):
    (X, y, A, B), options = setting
    whole = train(X, y, A, B, **options, steps=120)
    first = train(X, y, A, B, **options, steps=50)
    second = train(X, y, first.A, first.B, **options, steps=70)
    np.testing.assert_allclose(second.B, whole.B, rtol=0, atol=1e-12)
    np.testing.assert_allclose(second.losses, whole.losses[50:], rtol=1e-11)


def test_the_order_of_units_and_points_does_not_matter(setting):
    (X, y, A, B), options = setting
    rng = np.random.default_rng(1)
    points, units = rng.permutation(len(X)), rng.permutation(len(B))
    one = train(X, y, A, B, **options, steps=100, checkpoints=[100])
    other = train(
        X[points], y[points], A[:, units], B[units], **options, steps=100, checkpoints=[100]
    )
    np.testing.assert_allclose(other.A, one.A[:, units], rtol=0, atol=1e-12)
    np.testing.assert_allclose(other.f_train[0], one.f_train[0][points], rtol=0, atol=1e-12)


def test_arguments_are_not_modified(setting):
    data, options = setting
    before = [array.copy() for array in data]
    for array in data:
        array.flags.writeable = False
    result = train(*data, **options, steps=20, checkpoints=[0, 20], X_test=data[0])
    assert all(np.array_equal(a, b) for a, b in zip(before, data, strict=True))
    assert not np.shares_memory(result.A, data[2])
    assert not np.shares_memory(result.B, data[3])


@pytest.mark.filterwarnings("error")
def test_divergence_is_reported(setting):
    data, options = setting
    # Far above the bound no catapult comes back: the loss grows beyond all numbers.
    with pytest.raises(TrainingDiverged) as raised:
        train(*data, **options | {"learning_rate": 1e3}, steps=10_000)
    error = raised.value
    assert isinstance(error, ArithmeticError)
    assert 0 < error.step < 10_000
    assert not np.isfinite(error.loss)
    for word in (str(error.step), str(error.loss), "1000"):
        assert word in str(error)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.step, str(copy)) == (error.step, str(error))


@pytest.mark.filterwarnings("error")
def test_divergence_at_the_start_is_reported():
    X, y, A, B = problem()
    with pytest.raises(TrainingDiverged) as raised:
        train(X, y * 1e200, A, B, learning_rate=0.1, steps=3)
    assert raised.value.step == 0


def test_progress_is_called_seldom_with_step_and_loss(monkeypatch):
    monkeypatch.setattr(descent, "SECONDS_BETWEEN_REPORTS", 0.0)
    X, y, A, B = problem(d=5)
    calls = []
    result = train(
        X, y, A, B, learning_rate=0.01, steps=50, progress=lambda *call: calls.append(call)
    )
    assert calls
    assert all(loss == result.losses[step] for step, loss in calls)
    monkeypatch.setattr(descent, "SECONDS_BETWEEN_REPORTS", 1e6)
    calls.clear()
    train(X, y, A, B, learning_rate=0.01, steps=50, progress=lambda *call: calls.append(call))
    assert not calls


@pytest.mark.parametrize("piece", [1, 7, descent.PIECE])
def test_losses_are_kept_at_the_steps_asked_for(setting, piece, monkeypatch):
    """The numbers are those of all steps, however many the engine takes at a time."""
    data, options = setting
    every = train(*data, **options, steps=20, checkpoints=[9])
    monkeypatch.setattr(descent, "PIECE", piece)
    wanted = [0, 1, 7, 8, 14, 20]
    result = train(*data, **options, steps=20, checkpoints=[9], loss_steps=wanted)
    assert equal(result._replace(losses=every.losses), every)
    np.testing.assert_array_equal(result.losses, every.losses[wanted])
    assert equal(train(*data, **options, steps=20, checkpoints=[9]), every)
    assert train(*data, **options, steps=20, loss_steps=[]).losses.shape == (0,)


@pytest.mark.parametrize("name", ["circle", "fused", "masks", "span"])
def test_memory_does_not_grow_with_the_steps(name):
    """Losses are thinned as they come: 300,000 steps of 8 bytes would take 2.4 MB."""
    (X, y, *_), activation, engine = PROBLEMS[name]
    A, B = initialise(8, X.shape[1], rng=np.random.default_rng(0))
    options = {"activation": activation, "engine": engine, "learning_rate": 1e-3}
    peaks = []
    for steps in (1, 100_000, 400_000):
        tracemalloc.start()
        train(X[:4], y[:4], A, B, **options, steps=steps, loss_steps=[0, steps])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert abs(peaks[2] - peaks[1]) < 100_000


def test_targets_may_have_a_column_for_the_one_output():
    X, y, A, B = problem()
    options = {"learning_rate": 0.05, "steps": 10, "checkpoints": [10]}
    one, other = train(X, y, A, B, **options), train(X, y[:, None], A, B, **options)
    assert equal(one, other)
    assert other.f_train.shape == (1, len(X))


def test_auto_takes_the_circle_where_it_can():
    X, y, A, B = problem()
    assert train(X, y, A, B, learning_rate=0.1, steps=1).engine == "circle"
    assert train(X, y, A, B, learning_rate=0.1, steps=1, activation="sin").engine == "dense"
    assert train(1.001 * X, y, A, B, learning_rate=0.1, steps=1).engine == "dense"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": -1}, "steps must be"),
        ({"steps": 2.5}, "steps must be"),
        ({"steps": True}, "steps must be"),
        ({"steps": None}, "steps must be"),
        ({"steps": np.inf}, "steps must be"),
        ({"steps": "10"}, "steps must be"),
        ({"checkpoints": [np.nan]}, "checkpoints must be"),
        ({"checkpoints": [11]}, "checkpoints must be"),
        ({"checkpoints": [-1]}, "checkpoints must be"),
        ({"checkpoints": [0.5]}, "checkpoints must be"),
        ({"loss_steps": [11]}, "loss_steps must be"),
        ({"engine": "fast"}, "engine must be"),
    ],
)
def test_a_bad_argument_is_named(change, message):
    X, y, A, B = problem()
    arguments = {"X": X, "y": y, "A": A, "B": B, "learning_rate": 0.1, "steps": 10} | change
    with pytest.raises(ValueError, match=message):
        train(**arguments)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("checkpoints", [[], [0, 10]])
def test_no_test_points_make_empty_predictions(outputs, checkpoints):
    X, y, A, B = problem(outputs=outputs)
    options = {"learning_rate": 0.1, "steps": 10, "checkpoints": checkpoints}
    result = train(X, y, A, B, X_test=np.empty((0, 2)), **options)
    assert result.f_test.shape == (len(checkpoints), 0) + (outputs,) * (outputs > 1)
