"""A training that failed is an error, whichever way it failed, and the error names the cause."""

import pickle

import numpy as np
import pytest

from widelimit import forward, initialise, ntk_gram, stability_bound, train
from widelimit.training import TrainingCollapsed, TrainingDiverged, descent


@pytest.fixture(params=["circle", "dense"])
def engine(request):
    return request.param


def half_circle(n=6, width=256, seed=2):
    t = np.linspace(-0.9, 0.8, n)
    X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
    A, B = initialise(width, 2, rng=np.random.default_rng(seed))
    return X, t + np.sin(4 * t), A, B, stability_bound(ntk_gram(X))


@pytest.mark.parametrize("piece", [1, 2, 3, descent.PIECE])
def test_a_network_whose_units_are_all_inactive_is_an_error(engine, piece, monkeypatch):
    monkeypatch.setattr(descent, "PIECE", piece)
    X, y, A, B, bound = half_circle()
    with pytest.raises(TrainingCollapsed, match=r"no hidden unit is active") as raised:
        train(X, 100 * y, A, B, learning_rate=0.3 * bound, steps=300, engine=engine)
    error = raised.value
    assert 0 < error.step < 300
    # As many steps as the error says, in plain loops: the last outputs are 0, those before not.
    outputs = plain_outputs(X, 100 * y, A, B, 0.3 * bound, error.step)
    assert outputs[-2].any()
    assert not outputs[-1].any()
    assert error.target_size == pytest.approx(100 * np.sqrt(np.mean(y**2)))
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)


def plain_outputs(X, y, A, B, learning_rate, steps):
    """f on the training points after each step of plain gradient descent."""
    A, B, s = A.copy(), B.copy(), np.sqrt(2 / A.size)
    outputs = [forward(X, A, B)]
    for _ in range(steps):
        active = X @ B.T > 0
        r = y - outputs[-1]
        step_A = s * (r @ (active * (X @ B.T)))
        step_B = s * A[0][:, None] * (active.T @ (r[:, None] * X))
        A, B = A + learning_rate * step_A, B + learning_rate * step_B
        outputs.append(forward(X, A, B))
    return outputs


def test_several_outputs_collapse_together():
    X, y, *_, bound = half_circle()
    A, B = initialise(64, 2, outputs=2, rng=np.random.default_rng(1))
    Y = 100 * np.stack([y, y**2], axis=1)
    with pytest.raises(TrainingCollapsed):
        train(X, Y, A, B, learning_rate=0.2 * bound, steps=500)


def test_units_that_are_inactive_from_the_start_stay_as_they_are(engine):
    X, y, A, B, bound = half_circle()
    B = np.stack([0.1 * B[:, 0], -10 * np.abs(B[:, 1]) - 10], axis=1)
    assert not forward(X, A, B).any()
    result = train(X, y, A, B, learning_rate=0.5 * bound, steps=5, engine=engine)
    np.testing.assert_array_equal(result.B, B)
    np.testing.assert_array_equal(result.A, A)


def test_a_network_that_starts_at_zero_and_learns_is_fine(engine):
    X, y, A, B, bound = half_circle()
    result = train(X, y, 0 * A, B, learning_rate=0.5 * bound, steps=50, engine=engine)
    assert result.losses[-1] < result.losses[0]


def test_targets_of_zero_are_fine(engine):
    X, y, A, B, bound = half_circle()
    result = train(X, 0 * y, A, B, learning_rate=0.5 * bound, steps=2000, engine=engine)
    assert result.losses[-1] < result.losses[0]
    zero = np.zeros_like(A)
    assert train(X, 0 * y, zero, B, learning_rate=0.5 * bound, steps=9).losses[-1] == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "share, size, words",
    [
        (100.0, 1.0, "gradient descent is stable below 2/lambda_max"),
        (0.5, 3000.0, "the kernel has grown"),
        (1e-3, 1e200, "divide the targets"),
    ],
)
def test_a_divergence_names_its_cause(engine, share, size, words):
    X, y, A, B, bound = half_circle(n=20)
    X = np.concatenate([X, -X])  # some unit stays active: no collapse
    with pytest.raises(TrainingDiverged, match=words) as raised:
        train(X, size * np.tile(y, 2), A, B, learning_rate=share * bound, steps=500, engine=engine)
    if share < 1:
        assert "is stable below" not in str(raised.value)
