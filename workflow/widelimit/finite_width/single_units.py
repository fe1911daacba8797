"""The movement of the kernel and its effect, to first order, for any activation and dimension.

Unit j adds s a_j phi(b_j x) to the network, s = sqrt(c/k). In residuals r_t it takes the steps

    a += eta s sum_i phi(b x_i) r_i,    b += eta s sum_i phi'(b x_i) (a.r_i) x_i,

and its part in the network changes by what its kernel at the start would do, plus a remainder.
k times the mean of the remainders is what the movement of the kernel adds to f in a step,

    q_t(x) = k E[ s a' phi(b' x) - s a phi(b x) - eta s^2 (phi_0(x) phi_0(X) + ..) r_t ],

primes for after the step, 0 for the start. The network answers it with its kernel,

    d_(t+1)(X) = (I - eta K) d_t(X) + q_t(X),   d_(t+1)(x) = d_t(x) - eta K(x, X) d_t(X) + q_t(x),

and d_T is the mean of network minus own-kernel prediction. The residuals are those of the limit
less the unit's own part in them, r_t = (I - eta K)^t (y - f_0(X) - s a phi(b X)): with smooth phi
the first order in s is odd in a, so that this part of order s counts as much as the second order
(both give 1/k). Every unit has an f_0 of its own, as q enters linearly.

Neglected: that residuals are changed by the movement itself (see mean_field for it).
"""

import numpy as np

from widelimit.finite_width.response import KernelResponse, Strides
from widelimit.finite_width.samples import normal_points, square_root
from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram

BLOCK_ENTRIES = 1 << 18


def first_order_movement(
    X, Z, y, *, activation: str, learning_rate: float, steps, width: int, count: int, seed: int = 0
) -> np.ndarray:
    """E[network - own-kernel prediction] on Z after each of the steps, (len(steps), m, p).

    X (n, d), Z (m, d), y (n, p); steps: ascending whole numbers; width k
    count: values of (b, f_0) followed (a power of two), each with both signs of f_0 and with two
    or three values of a
    """
    phi = parse_activation(activation)
    response = KernelResponse(
        ntk_gram(X, activation=activation),
        ntk_gram(Z, X, activation=activation),
        learning_rate=learning_rate,
    )
    walk = _Walk(X, Z, y, phi, width, response, steps)
    (n, d), p = X.shape, y.shape[1]
    points = normal_points(count, d + p + n * p, seed=seed)
    b, a, f0 = np.split(points, [d, d + p], axis=1)
    f0 = f0.reshape(count, p, n) @ square_root(nngp_gram(X, activation=activation)).T
    length = max(1, BLOCK_ENTRIES // (n * p))
    for start in range(0, count, length):
        block = slice(start, start + length)
        for readout, weight in _readouts(a[block], phi):
            for sign in (1, -1):
                walk.follow(readout, b[block], sign * f0[block], weight / (2 * count))
    return walk.effect()


def _readouts(a: np.ndarray, phi: Activation) -> list[tuple[np.ndarray, float]]:
    """Values of a in place of the sample a (u, p), of either sign, and their weights.

    With smooth phi and one output what a unit leaves is a polynomial of degree 4 in a, up to
    relative order 1/k, and three nodes of Gauss and Hermite integrate these exactly.
    """
    if phi.slope is None and a.shape[1] == 1:
        node = np.full_like(a, np.sqrt(3))
        return [(0 * node, 2 / 3), (node, 1 / 6), (-node, 1 / 6)]
    return [(a, 1 / 2), (-a, 1 / 2)]


class _Walk:
    """Weighted sums over the units that were followed, stride by stride."""

    def __init__(self, X, Z, y, phi: Activation, width: int, response: KernelResponse, steps):
        self.X, self.Z, self.y, self.phi, self.vectors = X, Z, y, phi, response.vectors
        self.width, self.s = width, np.sqrt(phi.scale / width)
        self.strides = Strides(response, steps)
        p = y.shape[1]
        self.train = np.zeros((len(self.strides.marks), len(X), p))
        self.test = np.zeros((len(steps), len(Z), p))

    def follow(self, a, b, f0, weight: float) -> None:
        """a (u, p), b (u, d), f0 (u, p, n)."""
        X, phi, s, V = self.X, self.phi, self.s, self.vectors
        frozen = _Frozen(a, b, phi)
        value0, slope0 = frozen.features(X)
        rho = (self.y.T - f0 - s * a[:, :, None] * value0[:, None]) @ V
        for t in range(len(self.train)):
            U = b @ X.T
            value, slope = phi.value(U), phi.derivative(U)
            self.train[t] += weight * s * (value.T @ a - frozen.part(X, value0, slope0))
            for i in np.flatnonzero(self.strides.checkpoints == t):
                left = phi.value(b @ self.Z.T).T @ a - frozen.part(self.Z, *frozen.features(self.Z))
                self.test[i] += weight * s * left
            if t == len(self.strides.sums):
                break
            R = s * (self.strides.sums[t] * rho) @ V.T
            gradient = slope * np.einsum("up,upi->ui", a, R)
            a, b = a + np.einsum("upi,ui->up", R, value), b + gradient @ X
            frozen.a_steps += np.einsum("upi,ui->up", R, value0)
            frozen.b_steps += (slope0 * np.einsum("up,upi->ui", frozen.a, R)) @ X

    def effect(self) -> np.ndarray:
        drive = self.width * np.diff(self.train, axis=0)
        return self.strides.answer(drive) + self.width * self.test


class _Frozen:
    """Units whose features stay as they are: sums of the steps that they would take."""

    def __init__(self, a, b, phi: Activation):
        self.a, self.b, self.phi = a, b, phi
        self.a_steps, self.b_steps = np.zeros_like(a), np.zeros_like(b)

    def features(self, points) -> tuple[np.ndarray, np.ndarray]:
        """phi and phi' at the start, (u, points)."""
        U = self.b @ points.T
        return self.phi.value(U), self.phi.derivative(U)

    def part(self, points, value, slope) -> np.ndarray:
        """Sum over the units of their linear part in the network over s, (points, p)."""
        return value.T @ (self.a + self.a_steps) + (slope * (self.b_steps @ points.T)).T @ self.a
