"""Gradient descent for any dimension, any activation and any number of outputs."""

from __future__ import annotations

import numpy as np

from widelimit.activations import Activation
from widelimit.network.pair_sums import unit_blocks


class DenseEngine:
    """w <- w + eta J(w)'(y - f): all (unit, point) pairs, block by block of units.

    With R = y - f (n, p), s = sqrt(c/k), U = X B' and elementwise products:
    A += eta s R' phi(U),  B += eta s ((R A) phi'(U))' X.

    The rows of B move within the span of the points alone. With fewer points than dimensions
    X = X_r Q', Q (d, n) orthonormal, and C = B Q takes the steps of B with X_r (n, n) for X.
    """

    name = "dense"

    def __init__(
        self,
        X: np.ndarray,
        Y: np.ndarray,
        A: np.ndarray,
        B: np.ndarray,
        *,
        activation: Activation,
        learning_rate: float,
    ):
        self.X, self.Y, self.phi = X, Y, activation
        self.A, self.B = A.copy(), B.copy()
        self._start, self._span = None, None
        if len(X) < X.shape[1]:
            self._span, coordinates = np.linalg.qr(X.T)
            self.X, self.B = np.ascontiguousarray(coordinates.T), B @ self._span
            self._start = B.copy(), self.B.copy()
        self.scale = np.sqrt(activation.scale / len(B))
        self.rate = learning_rate * self.scale
        self.f = self._forward()

    def loss(self) -> float:
        return 0.5 * float(np.sum(np.square(self.Y - self.f)))

    def advance(self, losses: np.ndarray) -> int:
        """Take len(losses) steps, noting the loss after each; the number of steps taken.

        It is short of len(losses) when the last loss taken is not finite.
        """
        with np.errstate(all="ignore"):
            for t in range(len(losses)):
                self._step()
                losses[t] = self.loss()
                if not np.isfinite(losses[t]):
                    return t + 1
        return len(losses)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        if self._span is None:
            return self.A, self.B
        B, C = self._start
        return self.A, B + (self.B - C) @ self._span.T

    def _step(self) -> None:
        R = self.Y - self.f
        self.f = np.zeros_like(self.Y)
        for units in unit_blocks(len(self.B), len(self.X)):
            A, B = self.A[:, units], self.B[units]
            U = self.X @ B.T
            dA = R.T @ self.phi.value(U)
            dB = ((R @ A) * self.phi.derivative(U)).T @ self.X
            A += self.rate * dA
            B += self.rate * dB
            self.f += self.phi.value(self.X @ B.T) @ A.T
        self.f *= self.scale

    def _forward(self) -> np.ndarray:
        f = np.zeros_like(self.Y)
        for units in unit_blocks(len(self.B), len(self.X)):
            f += self.phi.value(self.X @ self.B[units].T) @ self.A[:, units].T
        return f * self.scale
