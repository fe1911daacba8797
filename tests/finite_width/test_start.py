import numpy as np
import pytest

import networks
from spheres import sphere
from widelimit.finite_width.response import KernelResponse
from widelimit.finite_width.samples import initial_values
from widelimit.finite_width.start import start_variance
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram

RATE, STEPS = 0.05, [1, 10, 200]


def problem(activation, n=4, d=3):
    X, Z = sphere(0, n, d), sphere(1, 5, d)
    K, K_Z = ntk_gram(X, activation=activation), ntk_gram(Z, X, activation=activation)
    y = X[:, :1] + np.sin(3 * X[:, 1:2])
    return X, Z, y, KernelResponse(K, K_Z, learning_rate=RATE), parse_activation(activation)


@pytest.mark.slow
@pytest.mark.parametrize("given_f0", [False, True])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.3", "erf", "gelu"])
def test_plain_networks_own_kernels_err_by_this_much(activation, given_f0):
    X, Z, y, response, phi = problem(activation)
    width, count = 1 << 9, 3000
    f0 = 0.5 * np.cos(5 * X[:, 1:2]) if given_f0 else None
    expected = start_variance(X, Z, y, response, phi, steps=STEPS, count=1 << 12, f0_train=f0)
    squares = np.zeros((3, count, 5))
    for part in range(6):
        rows = slice(part * 500, (part + 1) * 500)
        A, B = networks.initialise(500, width, 3, seed=part)
        K, K_Z = networks.kernel(X, X, A, B, phi), networks.kernel(Z, X, A, B, phi)
        start = f0[None, :, 0] if given_f0 else networks.forward(X, A, B, phi)[:, :, 0]
        limit, limit_Z = (
            np.broadcast_to(k, v.shape)
            for k, v in zip(limits(X, Z, activation), (K, K_Z), strict=True)
        )
        for i, T in enumerate(STEPS):
            residual = np.broadcast_to(y[:, 0] - start, (500, 4))
            own = networks.linear_descent(K, K_Z, residual, RATE, T)
            squares[i, rows] = (
                width * (own - networks.linear_descent(limit, limit_Z, residual, RATE, T)) ** 2
            )
    mean, error = squares.mean(axis=1), squares.std(axis=1) / np.sqrt(count)
    # Second order in K_k - K is of relative order k^-1/2 in places, 1/k in these squares.
    assert np.all(np.abs(mean - expected[:, :, 0]) < 4 * error + 0.05 * mean)


def limits(X, Z, activation):
    return ntk_gram(X, activation=activation), ntk_gram(Z, X, activation=activation)


def test_against_the_response_to_one_unit_after_another():
    X, Z, y, response, phi = problem("relu")
    S, T = nngp_gram(X), 20
    rng, effects = np.random.default_rng(3), []
    residuals = y - initial_values(S, 8)[:, :, 0].T
    for _ in range(20_000):
        a, b = rng.standard_normal(), rng.standard_normal(3)
        on, on_Z = 1.0 * (X @ b > 0), 1.0 * (Z @ b > 0)
        u, u_Z = on * (X @ b), on_Z * (Z @ b)
        dK = 2 * (np.outer(u, u) + a * a * np.outer(on, on) * (X @ X.T))
        dK_Z = 2 * (np.outer(u_Z, u) + a * a * np.outer(on_Z, on) * (Z @ X.T))
        effects.append(response.effect(dK, dK_Z, residuals, steps=T))
    effects = np.array(effects) - np.mean(effects, axis=0)
    squares = np.square(effects).mean(axis=2)
    expected = start_variance(X, Z, y, response, phi, steps=[T], count=1 << 14)[0, :, 0]
    error = squares.std(axis=0) / np.sqrt(len(squares))
    assert np.all(np.abs(squares.mean(axis=0) - expected) < 4 * error)


def test_several_outputs():
    X, Z, y, response, phi = problem("erf")
    both = np.hstack([y, np.cos(4 * y)])
    width, count, T = 256, 3000, 10
    f0 = np.zeros_like(both)
    expected = start_variance(X, Z, both, response, phi, steps=[T], count=1 << 12, f0_train=f0)[0]
    A, B = networks.initialise(count, width, 3, seed=7, outputs=2)
    features = [phi.value(p @ B.swapaxes(1, 2)) for p in (X, Z)]
    slopes = [phi.derivative(p @ B.swapaxes(1, 2)) for p in (X, Z)]

    def block(points, p, q):
        first = (slopes[points] * (A[:, p] * A[:, q])[:, None]) @ slopes[0].swapaxes(1, 2)
        last = features[points] @ features[0].swapaxes(1, 2) if p == q else 0
        return phi.scale / width * (last + first * ((X, Z)[points] @ X.T))

    blocks = [[[block(i, p, q) for q in range(2)] for p in range(2)] for i in range(2)]
    K, K_Z = (np.block([[b[..., None, None][..., 0, 0] for b in row] for row in i]) for i in blocks)
    own = networks.linear_descent(K, K_Z, np.tile(both.T.ravel(), (count, 1)), RATE, T)
    limit, limit_Z = limits(X, Z, "erf")
    expected_f = networks.linear_descent(limit[None], limit_Z[None], both.T, RATE, T)
    squares = width * np.square(own.reshape(count, 2, 5) - expected_f)
    error = squares.std(axis=0) / np.sqrt(count)
    assert np.all(np.abs(squares.mean(axis=0) - expected.T) < 4 * error + 0.05 * expected.T)
