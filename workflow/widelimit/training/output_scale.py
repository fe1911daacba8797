"""Lazy and rich training: a scale of the output, without an engine of its own."""

import numpy as np

from widelimit.networks.model import forward
from widelimit.validation import positive


class OutputScale:
    """Trains F = alpha (f - f_0) on L / alpha^2, L = 1/2 sum_i |y_i - F(x_i)|^2, f_0 the network at
    its start (Chizat, Oyallon & Bach 2019, section 1).

    L / alpha^2 = 1/2 sum_i |f_0(x_i) + y_i / alpha - f(x_i)|^2: it is training f on the targets
    f_0 + y / alpha, exactly; in floating point, up to alpha times the rounding of f.

    alpha : positive and finite
    X (n, d), X_test (m, d) or None, and the weights at the start, A (p, k), B (k, d)
    """

    def __init__(self, alpha: float, X, X_test, A, B, *, activation: str):
        self.alpha = positive("output_scale", alpha)
        self.f_train = forward(X, A, B, activation=activation)
        self.f_test = None if X_test is None else forward(X_test, A, B, activation=activation)

    def targets(self, Y: np.ndarray) -> np.ndarray:
        """f_0 + y / alpha, of the shape of Y (n, p)."""
        return self.f_train.reshape(Y.shape) + Y / self.alpha

    def scaled(self, result):
        """The result of training f on those targets, with F and L in the places of f and loss."""
        f_test = None if self.f_test is None else self.alpha * (result.f_test - self.f_test)
        return result._replace(
            losses=self.alpha**2 * result.losses,
            f_train=self.alpha * (result.f_train - self.f_train),
            f_test=f_test,
        )
