"""Any activation, any number of outputs: matrix products and phi, phi' over all pairs.

With R = y - f (n, p), s = sqrt(c/k), U = X B' and o the elementwise product:
A += eta s R' phi(U),  B += eta s ((R A) o phi'(U))' X,  both at the old weights.
"""

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation
from widelimit.kernels.elementary import preactivation
from widelimit.kernels.elementwise import evaluator
from widelimit.kernels.preactivations import MAX_TIE_DIMENSION

BLOCK_ENTRIES = 1 << 16
"""Pairs in one block of units: its two matrices, 1 MB, then stay in L2 cache, or nearly so."""
VECTORS = 32
"""Units in a few whole vectors of any processor: what is left over goes one by one."""
MOST_KEPT = 1 << 26
"""Bytes of phi(U) and phi'(U) beyond which they are found again for the gradients."""


class PairEngine:
    """See `widelimit.training.dense` for what the engines share.

    The units lie in blocks, which go through the whole step one by one, with points as rows and
    units as columns: A (p, length), B (d, length), phi and phi' (n, length). Blocks of one length
    share phi and phi' where they are not kept.
    """

    def __init__(self, X, Y, A, B, *, activation: Activation, learning_rate: float):
        (n, d), k = X.shape, len(B)
        self.X, self.XT, self.Y = np.ascontiguousarray(X), np.ascontiguousarray(X.T), Y
        self.scale = np.sqrt(activation.scale / k)
        self.rate = learning_rate * self.scale
        self.evaluate = evaluator(activation)
        self.keeps = 16 * n * k <= MOST_KEPT
        rounded = activation.slope is not None and d <= MAX_TIE_DIMENSION
        self.multiply = _rounded_product if rounded else np.dot
        length = max(1, BLOCK_ENTRIES // n)
        length = min(k, length - length % VECTORS if length > VECTORS else length)
        self.blocks, shared = [], {}
        for start in range(0, k, length):
            a, b = A[:, start : start + length].copy(), B[start : start + length].T.copy()
            width = b.shape[1]
            if self.keeps or width not in shared:
                shared[width] = np.empty((2, n, width))
            self.blocks.append((a, b, *shared[width]))
        weighted = n if len(A) > 1 else 0
        self.spare = {
            width: (np.empty((weighted, width)), np.empty((d, width))) for width in shared
        }
        self.f = np.zeros(Y.shape)
        for a, b, value, derivative in self.blocks:
            self._activate(b, value, derivative)
            _predict(value, a, self.f)
        self.f *= self.scale

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
        A, B, *_ = zip(*self.blocks, strict=True)
        return np.concatenate(A, axis=1), np.ascontiguousarray(np.concatenate(B, axis=1).T)

    def _step(self) -> None:
        R = self.rate * (self.Y - self.f)
        RT = np.ascontiguousarray(R.T)
        XR = self.XT * RT[0]
        F = np.zeros(R.shape)
        for a, b, value, derivative in self.blocks:
            if not self.keeps:
                self._activate(b, value, derivative)
            _descend(R, RT, XR, self.XT, a, b, value, derivative, *self.spare[b.shape[1]])
            self._activate(b, value, derivative)
            _predict(value, a, F)
        self.f = self.scale * F

    def _activate(self, b, value, derivative) -> None:
        """phi and phi' at the weights as they are."""
        self.multiply(self.X, b, value)
        self.evaluate(value, derivative)


@compiled(fastmath=ANY_ORDER, allocates=True)
def _descend(R, RT, XR, XT, A, B, value, derivative, weighted, gradient):
    """One step of the weights of a block; XR = X' o r is X with the residuals as factors."""
    if A.shape[0] == 1:  # a_j comes out of the sum over the points, and r_i goes to x_i
        np.dot(XR, derivative, gradient)
        for c in range(B.shape[0]):
            for j in range(np.uint64(B.shape[1])):
                B[c, j] += A[0, j] * gradient[c, j]
    else:
        np.dot(R, A, weighted)
        weighted *= derivative
        np.dot(XT, weighted, gradient)
        B += gradient
    A += np.dot(RT, value)


@compiled(fastmath=ANY_ORDER, allocates=True)
def _predict(value, A, F):
    """Add phi(U) A' to F."""
    F += np.dot(value, A.T)


@compiled(fastmath=ANY_ORDER)
def _rounded_product(X, B, U):
    """U = X B, in three dimensions at most."""
    d = X.shape[1]
    b1, b2, b3 = B[0], B[min(1, d - 1)], B[min(2, d - 1)]
    for i in range(U.shape[0]):
        x1, x2, x3 = X[i, 0], X[i, 1] if d > 1 else 0.0, X[i, 2] if d > 2 else 0.0
        for j in range(np.uint64(U.shape[1])):
            U[i, j] = preactivation(x1, x2, x3, b1[j], b2[j], b3[j])
