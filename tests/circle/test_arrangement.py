import numpy as np
import pytest

from widelimit.circle.arrangement import arrange, on_unit_circle
from widelimit.circle.cell_lookup import cells_of

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


def on_circle(angle):
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@pytest.fixture(params=ANGLES)
def X(request):
    return on_circle(ANGLES[request.param])


def test_every_weight_is_active_on_the_points_of_its_cell(X):
    B = RNG.standard_normal((20_000, 2))
    arrangement = arrange(X)
    cell, on_border = cells_of(arrangement, B)
    first, beyond = arrangement.active_arc()
    active = (cell[:, None] - first) % arrangement.cells < beyond - first
    np.testing.assert_array_equal(active, B @ X.T > 0)
    assert on_border == 0


def test_weights_on_a_border_are_counted_and_inactive():
    X = np.array([[1.0, 0.0], [0.6, 0.8]])
    B = np.array([[0.0, 1.0], [0.0, -3.0], [1.0, 1.0], [0.0, 0.0]])
    arrangement = arrange(X)
    cell, on_border = cells_of(arrangement, B)
    assert on_border == 3
    first, beyond = arrangement.active_arc()
    active = (cell[:3, None] - first) % arrangement.cells < beyond - first
    np.testing.assert_array_equal(active, [[False, True], [False, False], [True, True]])


@pytest.mark.parametrize(("name", "lines"), [("duplicates", 7), ("antipodal", 18), ("seam", 2)])
def test_points_on_one_line_share_it(name, lines):
    assert arrange(on_circle(ANGLES[name])).lines == lines


def test_opposite_points_share_their_line_to_the_last_bit():
    X = on_circle(RNG.uniform(0, np.pi, 50))
    arrangement = arrange(np.concatenate([X, -X]))
    assert arrangement.lines == 50
    assert arrangement.two_sided.all()
    np.testing.assert_array_equal(arrangement.line[:50], arrangement.line[50:])
    assert (arrangement.positive[:50] != arrangement.positive[50:]).all()


def test_a_single_line_has_a_companion():
    arrangement = arrange(np.array([[0.6, 0.8]]))
    assert arrangement.cells == 4
    assert not arrangement.two_sided.any()


def test_what_is_on_the_unit_circle():
    X = on_circle(ANGLES["full"])
    assert on_unit_circle(X)
    assert on_unit_circle(X * (1 + 5e-13))
    assert not on_unit_circle(X * (1 + 5e-12))
    assert not on_unit_circle(np.eye(3))
    assert not on_unit_circle(np.ones(2))
