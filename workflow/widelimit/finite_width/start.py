"""The effect of the kernel's error at the start on a network after T steps, to first order.

With K_k in place of K descent ends elsewhere by d f_T(x), linear in K_k - K (`response`), and so a
mean of k independent terms of mean 0, one for each unit. Its variance is 1/k times that of a term,

    k Var[d f_T(x)] = E[(P + a^2 Q)^2] - E[P + a^2 Q]^2 = E[(P + Q)^2 + 2 Q^2] - E[P + Q]^2,

P and Q the responses to phi phi' and (x.z) phi' phi' of one b in place of dK. The mean over a is
exact, over b it is taken over low-discrepancy points. Averaged over initialisations the residual
y - f_0(X) enters through its second moment y y' + S alone: f_0 is odd in a and K_k even, so that
they are independent in the limit.

Order k^-1/2, at every T. Neglected: second order in K_k - K, so relative order k^-1/2.
"""

import numpy as np

from widelimit.finite_width.response import KernelResponse
from widelimit.finite_width.samples import initial_values, normal_points
from widelimit.kernels.activations import Activation
from widelimit.kernels.gram import nngp_gram

BLOCK_ENTRIES = 1 << 17
MOST_DRAWS = 64
"""Values of f_0 averaged over where there are more training points; below, the mean is exact."""


def start_variance(
    X, Z, y, response: KernelResponse, phi: Activation, *, steps, count: int, f0_train=None
) -> np.ndarray:
    """k Var[d f_T(x)] at the test points, (len(steps), m, p).

    X (n, d), Z (m, d), y (n, p); response: to changes of K; steps: whole numbers
    count: values of b (a power of two)
    f0_train (n, p): of one network, and the variance is that given its f_0 on the training points;
    None averages over initialisations.
    """
    residuals, weights = _residuals(X, y, phi, f0_train)
    B = normal_points(count, X.shape[1])
    result = np.zeros((len(steps), len(Z), y.shape[1]))
    for T, variance in zip(steps, result, strict=True):
        square, QQ, mean = _moments(X, Z, B, response, phi, residuals, T)
        own = square + 2 * QQ - mean**2
        for p, weight in enumerate(weights):
            # Other outputs' residuals come in by a_p a_q, of mean 0 and variance 1.
            others = sum(QQ @ w for q, w in enumerate(weights) if q != p)
            variance[:, p] = own @ weight + others
    return result


def _residuals(X, y, phi: Activation, f0_train) -> tuple[np.ndarray, np.ndarray]:
    """Columns r (n, c), weights w (p, c): sum_c w_pc r_c r_c' = E[(y_p - f_0)(y_p - f_0)']."""
    p = y.shape[1]
    if f0_train is not None:
        return y - f0_train, np.eye(p)
    n = len(y)
    draws = min(n, MOST_DRAWS)
    S = nngp_gram(X, activation=phi.name)
    f0 = initial_values(S, 2 * draws)[:draws, :, 0]
    weights = np.hstack([np.eye(p), np.full((p, draws), 1 / draws)])
    return np.hstack([y, f0.T]), weights


def _moments(X, Z, B, response: KernelResponse, phi: Activation, residuals, T: int):
    """Means over b of (P + Q)^2, Q^2 and P + Q, each (m, c), for every column of residuals."""
    g, differences = response.power_sums(T)
    V, eta, n = response.vectors, response.learning_rate, len(X)
    projected = eta * response.projected
    rho = V.T @ residuals
    summed = V @ (g[:, None] * rho)
    square, QQ, mean = np.zeros((3, len(Z), residuals.shape[1]))
    length = max(1, BLOCK_ENTRIES // max(n * n, len(Z) * residuals.shape[1]))
    for start in range(0, len(B), length):
        b = B[start : start + length]
        value, slope = phi.value(b @ X.T), phi.derivative(b @ X.T)
        value_Z, slope_Z = phi.value(b @ Z.T), phi.derivative(b @ Z.T)
        gradient = slope[:, :, None] * X  # (u, n, d)
        features, slopes = value @ V, V.T @ gradient  # (u, n), (u, n, d)
        # eta K(x, X) V (differences * V'kV) rho
        bent_P = features[:, :, None] * (differences @ (features[:, :, None] * rho))
        bent_Q = ((slopes @ slopes.transpose(0, 2, 1)) * differences) @ rho
        Q = slope_Z[:, :, None] * (Z @ (gradient.transpose(0, 2, 1) @ summed))
        Q -= projected @ bent_Q
        both = value_Z[:, :, None] * (value @ summed)[:, None]
        both -= projected @ bent_P
        both += Q
        square += np.einsum("umc,umc->mc", both, both)
        QQ += np.einsum("umc,umc->mc", Q, Q)
        mean += both.sum(axis=0)
    scale = eta * phi.scale
    return scale**2 * square / len(B), scale**2 * QQ / len(B), scale * mean / len(B)
