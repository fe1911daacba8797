import math

import numpy as np
import pytest

from widelimit.kernels.quadrature import pair_expectation

XI = np.array([-1.0, -0.999, -0.7, -0.2, 0.0, 0.3, 0.85, 0.9999, 1.0])
ASIN = np.arcsin(XI)


def relu(u):
    return np.maximum(u, 0)


# f, g and E[f(u) g(v)] at XI, from moments of the normal plane: Isserlis for polynomials,
# Sheppard (1899) for signs, characteristic functions for waves.
KNOWN = {
    "ones": (np.ones_like, np.ones_like, np.ones_like(XI)),
    "products": (lambda u: u, lambda v: v, XI),
    "odd and even": (lambda u: u, np.square, 0 * XI),
    "squares": (np.square, np.square, 1 + 2 * XI**2),
    "cube and line": (lambda u: u**3, lambda v: v, 3 * XI),
    "cubes": (lambda u: u**3, lambda v: v**3, 9 * XI + 6 * XI**3),
    "signs": (np.sign, np.sign, 2 / math.pi * ASIN),
    "steps": (lambda u: 1.0 * (u > 0), lambda v: 1.0 * (v > 0), 0.25 + ASIN / (2 * math.pi)),
    "sizes": (np.abs, np.abs, 2 / math.pi * (np.sqrt(1 - XI**2) + XI * ASIN)),
    "relu and line": (relu, lambda v: v, XI / 2),
    "relu and sign": (relu, np.sign, XI / math.sqrt(2 * math.pi)),
    "waves": (np.cos, np.cos, np.cosh(XI) / math.e),
    "exponentials": (lambda u: np.exp(u / 2), lambda v: np.exp(v), np.exp(0.625 + XI / 2)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_expectations(name):
    f, g, expected = KNOWN[name]
    np.testing.assert_allclose(pair_expectation(f, g, XI), expected, rtol=0, atol=2e-13)


def test_high_moments():
    # E[u^20] = 19!!
    moment = math.prod(range(1, 20, 2))
    found = pair_expectation(lambda u: u**10, lambda v: v**10, np.array([1.0]))
    assert found[0] == pytest.approx(moment, rel=1e-13)


@pytest.mark.parametrize("xi", [[1.1], [-2.0], [math.nan], 0.5, [[0.1]]])
def test_refuses(xi):
    with pytest.raises(ValueError, match="xi must"):
        pair_expectation(np.sin, np.sin, xi)
