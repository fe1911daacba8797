"""Any activation, any number of outputs: matrix products and phi, phi' over all pairs.

With R = y - f (n, p), s = sqrt(c/k), U = X B' and o the elementwise product:
A += eta s R' phi(U),  B += eta s ((R A) o phi'(U))' X,  both at the old weights.
"""

from __future__ import annotations

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation
from widelimit.kernels.elementary import preactivation
from widelimit.kernels.preactivations import MAX_TIE_DIMENSION
from widelimit.training.dense.elementwise import evaluator

BLOCK_ENTRIES = 3 << 13
"""Pairs in one block of units, so that its three matrices (600 KB) stay in L2 cache."""
VECTORS = 32
"""Units in a few whole vectors of any processor: what is left over goes one by one."""
MOST_KEPT = 1 << 26
"""Bytes of phi(U) and phi'(U) beyond which they are found again for the gradients."""


class PairEngine:
    """See `widelimit.training.dense` for what the engines share.

    The units lie in blocks, which go through the whole step one by one, with points as rows and
    units as columns: A (p, length), B (d, length), phi and phi' (n, length).
    """

    def __init__(self, X, Y, A, B, *, activation: Activation, learning_rate: float):
        (n, d), k = X.shape, len(B)
        self.X, self.XT, self.Y = np.ascontiguousarray(X), np.ascontiguousarray(X.T), Y
        self.scale = np.sqrt(activation.scale / k)
        self.rate = learning_rate * self.scale
        self.evaluate = evaluator(activation)
        rounded = activation.slope is not None and d <= MAX_TIE_DIMENSION
        self.multiply = _rounded_product if rounded else np.matmul
        length = max(1, BLOCK_ENTRIES // n)
        length = min(k, length - length % VECTORS if length > VECTORS else length)
        starts = range(0, k, length)
        self.blocks = [(A[:, u : u + length].copy(), B[u : u + length].T.copy()) for u in starts]
        self.keeps = 16 * n * k <= MOST_KEPT
        shape = (len(self.blocks) if self.keeps else 1, n, length)
        self.value, self.derivative = np.empty(shape), np.empty(shape)
        self.U, self.dB = np.empty((n, length)), np.empty((d, length))
        self.f = self._predictions()

    def loss(self) -> float:
        return 0.5 * float(np.sum(np.square(self.Y - self.f)))

    def advance(self, losses: np.ndarray) -> int:
        with np.errstate(all="ignore"):
            for t in range(len(losses)):
                self._step()
                losses[t] = self.loss()
                if not np.isfinite(losses[t]):
                    return t + 1
        return len(losses)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        A, B = zip(*self.blocks, strict=True)
        return np.concatenate(A, axis=1), np.ascontiguousarray(np.concatenate(B, axis=1).T)

    def _step(self) -> None:
        R = self.rate * (self.Y - self.f)
        RT = np.ascontiguousarray(R.T)
        XR = self.XT * RT[0]
        F = np.zeros_like(self.f)
        for index, (A, B) in enumerate(self.blocks):
            value, derivative = self._activated(index) if self.keeps else self._activate(index)
            weight, dB = self.U[:, : A.shape[1]], self.dB[:, : A.shape[1]]
            if len(A) == 1:  # then a_j comes out of the sum over the points, and r_i is X's factor
                np.matmul(XR, derivative, out=dB)
                dB *= A
            else:
                np.matmul(R, A, out=weight)
                weight *= derivative
                np.matmul(self.XT, weight, out=dB)
            A += RT @ value
            B += dB
            F += self._activate(index)[0] @ A.T
        self.f = self.scale * F

    def _predictions(self) -> np.ndarray:
        blocks = enumerate(self.blocks)
        return self.scale * sum(self._activate(index)[0] @ A.T for index, (A, _) in blocks)

    def _activate(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """phi(U) and phi'(U) at the weights as they are."""
        B = self.blocks[index][1]
        U = self.U[:, : B.shape[1]]
        self.multiply(self.X, B, U)
        value, derivative = self._activated(index)
        self.evaluate(U, value, derivative)
        return value, derivative

    def _activated(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        length = self.blocks[index][1].shape[1]
        place = index if self.keeps else 0
        return self.value[place, :, :length], self.derivative[place, :, :length]


@compiled(fastmath=ANY_ORDER)
def _rounded_product(X, B, U):
    """U = X B, in three dimensions at most."""
    d = X.shape[1]
    b1, b2, b3 = B[0], B[min(1, d - 1)], B[min(2, d - 1)]
    for i in range(U.shape[0]):
        x1, x2, x3 = X[i, 0], X[i, 1] if d > 1 else 0.0, X[i, 2] if d > 2 else 0.0
        for j in range(np.uint64(U.shape[1])):
            U[i, j] = preactivation(x1, x2, x3, b1[j], b2[j], b3[j])
