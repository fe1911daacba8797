"""Units beside a border, and how far weights move: against plain units and networks."""

import numpy as np
import pytest

import networks
from widelimit.finite_width.border_units import SIGNS, border_units
from widelimit.finite_width.movement import Problem
from widelimit.finite_width.weights import weight_movement
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram

t = np.array([-0.9, -0.6, -0.2, 0.1, 0.5, 0.8])
X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
Y = np.sin(5 * t)[:, None] + t[:, None]
RATE, STEPS = 0.05, 60


def problem(activation):
    return Problem(X, X, Y, activation, RATE, [STEPS], draws=2)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.2"])
def test_units_move_as_plain_ones_of_a_very_wide_network(activation):
    phi = parse_activation(activation)
    found = border_units(problem(activation), units=12, steps=STEPS)
    K, residual, s = ntk_gram(X, activation=activation), Y[:, 0], 1e-7
    x = X[found.point]
    # On one of the two rays x.b = 0.
    b, a, z = [], [], found.distance
    for ray in (np.array([-x[1], x[0]]), np.array([x[1], -x[0]])):
        b.append(ray + s * z[:, :, :1] * x)
        a.append(np.broadcast_to(np.array(SIGNS)[:, None, None], z[:, :, :1].shape).astype(float))
    b, a = np.stack(b), np.stack(a)
    followed = []
    for _ in range(STEPS):
        u = b @ X.T
        pull = (phi.derivative(u) * residual) @ X
        a, b = a + RATE * s * (phi.value(u) @ residual)[..., None], b + RATE * s * a * pull
        residual = residual - RATE * K @ residual
        followed.append(b @ x / s)
    differences = [np.abs(np.moveaxis(followed, 0, -1)[ray] - z[:, :, 1:]).max() for ray in (0, 1)]
    assert min(differences) < 1e-4
    assert max(differences) > 0.01


def test_units_stick_for_one_sign_and_leave_a_gap_for_the_other():
    z = border_units(problem("relu"), units=40, steps=STEPS).distance
    stuck = [(np.ptp(np.sign(of_sign[:, -10:]), axis=1) > 0).sum() for of_sign in z]
    assert max(stuck) >= 4
    end = np.sort(z[np.argmin(stuck), :, -1])
    assert np.diff(end).max() > 2 * np.diff(z[0, :2, 0]).item()


@pytest.mark.parametrize("activation", ["relu", "erf"])
def test_weights_move_as_those_of_wide_networks(activation):
    phi, width, steps = parse_activation(activation), 4096, [1, 15]
    S = nngp_gram(X, activation=activation)
    response = Problem(X, X, Y, activation, RATE, steps, draws=2).response()
    expected = weight_movement(response, S, Y, d=2, steps=steps, widths=[width, 4 * width])
    assert expected[:, 0] == pytest.approx(2 * expected[:, 1])
    for i, T in enumerate(steps):
        A, B = networks.initialise(60, width, 2, seed=4)
        A_T, B_T = networks.descend(X, Y, A, B, phi, RATE, T)
        moved = np.sum((A_T - A) ** 2, axis=(1, 2)) + np.sum((B_T - B) ** 2, axis=(1, 2))
        squares = moved / (3 * width)
        error = squares.std(ddof=1) / np.sqrt(len(squares))
        assert abs(squares.mean() - expected[i, 0] ** 2) < 3.5 * error + 0.03 * squares.mean()
        assert error < 0.2 * squares.mean()
