"""Gradient descent in any dimension: every (unit, point) pair, every step, as cheaply as can be.

Three engines share the interface of `DenseEngine`; all keep to blocks of units that stay in cache.

    fused    (leaky) ReLU, one output, d <= 3: one compiled pass over the units
    masks    (leaky) ReLU, one output: two matrix products
    pairs    all else: matrix products, phi and phi' over all pairs

Only the part of B in the span of the data ever moves: with fewer points than dimensions, the
descent runs in coordinates of that span.
"""

import numpy as np

from widelimit.kernels.activations import Activation
from widelimit.kernels.preactivations import MAX_TIE_DIMENSION

MAX_FUSED_DIMENSION = 3


class DenseEngine:
    """advance(losses) takes len(losses) steps and notes the loss after each; it returns how many it
    took, fewer if the last loss is not finite. f (n, p): the network at the training points.
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
        self.B, self.span = B, _span(X)
        if self.span is not None:
            X, B = X @ self.span, B @ self.span
        self.start = B
        engine = _engine_for(X.shape[1], len(A), activation)
        self.inner = engine(X, Y, A, B, activation=activation, learning_rate=learning_rate)

    def loss(self) -> float:
        return self.inner.loss()

    @property
    def f(self) -> np.ndarray:
        return self.inner.f

    def advance(self, losses: np.ndarray) -> int:
        return self.inner.advance(losses)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        A, B = self.inner.weights()
        if self.span is not None:
            B = self.B + (B - self.start) @ self.span.T
        return A, B


def _span(X: np.ndarray) -> np.ndarray | None:
    """An orthonormal basis (d, r) of the span of the rows of X where r < d, else None.

    None also where it would save nothing and rounding would decide ties.
    """
    if len(X) >= X.shape[1] or X.shape[1] <= MAX_TIE_DIMENSION:
        return None
    _, singular, VT = np.linalg.svd(X, full_matrices=False)
    rank = np.sum(singular > singular[0] * max(X.shape) * np.finfo(float).eps)
    return VT[: max(1, rank)].T


def _engine_for(dimension: int, outputs: int, activation: Activation):
    """Numba is imported with the engines, and not before one is needed."""
    if outputs > 1 or activation.slope is None:
        from widelimit.training.dense.pairs import PairEngine as engine
    elif dimension <= MAX_FUSED_DIMENSION:
        from widelimit.training.dense.fused import FusedEngine as engine
    else:
        from widelimit.training.dense.masks import MaskEngine as engine
    return engine
