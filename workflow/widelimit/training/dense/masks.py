"""(Leaky) ReLU, one output: two matrix products a step, and nothing else over the pairs.

With M_ij = 1 where x_i.b_j > 0: as phi is positively homogeneous, the gradients need only
S = X'(r M), a matrix product, and the predictions U = X B', another. M is kept from the
predictions of one step for the gradients of the next, or found again where it is too large.
"""

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation

BLOCK_ENTRIES = 1 << 15
"""Pairs in one block of units, so that its matrices stay in L2 cache."""
MOST_UNITS = 512
"""In one block: BLAS takes a quarter more time a unit for three times as many, measured."""
LANES = 32
"""Units go by multiples of this: four vectors."""
MOST_MASKS = 1 << 26
"""Bytes of M beyond which it is found again, by a third product."""


class MaskEngine:
    """See `widelimit.training.dense` for what the engines share.

    The units lie in blocks of equal length, the last one filled up with zeros, which stay zero:
    a (blocks, length), B (blocks, d, length), masks (blocks, n, length).
    """

    def __init__(self, X, Y, A, B, *, activation: Activation, learning_rate: float):
        (n, d), k = X.shape, len(B)
        self.width, self.y, self.slope = k, Y[:, 0], activation.slope
        self.X, self.XT = np.ascontiguousarray(X), np.ascontiguousarray(X.T)
        self.scale = np.sqrt(activation.scale / k)
        self.rate = learning_rate * self.scale
        length = LANES * max(1, min(BLOCK_ENTRIES // n, MOST_UNITS, k) // LANES)
        blocks = -(-k // length)
        units = np.zeros((blocks * length, 1 + d))
        units[:k, 0], units[:k, 1:] = A[0], B
        units = units.reshape(blocks, length, 1 + d)
        self.a = units[:, :, 0].copy()
        self.B = np.ascontiguousarray(units[:, :, 1:].transpose(0, 2, 1))
        kept = blocks if blocks * length * n <= MOST_MASKS else 0
        self.masks = np.empty((kept, n, length), dtype=np.bool_)
        self.U, self.S = np.empty((n, length)), np.empty((d, length))
        self.residual = np.empty(n)
        self._loss = _start(*self._state())

    def _state(self):
        data = self.X, self.XT, self.y, self.residual, self.a, self.B, self.masks, self.U, self.S
        return (*data, self.scale, self.slope, self.rate)

    def loss(self) -> float:
        return self._loss

    @property
    def f(self) -> np.ndarray:
        return (self.y - self.residual)[:, None]

    def advance(self, losses: np.ndarray) -> int:
        return _advance(*self._state(), losses)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        B = self.B.transpose(0, 2, 1).reshape(-1, self.X.shape[1])
        return self.a.reshape(1, -1)[:, : self.width].copy(), B[: self.width].copy()


@compiled(fastmath=ANY_ORDER)
def _weigh(mask, residual, W):
    """W_ij = M_ij r_i."""
    for i in range(W.shape[0]):
        r = residual[i]
        for j in range(np.uint64(W.shape[1])):
            W[i, j] = r if mask[i, j] else 0.0


@compiled(fastmath=ANY_ORDER)
def _weigh_again(U, residual):
    """The same in place of U."""
    for i in range(U.shape[0]):
        r = residual[i]
        for j in range(np.uint64(U.shape[1])):
            U[i, j] = r if U[i, j] > 0.0 else 0.0


@compiled(fastmath=ANY_ORDER)
def _update(a, B, S, lean, rest, change):
    """One step of the weights, the gradient of a block being a (lean S + rest)."""
    change[:] = 0.0
    for c in range(B.shape[0]):
        for j in range(np.uint64(a.size)):
            s = lean * S[c, j] + rest[c]
            change[j] += B[c, j] * s
            B[c, j] += a[j] * s
    for j in range(a.size):
        a[j] += change[j]


@compiled(fastmath=ANY_ORDER)
def _predict(a, U, slope, f):
    """Add a_j phi(U_ij) to f_i."""
    for i in range(U.shape[0]):
        total = 0.0
        for j in range(np.uint64(a.size)):
            u = U[i, j]
            total += a[j] * (u if u > 0.0 else slope * u)
        f[i] += total


@compiled(fastmath=ANY_ORDER)
def _predict_and_keep(a, U, slope, f, mask):
    for i in range(U.shape[0]):
        total = 0.0
        for j in range(np.uint64(a.size)):
            u = U[i, j]
            mask[i, j] = u > 0.0
            total += a[j] * (u if u > 0.0 else slope * u)
        f[i] += total


@compiled(allocates=True)
def _predict_block(X, a, B, masks, U, slope, f, block):
    np.dot(X, B[block], U)
    if masks.shape[0] > 0:
        _predict_and_keep(a[block], U, slope, f, masks[block])
    else:
        _predict(a[block], U, slope, f)


@compiled
def _compare(y, f, residual, scale):
    loss = 0.0
    for i in range(y.size):
        residual[i] = y[i] - scale * f[i]
        loss += 0.5 * residual[i] * residual[i]
    return loss


@compiled(allocates=True)
def _start(X, XT, y, residual, a, B, masks, U, S, scale, slope, rate):
    f = np.zeros(y.size)
    for block in range(a.shape[0]):
        _predict_block(X, a, B, masks, U, slope, f, block)
    return _compare(y, f, residual, scale)


@compiled(allocates=True)
def _advance(X, XT, y, residual, a, B, masks, U, S, scale, slope, rate, losses):
    f, change = np.empty(y.size), np.empty(a.shape[1])
    for t in range(losses.size):
        f[:] = 0.0
        rest = rate * slope * np.dot(XT, residual)
        for block in range(a.shape[0]):
            if masks.shape[0] > 0:
                _weigh(masks[block], residual, U)
            else:
                np.dot(X, B[block], U)
                _weigh_again(U, residual)
            np.dot(XT, U, S)
            _update(a[block], B[block], S, rate * (1.0 - slope), rest, change)
            _predict_block(X, a, B, masks, U, slope, f, block)
        losses[t] = _compare(y, f, residual, scale)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size
