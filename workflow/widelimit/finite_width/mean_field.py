"""The movement of the kernel and its effect to all orders, for (leaky) ReLU: units that move in
the residuals that they cause together.

At width k every unit takes steps of size s = sqrt(c/k) in the common residuals. Put the
distribution of the units in place of k random ones: M units that sample it evenly, each with the
steps s, and an output f_0 + k s mean(a phi(b x)), f_0 a value of the Gaussian limit. That is the
training of M units at the output scale alpha = sqrt(k/M), exactly: F = alpha f on L / alpha^2, the
same as f on (y - f_0) / alpha, has unit steps eta sqrt(c/M) / alpha = eta s. In the language of
Chizat, Oyallon & Bach (2019) a network of width k is, but for chance, an infinitely wide one at the
scale sqrt(k).

Nothing is expanded in the movement. Left out is chance: the error of the kernel at the start
(`start`), which is taken out of the M units by their own kernel; the random part of the movement,
of relative order k^-1/4; and correlations of a unit with f_0, of relative order k^-1/2. With smooth
phi these count as much as the mean: see single_units.
"""

from typing import NamedTuple

import numpy as np

from widelimit.finite_width.samples import homogeneous_units
from widelimit.linear.gradient_descent import GradientDescent
from widelimit.networks.model import forward
from widelimit.networks.tangent import empirical_ntk
from widelimit.training import train

LARGEST_KERNEL = 2048
"""Rows of the kernel over all outputs; beyond it the blocks of different outputs, which vanish in
the limit, are left out."""


class MeanField(NamedTuple):
    """For one f_0, after each of the steps.

    effect (len(steps), m, p)   network - own-kernel prediction on the test points
    drift (len(steps),)         |K_T - K_0|_F / |K_0|_F of the kernel on the training points
    """

    effect: np.ndarray
    drift: np.ndarray


def mean_field(
    X, Z, y, f0, *, activation: str, learning_rate: float, steps, width: int, count: int, seed: int
) -> MeanField:
    """Follow `count` units of a network of this width in the residuals that they cause.

    X (n, d), Z (m, d), y (n, p), f0 (n, p): the values at initialisation
    activation: relu or leaky_relu; steps: ascending whole numbers; count: twice a power of two
    Raises TrainingDiverged and TrainingCollapsed as `train` does.
    """
    A, B = homogeneous_units(count, X.shape[1], outputs=y.shape[1], seed=seed)
    # F = scale f, and f = 0 at the start, as units come in pairs of both signs.
    scale = np.sqrt(width / count)
    target = (y - f0) / scale
    kernels = _Kernels(X, Z, len(A), activation)
    start = kernels.train(A, B)
    own = kernels.prediction(start, A, B, target, learning_rate=learning_rate, steps=list(steps))
    effect, drift, now = [], [], 0
    for T, f_own in zip(steps, own, strict=True):
        options = {"activation": activation, "learning_rate": learning_rate, "steps": T - now}
        A, B, *_ = train(X, target, A, B, **options)
        f, now = forward(Z, A, B, activation=activation).reshape(len(Z), -1), T
        effect.append(scale * (f - f_own))
        drift.append(np.linalg.norm(kernels.train(A, B) - start) / np.linalg.norm(start))
    return MeanField(np.array(effect), np.array(drift))


class _Kernels:
    """The units' own kernel over points and outputs: one matrix (1, n p, n p), or, where this is
    too large, one for each output (p, n, n), without the blocks that vanish in the limit."""

    def __init__(self, X, Z, outputs: int, activation: str):
        self.X, self.Z, self.outputs, self.activation = X, Z, outputs, activation
        self.together = len(X) * outputs <= LARGEST_KERNEL

    def train(self, A, B) -> np.ndarray:
        return self._between(self.X, A, B)

    def prediction(self, K, A, B, target, *, learning_rate: float, steps) -> np.ndarray:
        """Of descent from 0 with the kernel K = train(A, B), (len(steps), m, p)."""
        columns = target.reshape(1, -1) if self.together else target.T
        f = [
            GradientDescent(K_p, learning_rate=learning_rate).prediction(K_Z, y, steps=steps)
            for K_p, K_Z, y in zip(K, self._between(self.Z, A, B), columns, strict=True)
        ]
        if self.together:
            return f[0].reshape(len(steps), len(self.Z), self.outputs)
        return np.stack(f, axis=-1)

    def _between(self, points, A, B) -> np.ndarray:
        options = {"activation": self.activation}
        if not self.together:
            return np.stack([empirical_ntk(points, self.X, a[None], B, **options) for a in A])
        theta = empirical_ntk(points, self.X, A, B, **options)
        shape = len(points), len(self.X), self.outputs, self.outputs
        rows, columns = (len(side) * self.outputs for side in (points, self.X))
        return theta.reshape(shape).transpose(0, 2, 1, 3).reshape(1, rows, columns)
