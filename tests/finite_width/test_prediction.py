import math

import numpy as np
import pytest

import networks
import widelimit
from spheres import sphere
from widelimit.finite_width.prediction import crossover_width, predicted_distance, without_chance

X, Z = networks.circle(np.array([0.3, 0.9, 1.6, 2.2])), networks.circle(np.linspace(0.2, 2.8, 5))
Y = np.array([1.0, -1.0, 0.5, 2.0])
OPTIONS = {"learning_rate": 0.05, "draws": 4}


def test_shapes_follow_the_arguments():
    both = predicted_distance(X, Z, Y, steps=[20, 3], widths=[64, 256, 1 << 30], **OPTIONS)
    for name in ("start", "movement", "movement_error", "drift", "theory", "distance"):
        assert getattr(both, name).shape == (2, 3), name
    assert both.steps == (20, 3)
    assert both.crossover_width.shape == (2,)
    assert both.start_by_point.shape == both.movement_by_point.shape == (2, 3, 5)
    one = predicted_distance(X, Z, Y, steps=3, widths=[256], **OPTIONS)
    assert one.start.shape == one.movement.shape == one.theory.shape == (1,)
    assert one.steps == 3
    assert one.movement_by_point.shape == (1, 5)
    np.testing.assert_array_equal(one.start, both.start[1, 1:2])
    np.testing.assert_allclose(one.movement_by_point, both.movement_by_point[1, 1:2], atol=1e-12)
    np.testing.assert_allclose(both.distance, np.hypot(both.start, both.movement))
    column = predicted_distance(X, Z, Y[:, None], steps=3, widths=[256], **OPTIONS)
    assert column.movement_by_point.shape == (1, 5, 1)
    np.testing.assert_array_equal(column.movement, one.movement)


def test_start_falls_like_a_root_and_nothing_moves_at_step_0():
    found = predicted_distance(X, Z, Y, steps=[0, 10], widths=[64, 256], **OPTIONS)
    assert found.start[1, 0] == pytest.approx(2 * found.start[1, 1], rel=1e-12)
    assert not found.start[0].any()
    assert not found.movement[0].any()
    assert np.sqrt(np.mean(found.start_by_point[1, 0] ** 2)) == pytest.approx(found.start[1, 0])


@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.2", "gelu", "hermite:2"])
def test_every_activation_and_the_same_at_every_call(activation):
    S, T = sphere(0, 4, 3), sphere(1, 3, 3)
    first, second = (
        predicted_distance(S, T, Y, activation=activation, steps=10, widths=[128, 512], **OPTIONS)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.movement_by_point, second.movement_by_point)
    assert (first.distance > 0).all()
    assert math.isnan(first.crossover_width)
    smooth = activation in ("gelu", "hermite:2")
    assert set(first.theory) == {"first order" if smooth else "mean field"}
    assert np.isnan(first.drift).all() == smooth


def test_crossover_width():
    found = crossover_width(X, Y, learning_rate=0.05, steps=[0, 10, 100], draws=4)
    assert found[0] == 0
    assert 0 < found[1] < found[2]
    single = crossover_width(X, Y, learning_rate=0.05, steps=10, draws=4)
    assert isinstance(single, float)
    # Z(T) for points that are hardly trained: all of them pull for ten steps.
    assert single == pytest.approx(
        predicted_distance(X, Z, Y, steps=10, widths=[64], **OPTIONS).crossover_width
    )
    # Half the gap, four times the width, for a single step with the same residuals.
    for message, points, name in (
        (r"X must have shape \(n, 2\); got shape \(4, 3\)", sphere(0, 4, 3), "relu"),
        ("'gelu'", X, "gelu"),
    ):
        with pytest.raises(ValueError, match=message):
            crossover_width(points, Y, activation=name, learning_rate=0.05, steps=10)


def test_without_chance():
    np.testing.assert_allclose(without_chance([5.0, 1.0], [3.0, 2.0]), [4, 0])


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"learning_rate": 10.0}, "learning_rate must be below the stability bound"),
        ({"learning_rate": 0.0}, "learning_rate must be positive and finite; got 0.0"),
        ({"widths": []}, "widths must not be empty"),
        ({"widths": [0]}, "widths must be a whole number >= 1; got 0"),
        ({"steps": []}, "steps must not be empty"),
        ({"steps": -1}, "steps must be whole numbers >= 0; got -1"),
        ({"draws": 5}, "draws must be even; got 5"),
        ({"draws": 2}, "draws must be a whole number >= 4; got 2"),
        ({"y": Y[:3]}, "y must have shape"),
        ({"Z": np.ones((2, 3))}, "Z must have"),
        ({"activation": "tanhh"}, "activation must be one of"),
    ],
)
def test_refuses(changed, message):
    arguments = {"X": X, "Z": Z, "y": Y, "steps": 3, "widths": [64], **OPTIONS, **changed}
    with pytest.raises(ValueError, match=message):
        predicted_distance(**arguments)


def test_the_public_names():
    for name in ("ntk_fluctuation", "nngp_fluctuation", "predicted_distance", "crossover_width"):
        assert callable(getattr(widelimit, name))
