import math

import numpy as np
import pytest

import networks
from widelimit.finite_width.border_queues import advance_queues, empty_queues
from widelimit.finite_width.kinks import KinkFlux
from widelimit.finite_width.response import KernelResponse
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import ntk_gram


def particles(shifts, spacing=2e-3, far=12.0):
    """Net mass on the on side after each shift (on, off), from a row of points hopping freely."""
    z = np.arange(-far, far, spacing) + spacing / 2
    moved = []
    for on, off in shifts:
        z = np.where(z > 0, z + on, z + off)
        moved.append(((z > 0).sum() - len(z) // 2) * spacing)
    return np.array(moved)


def queued(shifts):
    queues, moved = empty_queues(1, len(shifts)), []
    for shift in shifts:
        advance_queues(queues, np.array([shift]))
        moved.append((queues.passed + queues.share * queues.held)[0])
    return np.array(moved)


@pytest.mark.parametrize("seed", [1, 2, 3, 5])
def test_queues_against_particles(seed):
    # Speeds that fade and turn, so that units pass, gather, are let go and flee, and come back.
    rng, t = np.random.default_rng(seed), np.arange(3000)
    waves = np.cos(np.outer(rng.uniform(0, 4e-3, 6), t) + rng.uniform(0, 7, 6)[:, None])
    middle, jump = rng.normal(size=(2, 6)) @ waves * np.exp(-t / 1500)
    shifts = np.stack([middle + jump, middle - jump], axis=1)
    shifts *= 4 / np.abs(np.cumsum(shifts, axis=0)).max()
    # A particle hops from side to side, a queue lets the share of time pass: compare over a while.
    while_ = np.ones(50) / 50
    expected = particles(shifts)
    difference = np.convolve(queued(shifts) - expected, while_, mode="valid")
    assert np.abs(expected).max() > 0.5
    assert np.abs(difference).max() < 2 * np.abs(shifts).max() + 0.01 * np.abs(expected).max()


def test_queues_in_simple_cases():
    assert queued([(1, 2)] * 3) == pytest.approx([2, 4, 6])  # all pass, at the speed before
    assert queued([(-2, -1)] * 3) == pytest.approx([-2, -4, -6])
    # There and back, through the thinned row that was left.
    assert queued([(1, 2)] * 2 + [(-1, -1)] * 2) == pytest.approx([2, 4, 2, 0])
    # Gathering: 1 + 3 come in each time, and are on for 3/4 of the time.
    assert queued([(-1, 3)] * 2) == pytest.approx([2, 4])
    # Let go: all of them go over.
    assert queued([(-1, 3)] * 2 + [(1, 1)]) == pytest.approx([2, 4, 6 + 1])
    assert queued([(2, -3)] * 2) == pytest.approx([0, 0])  # fleeing
    assert queued([(2, -3)] * 2 + [(1, 1)] * 7) == pytest.approx([0] * 8 + [1])


def by_particles(X, Z, y, slope, rate, steps, spacing=5e-3, far=6.0):
    """sqrt(k) (network - own-kernel prediction) from units on a fine grid beside every ray."""
    n, c = len(X), 2 / (1 + slope**2)
    K, K_Z = (ntk_gram(p, X, activation=f"leaky_relu:{slope}") for p in (X, Z))
    # One normal for each line, and its two rays.
    lines = [x for i, x in enumerate(X) if (np.abs(X[:i] @ x) < 1 - 1e-9).all()]
    normals = np.repeat(lines, 2, axis=0)
    turned = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    rays = turned * np.tile([1, -1], len(lines))[:, None]

    def slopes(points, side):
        return np.where((rays + side * 1e-6 * normals) @ points.T > 0, 1.0, slope)

    # Units with b = w ray + s |a| z normal, a row of z for a > 0 and one for a < 0: such a unit
    # adds sign phi(b.x) to f(x), and a linear function if its slopes stayed.
    z = np.tile(np.arange(-far, far, spacing) + spacing / 2, (2, len(rays), 1))
    start = z > 0
    r, change, effect = y.copy(), np.zeros(n), np.zeros(len(Z))
    for _ in range(steps):
        S = [rate * (slopes(X, side) * r) @ X for side in (1, -1)]
        shift_on, shift_off = ((pull * normals).sum(axis=1)[:, None] for pull in S)
        shift = np.where(z > 0, shift_on, shift_off)
        gains = []
        for points in (X, Z):
            gain = np.zeros(len(points))
            for i, x in enumerate(points):
                psi = [slopes(points[i : i + 1], side)[:, 0] for side in (1, -1)]
                pull_on, pull_off = (p * (pull @ x) for p, pull in zip(psi, S, strict=True))
                frozen = np.where(start, pull_on[:, None], pull_off[:, None])
                now = np.where(z > 0, pull_on[:, None], pull_off[:, None])
                for q in np.flatnonzero(np.abs(rays @ x) < 1e-9):
                    cosine = normals[q] @ x
                    for k, sign in enumerate((1, -1)):
                        before = cosine * z[k, q]
                        after = before + sign * cosine * shift[k, q]
                        now[k, q] = sign * (leaky(after, slope) - leaky(before, slope))
                gain[i] = c / (2 * math.pi) * spacing * (now - frozen).sum()
            gains.append(gain)
        effect += rate * K_Z @ change + gains[1]
        change, r = change - rate * K @ change - gains[0], r - rate * K @ r
        z[0] += shift[0]
        z[1] -= shift[1]
    return math.sqrt(c) * effect


def leaky(u, slope):
    return np.maximum(u, slope * u)


def flux(X, Z, y, slope, rate, steps):
    name = f"leaky_relu:{slope}"
    K, K_Z = (ntk_gram(p, X, activation=name) for p in (X, Z))
    response = KernelResponse(K, K_Z, learning_rate=rate)
    return KinkFlux(X, Z, parse_activation(name), response, steps)


ANGLES = {
    "apart": [0.3, 0.8, 1.6, 2.2, 2.9],
    "twice": [0.3, 0.8, 1.6, 2.2, 0.8],
    "opposite": [0.3, 0.8, 1.6, 2.2, 0.8 + math.pi],
    "all around": [0.3, 2.0, 3.9, 4.6, 5.8],
}


@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("name", ANGLES)
def test_the_flux_against_particles(name, slope):
    X = networks.circle(np.array(ANGLES[name]))
    Z = networks.circle(np.linspace(0.1, 6.0, 9))
    y, rate, steps = 2 * np.sin(np.array([1.0, 3.0, 2.0, 5.0, 4.0])), 0.02, 150
    kinks = flux(X, Z, y, slope, rate, [0, steps])
    effect, reached = kinks.follow(y)
    expected = by_particles(X, Z, y, slope, rate, steps)
    assert not effect[0].any()
    assert reached[0] == 0
    assert 0.5 < reached[1] < 6
    assert np.sqrt(np.mean((effect[1] - expected) ** 2)) < 0.03 * np.sqrt(np.mean(expected**2))


def test_gaps():
    for name, gap in (("apart", 0.5), ("twice", 0.5), ("opposite", 0.5), ("all around", 0.4584)):
        X = networks.circle(np.array(ANGLES[name]))
        assert flux(X, X, np.ones(5), 0.0, 0.02, [1]).gap == pytest.approx(gap, abs=1e-4)
