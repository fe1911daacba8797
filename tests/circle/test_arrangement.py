import numpy as np
import pytest

from widelimit.circle.arrangement import arrange, on_unit_circle
from widelimit.circle.cell_lookup import cells_of
from widelimit.kernels.preactivations import preactivations

RNG = np.random.default_rng(0)
ANGLES = {
    "one": np.array([1.0]),
    "full": RNG.uniform(0, 2 * np.pi, 40),
    "half": RNG.uniform(0, np.pi, 40),
    "duplicates": np.repeat(RNG.uniform(0, 2 * np.pi, 7), 3),
    "antipodal": np.concatenate([RNG.uniform(0, np.pi, 9) + turn for turn in (0, np.pi)]),
    "same line": np.array([0.3, 0.3, 0.3 + np.pi]),
    "close": np.concatenate([np.linspace(0, 3, 9), np.linspace(0, 3, 9) + 1e-13]),
    "quarters": np.arange(8) * np.pi / 4,
    "seam": np.pi / 2 + np.array([0, 1e-17, -1e-17, np.pi, np.pi - 1e-17, 1.0]),
}


def active_in_cells(arrangement, B):
    """Whether each weight is active on each point, by the cell it lies in."""
    first, beyond = arrangement.active_arc()
    return (cells_of(arrangement, B)[:, None] - first) % arrangement.cells < beyond - first


def on_circle(angle):
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@pytest.fixture(params=ANGLES)
def X(request):
    return on_circle(ANGLES[request.param])


def test_every_weight_is_active_on_the_points_of_its_cell(X):
    B = RNG.standard_normal((20_000, 2))
    arrangement = arrange(X)
    assert not arrangement.is_disputed(X, B)
    np.testing.assert_array_equal(active_in_cells(arrangement, B), B @ X.T > 0)


def test_weights_of_any_size_near_a_border_are_on_the_side_that_their_signs_tell(X):
    angle = np.arctan2(X[:, 1], X[:, 0]) + np.pi / 2 * np.array([1, -1])[:, None]
    away = 10 ** RNG.uniform(-14, -3, (500, *angle.shape)) * RNG.choice([-1, 1], angle.shape)
    B = on_circle((angle + away).ravel())
    B *= 10 ** RNG.uniform(-300, 308.2, (len(B), 1))
    arrangement = arrange(X)
    np.testing.assert_array_equal(active_in_cells(arrangement, B), preactivations(X, B).T > 0)


@pytest.mark.parametrize("name", ["one", "full", "half", "duplicates", "close"])
def test_weights_on_a_border_are_inactive(name):
    X = on_circle(ANGLES[name])
    B = np.stack([-X[:, 1], X[:, 0]], axis=1)
    arrangement = arrange(X)
    B = np.concatenate([B, -2 * B])
    np.testing.assert_array_equal(active_in_cells(arrangement, B), preactivations(B, X) > 0)
    assert not active_in_cells(arrangement, B)[np.arange(2 * len(X)), [*range(len(X))] * 2].any()


@pytest.mark.parametrize("angle", [[0.7, 0.7 + np.pi], [0.7, 0.7 + 2.3e-16], [0.7 + np.pi, 0.7, 2]])
def test_points_of_one_line_may_disagree(angle):
    X = on_circle(np.array(angle))
    X[np.array(angle) > np.pi] = -X[0] if angle[0] < 1 else -X[1]
    arrangement = arrange(X)
    orthogonal = np.array([[-X[0, 1], X[0, 0]]])
    assert arrangement.is_disputed(X, orthogonal)
    assert not arrangement.is_disputed(X, orthogonal + 1e-14)
    assert not arrange(X[:1]).is_disputed(X[:1], orthogonal)


@pytest.mark.parametrize(("name", "lines"), [("duplicates", 7), ("antipodal", 18), ("seam", 2)])
def test_points_on_one_line_share_it(name, lines):
    assert arrange(on_circle(ANGLES[name])).lines == lines


def test_opposite_points_share_their_line_to_the_last_bit():
    X = on_circle(RNG.uniform(0, np.pi, 50))
    arrangement = arrange(np.concatenate([X, -X]))
    assert arrangement.lines == 50
    np.testing.assert_array_equal(arrangement.line[:50], arrangement.line[50:])
    assert (arrangement.positive[:50] != arrangement.positive[50:]).all()


def test_a_single_line_has_a_companion():
    arrangement = arrange(np.array([[0.6, 0.8]]))
    assert arrangement.cells == 4


def test_what_is_on_the_unit_circle():
    X = on_circle(ANGLES["full"])
    assert on_unit_circle(X)
    assert on_unit_circle(X * (1 + 5e-13))
    assert not on_unit_circle(X * (1 + 5e-12))
    assert not on_unit_circle(np.eye(3))
    assert not on_unit_circle(np.ones(2))
