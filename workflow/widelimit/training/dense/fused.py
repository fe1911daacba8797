"""(Leaky) ReLU, one output, dimension 3 at most: one pass over the units a step, in L1 cache.

A block of units goes through its whole step, gradient to new predictions, before the next block
is touched. phi is positively homogeneous, so the gradient in a_j is S_j.b_j and that in b_j is
a_j S_j, with S_j the sum of r_i phi'(x_i.b_j) x_i; and phi(u) = (1 - s) max(u, 0) + s u, whose
linear part needs only sums over all points and over all units. Lower dimensions are padded.
"""

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation
from widelimit.kernels.elementary import preactivation

MAX_DIMENSION = 3
BLOCK = 256


class FusedEngine:
    """See `widelimit.training.dense` for what the engines share."""

    def __init__(self, X, Y, A, B, *, activation: Activation, learning_rate: float):
        (n, d), k = X.shape, len(B)
        self.d, self.y, self.slope = d, Y[:, 0], activation.slope
        self.scale = np.sqrt(activation.scale / k)
        self.rate = learning_rate * self.scale
        # Points two at a time, and zeros change no sum.
        self.x = np.zeros((MAX_DIMENSION, n + n % 2))
        self.x[:d, :n] = X.T
        self.a, self.b = A[0].copy(), np.zeros((MAX_DIMENSION, k))
        self.b[:d] = B.T
        self.residual = np.zeros(n + n % 2)
        self._loss = _start(self.a, *self.b, *self.x, self.y, self.residual, self.scale, self.slope)

    def loss(self) -> float:
        return self._loss

    @property
    def f(self) -> np.ndarray:
        return (self.y - self.residual[: len(self.y)])[:, None]

    def advance(self, losses: np.ndarray) -> int:
        return _advance(
            self.a,
            *self.b,
            *self.x,
            self.y,
            self.residual,
            losses,
            self.scale,
            self.slope,
            self.rate,
        )

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self.a[None, :].copy(), self.b[: self.d].T.copy()


@compiled(fastmath=ANY_ORDER)
def _gradients(b1, b2, b3, s1, s2, s3, x1, x2, x3, r):
    """S_j over the active points, two points at a time."""
    s1[:] = 0.0
    s2[:] = 0.0
    s3[:] = 0.0
    for i in range(0, r.size, 2):
        p1, p2, p3, q1, q2, q3 = x1[i], x2[i], x3[i], x1[i + 1], x2[i + 1], x3[i + 1]
        g1, g2, g3 = r[i] * p1, r[i] * p2, r[i] * p3
        h1, h2, h3 = r[i + 1] * q1, r[i + 1] * q2, r[i + 1] * q3
        for j in range(b1.size):
            on_p = preactivation(p1, p2, p3, b1[j], b2[j], b3[j]) > 0.0
            on_q = preactivation(q1, q2, q3, b1[j], b2[j], b3[j]) > 0.0
            s1[j] += (g1 if on_p else 0.0) + (h1 if on_q else 0.0)
            s2[j] += (g2 if on_p else 0.0) + (h2 if on_q else 0.0)
            s3[j] += (g3 if on_p else 0.0) + (h3 if on_q else 0.0)


@compiled(fastmath=ANY_ORDER)
def _update(a, b1, b2, b3, s1, s2, s3, lean, rest1, rest2, rest3):
    """One step of the weights, S = lean s + rest."""
    for j in range(a.size):
        t1, t2, t3 = lean * s1[j] + rest1, lean * s2[j] + rest2, lean * s3[j] + rest3
        before = a[j]
        a[j] = before + (b1[j] * t1 + b2[j] * t2 + b3[j] * t3)
        b1[j] += before * t1
        b2[j] += before * t2
        b3[j] += before * t3


@compiled(fastmath=ANY_ORDER)
def _moment(a, b1, b2, b3):
    """The sum of a_j b_j."""
    m1, m2, m3 = 0.0, 0.0, 0.0
    for j in range(a.size):
        m1 += a[j] * b1[j]
        m2 += a[j] * b2[j]
        m3 += a[j] * b3[j]
    return m1, m2, m3


@compiled(fastmath=ANY_ORDER)
def _predictions(a, b1, b2, b3, x1, x2, x3, f):
    """Add a_j max(x_i.b_j, 0) to f_i."""
    for i in range(0, f.size, 2):
        p1, p2, p3, q1, q2, q3 = x1[i], x2[i], x3[i], x1[i + 1], x2[i + 1], x3[i + 1]
        fp, fq = 0.0, 0.0
        for j in range(a.size):
            fp += a[j] * max(b1[j] * p1 + b2[j] * p2 + b3[j] * p3, 0.0)
            fq += a[j] * max(b1[j] * q1 + b2[j] * q2 + b3[j] * q3, 0.0)
        f[i] += fp
        f[i + 1] += fq


@compiled(fastmath=ANY_ORDER)
def _residuals(x1, x2, x3, y, f, m1, m2, m3, residual, scale, slope):
    for i in range(y.size):
        linear = m1 * x1[i] + m2 * x2[i] + m3 * x3[i]
        residual[i] = y[i] - scale * ((1.0 - slope) * f[i] + slope * linear)
    total = 0.0
    for i in range(y.size):
        total += residual[i] * residual[i]
    return 0.5 * total


@compiled(allocates=True)
def _start(a, b1, b2, b3, x1, x2, x3, y, residual, scale, slope):
    f = np.zeros(residual.size)
    m1, m2, m3 = np.sum(a * b1), np.sum(a * b2), np.sum(a * b3)
    for start in range(0, a.size, BLOCK):
        u = slice(start, min(start + BLOCK, a.size))
        _predictions(a[u], b1[u], b2[u], b3[u], x1, x2, x3, f)
    return _residuals(x1, x2, x3, y, f, m1, m2, m3, residual, scale, slope)


@compiled(allocates=True)
def _advance(a, b1, b2, b3, x1, x2, x3, y, residual, losses, scale, slope, rate):
    f = np.empty(residual.size)
    s1, s2, s3 = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    lean = rate * (1.0 - slope)
    for t in range(losses.size):
        rest1, rest2, rest3 = 0.0, 0.0, 0.0
        for i in range(y.size):
            rest1 += rate * slope * residual[i] * x1[i]
            rest2 += rate * slope * residual[i] * x2[i]
            rest3 += rate * slope * residual[i] * x3[i]
        f[:] = 0.0
        m1, m2, m3 = 0.0, 0.0, 0.0
        for start in range(0, a.size, BLOCK):
            u = slice(start, min(start + BLOCK, a.size))
            v = slice(0, min(BLOCK, a.size - start))
            _gradients(b1[u], b2[u], b3[u], s1[v], s2[v], s3[v], x1, x2, x3, residual)
            _update(a[u], b1[u], b2[u], b3[u], s1[v], s2[v], s3[v], lean, rest1, rest2, rest3)
            added = _moment(a[u], b1[u], b2[u], b3[u])
            m1, m2, m3 = m1 + added[0], m2 + added[1], m3 + added[2]
            _predictions(a[u], b1[u], b2[u], b3[u], x1, x2, x3, f)
        losses[t] = _residuals(x1, x2, x3, y, f, m1, m2, m3, residual, scale, slope)
        if not np.isfinite(losses[t]):
            return t + 1
    return losses.size
