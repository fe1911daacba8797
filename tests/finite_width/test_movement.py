"""The kernel's movement: three theories against plain networks, and against each other."""

import networks
import numpy as np
import pytest

from widelimit.finite_width.kinks import KinkFlux
from widelimit.finite_width.mean_field import mean_field
from widelimit.finite_width.response import KernelResponse
from widelimit.finite_width.samples import initial_values
from widelimit.finite_width.single_units import first_order_movement
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram


def plain_networks(X, Z, y, activation, rate, steps, width, count, at_a_time=500):
    """Mean of network minus own-kernel prediction, (m,), and its standard error."""
    phi = parse_activation(activation)
    differences = []
    for seed in range(count // at_a_time):
        A, B = networks.initialise(at_a_time, width, X.shape[1], seed)
        differences.append(networks.movement(X, Z, y, A, B, phi, rate, steps))
    differences = np.concatenate(differences)
    return differences.mean(axis=0), differences.std(axis=0) / np.sqrt(count)


def rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize("activation", ["erf", "gelu", "cos"])
def test_first_order_against_plain_networks(activation):
    X, Z = networks.sphere(4, 3, seed=0), networks.sphere(6, 3, seed=1)
    y, rate, steps, width = 2 * np.sin(4 * X[:, 0]), 0.1, 30, 128
    expected, error = plain_networks(X, Z, y, activation, rate, steps, width, 6000)
    effect = first_order_movement(
        X,
        Z,
        y[:, None],
        activation=activation,
        learning_rate=rate,
        steps=[0, steps],
        width=width,
        count=1 << 12,
    )[:, :, 0]
    assert rms(effect[0]) < 1e-12
    assert rms(expected) > 8 * rms(error)
    # Further orders in 1/k are of relative size k^-1/2 at most.
    assert rms(effect[1] - expected) < 3 * rms(error) + 0.1 * rms(expected)
    slope = effect[1] @ expected / (effect[1] @ effect[1])
    assert slope == pytest.approx(1, abs=0.1)
