"""Gradient descent once more: from the formula in NumPy, as compiled loops, and in many digits."""

import mpmath
import numpy as np
from numba import njit


def rounded_products(X, B):
    """X B', every product and every sum rounded, so that what cancels is 0: NumPy's own matrix
    product has fused multiply-adds, and rounding decides whether x.b > 0."""
    return sum(np.multiply.outer(x, b) for x, b in zip(X.T, B.T, strict=True))


def descend(X, y, A, B, phi, derivative, c, learning_rate, steps):
    """Weights and losses by w <- w - learning_rate grad L(w), every array written out."""
    A, B, Y = A.copy(), B.copy(), np.asarray(y).reshape(len(X), -1)
    s = np.sqrt(c / len(B))
    losses = []
    for step in range(steps + 1):
        U = rounded_products(X, B)
        R = Y - s * phi(U) @ A.T
        losses.append(0.5 * np.sum(R**2))
        if step < steps:
            gradient_A = -s * R.T @ phi(U)
            gradient_B = -s * ((R @ A) * derivative(U)).T @ X
            A -= learning_rate * gradient_A
            B -= learning_rate * gradient_B
    return A, B, np.array(losses)


def descend_leaky(X, y, A, B, slope, learning_rate, steps):
    return descend(
        X,
        y,
        A,
        B,
        lambda u: np.where(u > 0, u, slope * u),
        lambda u: np.where(u > 0, 1.0, slope),
        2 / (1 + slope**2),
        learning_rate,
        steps,
    )


@njit(cache=True)
def _loops(X, y, a, B, slope, s, learning_rate, losses, jitter, rng):
    n, k = len(y), len(a)
    f = np.empty(n)
    for step in range(len(losses)):
        f[:] = 0.0
        for j in range(k):
            for i in range(n):
                u = X[i, 0] * B[j, 0] + X[i, 1] * B[j, 1]
                f[i] += a[j] * (u if u > 0.0 else slope * u)
        r = y - s * f
        losses[step] = 0.5 * np.sum(r * r)
        if step == len(losses) - 1:
            break
        for j in range(k):
            s1, s2 = 0.0, 0.0
            for i in range(n):
                u = X[i, 0] * B[j, 0] + X[i, 1] * B[j, 1]
                weight = r[i] if u > 0.0 else slope * r[i]
                s1 += weight * X[i, 0]
                s2 += weight * X[i, 1]
            s1, s2 = learning_rate * s * s1, learning_rate * s * s2
            change = B[j, 0] * s1 + B[j, 1] * s2
            B[j, 0] += a[j] * s1
            B[j, 1] += a[j] * s2
            a[j] += change
            if jitter > 0.0:
                size = jitter * np.sqrt(a[j] ** 2 + B[j, 0] ** 2 + B[j, 1] ** 2)
                a[j] += rng.uniform(-size, size)
                B[j, 0] += rng.uniform(-size, size)
                B[j, 1] += rng.uniform(-size, size)


def descend_leaky_compiled(X, y, A, B, slope, learning_rate, steps, *, seed=None):
    """As `descend_leaky`, for points in the plane and one output.

    With a seed every unit is moved after every step by a random part of its last digit: Monte
    Carlo arithmetic (Parker 1997). How far such runs part is how well float64 determines the run.
    """
    a, B, losses = A[0].copy(), B.copy(), np.empty(steps + 1)
    s = np.sqrt(2 / (1 + slope**2) / len(a))
    jitter = 0.0 if seed is None else np.finfo(float).eps
    _loops(X, y, a, B, slope, s, learning_rate, losses, jitter, np.random.default_rng(seed))
    return a[None, :], B, losses


def descend_exactly(X, y, A, B, slope, learning_rate, steps, *, digits=60):
    """As `descend_leaky_compiled`, losses left out, from the same float64 numbers in `digits`."""
    with mpmath.workdps(digits):
        X, B = ([[mpmath.mpf(v) for v in row] for row in M.tolist()] for M in (X, B))
        y, a = ([mpmath.mpf(v) for v in values.tolist()] for values in (y, A[0]))
        s = mpmath.mpf(float(np.sqrt(2 / (1 + slope**2) / len(a))))
        for _ in range(steps):
            U = [[b[0] * x[0] + b[1] * x[1] for x in X] for b in B]
            D = [[1 if u > 0 else mpmath.mpf(slope) for u in row] for row in U]
            units = range(len(a))
            r = [y[i] - s * sum(a[j] * D[j][i] * U[j][i] for j in units) for i in range(len(y))]
            for j in units:
                weights = [learning_rate * s * r[i] * D[j][i] for i in range(len(y))]
                S = [sum(w * x[m] for w, x in zip(weights, X, strict=True)) for m in (0, 1)]
                change = B[j][0] * S[0] + B[j][1] * S[1]
                B[j] = [B[j][0] + a[j] * S[0], B[j][1] + a[j] * S[1]]
                a[j] += change
        return np.array([a], dtype=float), np.array(B, dtype=float)
