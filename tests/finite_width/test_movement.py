"""The kernel's movement: three theories against plain networks, and against each other."""

import numpy as np
import pytest

import networks
from spheres import sphere
from widelimit.finite_width.mean_field import mean_field
from widelimit.finite_width.movement import (
    JOIN,
    KINKS,
    MEAN_FIELD,
    Flux,
    Problem,
    mean_of_pairs,
    movement,
)
from widelimit.finite_width.samples import initial_values
from widelimit.finite_width.single_units import first_order_movement
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import nngp_gram

ANGLES = np.array([0.3, 0.8, 1.6, 2.2, 2.9])


def plain_networks(X, Z, y, activation, rate, steps, width, count):
    """Mean of network minus own-kernel prediction, (m,), and its standard error."""
    phi, differences = parse_activation(activation), []
    for seed in range(count // 500):
        A, B = networks.initialise(500, width, X.shape[1], seed)
        differences.append(networks.movement(X, Z, y, A, B, phi, rate, steps))
    differences = np.concatenate(differences)
    return differences.mean(axis=0), differences.std(axis=0) / np.sqrt(count)


def circle_problem(activation="relu", steps=(30,), draws=20):
    X, Z = networks.circle(ANGLES), networks.circle(np.linspace(0.1, 3, 7))
    y = 2 * np.sin(np.array([1.0, 3.0, 2.0, 5.0, 4.0]))[:, None]
    return Problem(X, Z, y, activation, 0.05, list(steps), draws)


def rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.slow
@pytest.mark.parametrize(
    "activation, width, count",
    [
        ("erf", 64, 8000),
        *(
            pytest.param(name, 128, 16_000, marks=pytest.mark.heavy)
            for name in ("gelu", "sin", "cos")
        ),
    ],
)
def test_first_order_against_plain_networks(activation, width, count):
    X, Z = sphere(0, 3, 3), sphere(1, 6, 3)
    y, rate, steps = 2 * np.sin(4 * X[:, 0]), 0.1, 30
    expected, error = plain_networks(X, Z, y, activation, rate, steps, width, count)
    start, effect = first_order_movement(
        X,
        Z,
        y[:, None],
        activation=activation,
        learning_rate=rate,
        steps=[0, steps],
        width=width,
        count=1 << 12,
    )[:, :, 0]
    assert rms(start) < 1e-12
    assert rms(expected) > 6 * rms(error)
    # What is neglected is of relative order k^-1/2 at most.
    assert rms(effect - expected) < 3 * rms(error) + rms(expected) / np.sqrt(width)


@pytest.mark.slow
@pytest.mark.parametrize("activation, steps", [("relu", 100), ("leaky_relu:0.3", 100)])
def test_mean_field_against_plain_networks(activation, steps):
    # Networks of 64 units, whose kernel has moved by a tenth: far from first order.
    problem = circle_problem(activation, [steps], draws=10)
    X, Z, y = problem.X, problem.Z, problem.y[:, 0]
    expected, error = plain_networks(X, Z, y, activation, 0.05, steps, 64, 2000)
    found = movement(problem, 64, None)[0]
    assert found.theory == MEAN_FIELD
    assert rms(expected) > 20 * rms(error)
    assert rms(found.effect[:, 0] - expected) < 2 * rms(error) + 0.08 * rms(expected)


@pytest.mark.slow
def test_mean_field_of_several_outputs():
    X, Z = sphere(0, 4, 3), sphere(1, 5, 3)
    y, width, rate, steps, count = np.stack([2 * X[:, 0], -3 * X[:, 1]], axis=1), 512, 0.1, 30, 800
    phi = parse_activation("relu")
    A, B = networks.initialise(count, width, 3, seed=2, outputs=2)
    f0, f0_Z = networks.forward(X, A, B, phi), networks.forward(Z, A, B, phi)
    own = own_prediction_of_two_outputs(X, Z, y - f0, A, B, phi, rate, steps)
    A, B = networks.descend(X, y, A, B, phi, rate, steps)
    difference = networks.forward(Z, A, B, phi) - f0_Z - own
    expected, error = difference.mean(axis=0), difference.std(axis=0) / np.sqrt(count)
    problem = Problem(X, Z, y, "relu", rate, [steps], 32)
    found = movement(problem, width, None)[0]
    assert found.effect.shape == (5, 2)
    assert rms(expected) > 6 * rms(error)
    # A unit's own part in the residuals, of relative order k^-1/2, is left out.
    noise = np.hypot(rms(error), rms(found.error))
    assert rms(found.effect - expected) < 3 * noise + 2 / np.sqrt(width) * rms(expected)


def own_prediction_of_two_outputs(X, Z, residual, A, B, phi, rate, steps):
    """f_T - f_0 of the linearised networks, from the parameters' own gradients."""
    s = np.sqrt(phi.scale / B.shape[1])
    U, V = X @ B.swapaxes(1, 2), Z @ B.swapaxes(1, 2)
    a_steps, b_steps = np.zeros_like(A), np.zeros_like(B)

    def change(points, pre):
        last = phi.value(pre) @ a_steps.swapaxes(1, 2)
        return s * (
            last + (phi.derivative(pre) * (points @ b_steps.swapaxes(1, 2))) @ A.swapaxes(1, 2)
        )

    for _ in range(steps):
        r = residual - change(X, U)
        a_steps = a_steps + rate * s * r.swapaxes(1, 2) @ phi.value(U)
        b_steps = b_steps + rate * s * (phi.derivative(U) * (r @ A)).swapaxes(1, 2) @ X
    return change(Z, V)


def test_mean_field_tends_to_the_flux():
    # Like k^-1/2: what is left at 64 crossover widths is half of what is left at 16.
    problem = circle_problem(steps=[200])
    flux = Flux(problem)
    left = {}
    for factor in (16, 64, 256):
        width = round(factor * flux.crossover[0])
        effect, drift = mean_field_at(problem, width, 1 << 15)
        left[factor] = rms(np.sqrt(width) * effect - flux.effect[0]) / rms(flux.effect[0])
        assert 0 < drift < 0.1
    assert left[64] == pytest.approx(left[16] / 2, rel=0.3)
    assert left[256] == pytest.approx(left[16] / 4, rel=0.4)


def mean_field_at(problem, width, count):
    options = problem._asdict()
    draws = options.pop("draws")
    S = nngp_gram(problem.X, activation=problem.activation)
    runs = [
        mean_field(**options, f0=f0, width=width, count=count, seed=seed)
        for seed, f0 in enumerate(initial_values(S, draws))
    ]
    effect, _ = mean_of_pairs(np.array([run.effect[0, :, 0] for run in runs]))
    return effect, np.mean([run.drift[0] for run in runs])


def test_the_flux_joins_the_mean_field():
    problem = circle_problem(steps=[30, 200])
    flux = Flux(problem)
    below, above = (round(f * JOIN * flux.crossover[1]) for f in (0.999, 1.001))
    near, far = movement(problem, below, flux), movement(problem, above, flux)
    assert [found.theory for found in near] == [KINKS, MEAN_FIELD]
    assert [found.theory for found in far] == [KINKS, KINKS]
    assert rms(near[1].effect - far[1].effect) < 0.05 * rms(far[1].effect)
    # And the flux is what is left at last.
    width = 1 << 60
    last = movement(problem, width, flux)
    for found, effect in zip(last, flux.effect, strict=True):
        np.testing.assert_allclose(
            found.effect[:, 0] * np.sqrt(width), effect, rtol=1e-3, atol=1e-3
        )


def test_first_order_tends_to_the_flux():
    problem = circle_problem(steps=[30])
    flux = Flux(problem)
    width = round(16 * flux.crossover[0])
    options = problem._asdict()
    del options["draws"]
    effect = first_order_movement(**options, width=width, count=1 << 14)[0, :, 0]
    # No feedback here, and what is left of the sample's noise.
    assert rms(np.sqrt(width) * effect - flux.effect[0]) < 0.25 * rms(flux.effect[0])
