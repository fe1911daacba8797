"""Gradient descent on least squares, step by step: a million small steps in one job."""

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled


@compiled(fastmath=ANY_ORDER)
def walk(X, y, eta, w, gradient, steps, kept):
    """w <- w + eta X'(y - X w), in place; kept[i] is w after steps[i], which ascend."""
    done = 0
    for i in range(steps.size):
        for _ in range(steps[i] - done):
            _step(X, y, eta, w, gradient)
        done = steps[i]
        for j in range(w.size):
            kept[i, j] = w[j]


@compiled(fastmath=ANY_ORDER)
def _step(X, y, eta, w, gradient):
    gradient[:] = 0.0
    for i in range(X.shape[0]):
        residual = y[i] - _dot(X[i], w)
        for j in range(np.uint64(w.size)):
            gradient[j] += residual * X[i, j]
    for j in range(np.uint64(w.size)):
        w[j] += eta * gradient[j]


@compiled(fastmath=ANY_ORDER)
def _dot(x, w):
    total = 0.0
    for j in range(np.uint64(w.size)):
        total += x[j] * w[j]
    return total
