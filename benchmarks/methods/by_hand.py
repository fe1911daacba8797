"""NumPy with the gradient written by hand: what the other methods are checked against."""

import numpy as np
from scipy.special import erf, ndtr

from benchmarks.cases import LEARNING_RATE, Problem
from benchmarks.methods.base import Method


def relu(U):
    return np.maximum(U, 0), (U > 0).astype(float)


def gelu(U):
    Phi = ndtr(U)
    return U * Phi, Phi + U * np.exp(-(U**2) / 2) / np.sqrt(2 * np.pi)


def gauss_error(U):
    return erf(U), 2 / np.sqrt(np.pi) * np.exp(-(U**2))


def sine(U):
    return np.sin(U), np.cos(U)


ACTIVATIONS = {"relu": relu, "gelu": gelu, "erf": gauss_error, "sin": sine}
"""phi(U) and phi'(U)."""


class ByHand(Method):
    def __init__(self, problem: Problem):
        self.X, self.y = problem.X, problem.Y[:, 0]
        self.a, self.B = problem.A[0].copy(), problem.B.copy()
        self.phi, self.scale = ACTIVATIONS[problem.activation], problem.scale

    def advance(self, steps: int) -> np.ndarray:
        losses = np.empty(steps)
        for t in range(steps):
            value, derivative = self.phi(self.X @ self.B.T)
            r = self.y - self.scale * (value @ self.a)
            losses[t] = r @ r / 2
            da = r @ value
            dB = ((derivative * r[:, None]).T @ self.X) * self.a[:, None]
            self.a += LEARNING_RATE * self.scale * da
            self.B += LEARNING_RATE * self.scale * dB
        return losses

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self.a[None], self.B
