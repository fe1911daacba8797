"""Gradient descent once more, twice: from the formula in NumPy, and the same loops compiled."""

from __future__ import annotations

import numpy as np
from numba import njit


def descend(X, y, A, B, phi, derivative, c, learning_rate, steps):
    """Weights and losses by w <- w - learning_rate grad L(w), every array written out."""
    A, B, Y = A.copy(), B.copy(), np.asarray(y).reshape(len(X), -1)
    s = np.sqrt(c / len(B))
    losses = []
    for step in range(steps + 1):
        U = X @ B.T
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


@njit(cache=True, fastmath={"contract"})
def _loops(X, y, a, B, slope, s, learning_rate, losses):
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


def descend_leaky_compiled(X, y, A, B, slope, learning_rate, steps):
    """As `descend_leaky`, for points in the plane and one output."""
    a, B, losses = A[0].copy(), B.copy(), np.empty(steps + 1)
    _loops(X, y, a, B, slope, np.sqrt(2 / (1 + slope**2) / len(a)), learning_rate, losses)
    return a[None, :], B, losses
