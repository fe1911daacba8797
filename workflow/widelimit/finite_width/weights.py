"""How far the weights move: the length of the way that the limit's residuals lead them.

Step t moves the weights by eta J_t^T r_t, J_t the gradients of f at the training points. With those
at the start, J J^T = K, and the residuals r_t = (I - eta K)^t r_0 of the limit

    |w_T - w_0|^2 = eta^2 R.K R,    R = sum_{t<T} r_t,

on average over f_0, for which E[r_0 r_0^T] = y y^T + S with the NNGP kernel S for each output. It
stays of order 1 as k grows, beside |w_0|^2 = k (d + p). Left out is that J moves: of relative
order k^-1/2, but large where the network is far from its kernel.
"""

import numpy as np

from widelimit.finite_width.response import KernelResponse


def weight_movement(response: KernelResponse, S, y, *, d: int, steps, widths) -> np.ndarray:
    """|w_T - w_0| / |w_0|, root mean square over initialisations, (len(steps), len(widths)).

    response: of the limit NTK on the training points; S (n, n): the NNGP kernel there
    y (n, p): targets; d: inputs of the network
    """
    V, outputs = response.vectors, y.shape[1]
    squares = np.sum((V.T @ y) ** 2, axis=1) + outputs * np.sum(V * (S @ V), axis=0)
    gains = np.stack([response.power_sums(step)[0] for step in steps])
    moved = response.learning_rate**2 * (gains**2 @ (response.eigenvalues * squares))
    return np.sqrt(moved[:, None] / (np.asarray(widths, dtype=float) * (d + outputs)))
