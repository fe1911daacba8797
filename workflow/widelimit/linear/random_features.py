"""Random features F (n, k) whose inner products F F' estimate a kernel by k random draws.

X (n, d) has one point a row; the k features share the factor that makes their kernel's limit 1
on the diagonal. Every function raises ValueError for shapes that do not fit.
"""

import math

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.validation import finite, positive, whole


def neuron_features(X, B, *, activation: str = "relu") -> np.ndarray:
    """F = sqrt(c/k) phi(X B'), so that a network is f = A F' and F F' tends to the NNGP kernel.

    X (n, d), B (k, d), standard normal as `initialise` draws it; returns (n, k).
    Raises ValueError also for an unknown activation. Source: Neal (1996); Rahimi & Recht (2008).
    """
    phi = parse_activation(activation)
    X, B = _points_and_directions(X, "B", B)
    return math.sqrt(phi.scale / len(B)) * _value(phi, X @ B.T)


def draw_fourier(
    width: int, d: int, *, scale: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """W (width, d) with entries N(0, 2 L), L = scale, and b (width,) uniform on [0, 2 pi).

    Raises ValueError for a width or d below 1 or a scale that is not positive and finite.
    """
    width, d = whole("width", width, least=1), whole("d", d, least=1)
    W = math.sqrt(2 * positive("scale", scale)) * rng.standard_normal((width, d))
    return W, rng.uniform(0, 2 * math.pi, width)


def fourier_features(X, W, b) -> np.ndarray:
    """F = sqrt(2/k) cos(X W' + b), so that E[F F'] is the Gaussian kernel exp(-L |x - z|^2).

    X (n, d), W (k, d), b (k,), as `draw_fourier` draws them; returns (n, k).
    The average over b of 2 cos(s + b) cos(t + b) is cos(s - t), and E[cos(w.(x - z))] is the
    characteristic function of the normal w. Source: Rahimi & Recht (2007), section 3.
    """
    X, W = _points_and_directions(X, "W", W)
    U = X @ W.T + finite("b", b, (len(W),))
    return math.sqrt(2 / len(W)) * _value(parse_activation("cos"), U)


def complex_fourier_features(X, W) -> np.ndarray:
    """F = exp(i X W') / sqrt(k), so that E[F F*] is the Gaussian kernel, as of `fourier_features`.

    X (n, d), W (k, d), as `draw_fourier` draws them; returns (n, k), complex.
    Source: Rahimi & Recht (2007), section 3.
    """
    X, W = _points_and_directions(X, "W", W)
    return np.exp(1j * (X @ W.T)) / math.sqrt(len(W))


def _value(phi: Activation, U: np.ndarray) -> np.ndarray:
    """phi(U), for a smooth phi in place of U and several times as fast as by NumPy or SciPy."""
    if phi.slope is not None:
        return phi.value(U)
    # Numba is not imported before there is something to compute.
    from widelimit.kernels.elementwise import evaluator

    evaluator(phi)(U, np.empty_like(U))
    return U


def _points_and_directions(X, name: str, W) -> tuple[np.ndarray, np.ndarray]:
    W = finite(name, W, ("width", "d"))
    return finite("X", X, ("points", W.shape[1]), empty=True), W
