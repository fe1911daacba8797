"""Plain networks, many at a time, that know nothing of the package but the activation."""

import numpy as np


def initialise(count: int, width: int, d: int, seed: int, outputs: int = 1):
    """A (count, outputs, width), B (count, width, d)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, outputs, width)), rng.standard_normal((count, width, d))


def forward(X, A, B, phi):
    """(count, points, outputs)."""
    s = np.sqrt(phi.scale / B.shape[1])
    return s * phi.value(X @ B.swapaxes(1, 2)) @ A.swapaxes(1, 2)


def kernel(X, Z, A, B, phi):
    """Empirical NTK of the first output, (count, len(X), len(Z))."""
    U, V = X @ B.swapaxes(1, 2), Z @ B.swapaxes(1, 2)
    last = phi.value(U) @ phi.value(V).swapaxes(1, 2)
    first = (phi.derivative(U) * A[:, :1] ** 2) @ phi.derivative(V).swapaxes(1, 2)
    return phi.scale / B.shape[1] * (last + (X @ Z.T) * first)


def descend(X, y, A, B, phi, learning_rate: float, steps: int):
    """Plain gradient descent on 1/2 sum |y - f|^2 with both layers; y (n, outputs)."""
    s = np.sqrt(phi.scale / B.shape[1])
    for _ in range(steps):
        U = X @ B.swapaxes(1, 2)
        value, slope = phi.value(U), phi.derivative(U)
        residual = y - s * value @ A.swapaxes(1, 2)
        gradient = slope * (residual @ A)
        A = A + learning_rate * s * residual.swapaxes(1, 2) @ value
        B = B + learning_rate * s * gradient.swapaxes(1, 2) @ X
    return A, B


def linear_descent(K, K_Z, residual, learning_rate: float, steps: int):
    """f_T - f_0 on Z with a kernel that stays; K (count, n, n), residual (count, n)."""
    f = np.zeros(K_Z.shape[:2])
    for _ in range(steps):
        f = f + learning_rate * np.einsum("cmn,cn->cm", K_Z, residual)
        residual = residual - learning_rate * np.einsum("cmn,cn->cm", K, residual)
    return f


def movement(X, Z, y, A, B, phi, learning_rate: float, steps: int):
    """Network minus own-kernel prediction on Z, (count, len(Z)), one output; y (n,)."""
    f0 = forward(X, A, B, phi)[:, :, 0]
    own = linear_descent(
        kernel(X, X, A, B, phi), kernel(Z, X, A, B, phi), y - f0, learning_rate, steps
    )
    start = forward(Z, A, B, phi)[:, :, 0]
    A, B = descend(X, y[:, None], A, B, phi, learning_rate, steps)
    return forward(Z, A, B, phi)[:, :, 0] - start - own


def circle(angles) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
