import dataclasses

import numpy as np
import pytest

import networks
from spheres import sphere
from widelimit import forward, gradient_descent_prediction, initialise, ntk_gram, train
from widelimit.finite_width import planning
from widelimit.finite_width.planning import NARROWEST, width_for_tolerance
from widelimit.finite_width.prediction import predicted_distance
from widelimit.finite_width.trusted import NARROWEST_KINKED

X, Z = networks.circle(np.array([0.3, 0.9, 1.6, 2.2])), networks.circle(np.linspace(0.2, 2.8, 5))
Y = np.array([1.0, -1.0, 0.5, 2.0])
OPTIONS = {"learning_rate": 0.05, "steps": 20, "draws": 4}


@pytest.mark.parametrize("tolerance", [0.01, 1e-4])
def test_the_width_has_the_distance_asked_for(tolerance):
    found = width_for_tolerance(X, Z, Y, tolerance=tolerance, **OPTIONS)
    assert found.reached
    assert found.prediction.widths == (found.width,)
    assert found.prediction.distance[0] == pytest.approx(tolerance, rel=0.05)
    again = predicted_distance(X, Z, Y, widths=[found.width], **OPTIONS)
    np.testing.assert_array_equal(again.distance, found.prediction.distance)


def test_smooth_activations_in_three_dimensions():
    S, T = sphere(0, 4, 3), sphere(1, 3, 3)
    found = width_for_tolerance(S, T, Y, tolerance=0.02, activation="erf", **OPTIONS)
    assert found.reached
    assert found.prediction.distance[0] == pytest.approx(0.02, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["erf", "relu"])
def test_networks_of_that_width_are_at_that_distance(activation):
    S, T = sphere(0, 6, 3), sphere(1, 20, 3)
    phi, descent = {"activation": activation}, {"learning_rate": 0.1, "steps": 100}
    y = np.sin(4 * S[:, 0])
    found = width_for_tolerance(S, T, y, tolerance=0.02, **phi, **descent)
    assert found.reached
    K, K_T = ntk_gram(S, **phi), ntk_gram(T, S, **phi)
    squares = []
    for seed in range(30):
        A, B = initialise(found.width, 3, rng=np.random.default_rng(seed))
        f0, f0_T = forward(S, A, B, **phi), forward(T, A, B, **phi)
        trained = train(S, y, A, B, **phi, **descent)
        theory = gradient_descent_prediction(K, K_T, y, **descent, f0_train=f0, f0_test=f0_T)
        squares.append(np.mean((forward(T, trained.A, trained.B, **phi) - theory) ** 2))
    assert np.sqrt(np.mean(squares)) == pytest.approx(0.02, rel=0.25)


def test_where_theory_does_not_reach():
    coarse = width_for_tolerance(X, Z, Y, tolerance=50.0, **OPTIONS)
    assert (coarse.width, coarse.reached) == (NARROWEST, False)
    assert "Already at width 64" in coarse.remark
    endless = width_for_tolerance(X, Z, Y, tolerance=1e-9, **OPTIONS)
    assert not endless.reached
    assert endless.remark.startswith("Even at width")


def test_a_width_at_which_the_theory_overflows_is_too_narrow(monkeypatch):
    class Overflowing(planning.Predictor):
        def at(self, widths):
            found = super().at(widths)
            too_narrow = np.where(np.array(widths) < 500, np.nan, 1.0)
            return dataclasses.replace(found, movement=found.movement * too_narrow)

    found = width_for_tolerance(X, Z, Y, tolerance=0.5, **OPTIONS)
    assert found.width < 500
    monkeypatch.setattr(planning, "Predictor", Overflowing)
    found = width_for_tolerance(X, Z, Y, tolerance=0.5, **OPTIONS)
    assert found.width >= 500
    assert found.prediction.distance[0] <= 0.5


def test_narrow_networks_with_kinks_are_not_vouched_for():
    found = width_for_tolerance(X, Z, Y, tolerance=0.05, **OPTIONS)
    assert NARROWEST < found.width < NARROWEST_KINKED
    assert not found.reached
    assert "narrower than 1024 come nearer" in found.remark


def test_before_the_crossover():
    # Two points a hundredth apart: no network of the width asked for is beyond their crossover.
    close = networks.circle(np.array([0.3, 0.31, 1.6, 2.2]))
    found = width_for_tolerance(close, Z, Y, tolerance=0.02, learning_rate=0.05, steps=100, draws=4)
    assert found.reached
    assert found.width < found.prediction.crossover_width
    assert "before the crossover" in found.remark


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.inf])
def test_refuses(tolerance):
    with pytest.raises(ValueError, match="tolerance must be positive and finite"):
        width_for_tolerance(X, Z, Y, tolerance=tolerance, **OPTIONS)
