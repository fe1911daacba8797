"""The network's linearisation at its initial weights, trained in its parameters.

f_lin(x; w) = f_0(x) + J(x) (w - w_0), with J(x) = grad_w f(x) at w_0 and w all weights: those of
A row by row, then those of B row by row. The empirical NTK is J(x) J(z)'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from widelimit.kernels.activations import parse_activation
from widelimit.networks.model import as_points, as_readout
from widelimit.validation import is_whole


def jacobian(X, A, B, *, activation: str = "relu") -> np.ndarray:
    """J: d f_p(x)/d A_qj = s delta_pq phi(b_j x), d f_p(x)/d B_ji = s A_pj phi'(b_j x) x_i.

    s = sqrt(c/k); X (n, d), A (p, k), B (k, d). Returns (n, p, pk + kd), A before B. It is held
    as a whole: n p k (p + d) numbers. Raises ValueError for shapes that do not fit and for an
    unknown activation.
    """
    phi = parse_activation(activation)
    X, A, B = as_points("X", X, B), as_readout(A, B), np.asarray(B, dtype=float)
    (p, k), (n, d) = A.shape, X.shape
    U = X @ B.T
    last = np.einsum("nj,pq->npqj", phi.value(U), np.eye(p))
    first = np.einsum("pj,nj,ni->npji", A, phi.derivative(U), X)
    J = np.concatenate([last.reshape(n, p, p * k), first.reshape(n, p, k * d)], axis=2)
    return math.sqrt(phi.scale / k) * J


def linearised_descent(
    J_train, J_test, y, *, f0_train, f0_test, learning_rate: float, steps: Sequence[int]
) -> np.ndarray:
    """f_lin at the test points after gradient descent w <- w + eta J(X)' (y - f_lin(X)).

    The loss is 1/2 sum_i |y_i - f_lin(x_i)|^2, full batch.

    J_train, J_test     : (n, p, P) and (m, p, P), from `jacobian`
    y                   : (n,) for one output, or (n, p)
    f0_train, f0_test   : the network at w_0, in the shapes of y and of the result
    learning_rate       : eta > 0
    steps               : whole numbers >= 0, ascending, after which to read out
    Returns (len(steps), m) for one output, or (len(steps), m, p). Raises ValueError for steps
    that are not ascending or below 0, a learning rate that is not positive and finite, and shapes
    that do not fit.
    """
    if not all(is_whole(T) and T >= 0 for T in steps) or list(steps) != sorted(set(steps)):
        raise ValueError(f"steps must be ascending whole numbers >= 0; got {steps!r}")
    if not 0 < learning_rate < math.inf:
        raise ValueError(f"learning_rate must be positive and finite; got {learning_rate!r}")
    J, J_test = (part.reshape(-1, part.shape[-1]) for part in (J_train, J_test))
    for name, value, rows in (
        ("y", y, J),
        ("f0_train", f0_train, J),
        ("f0_test", f0_test, J_test),
    ):
        if np.size(value) != len(rows):
            raise ValueError(f"{name} must have {len(rows)} entries; got {np.size(value)}")
    residual_at_start = np.ravel(y) - np.ravel(f0_train)
    moved = np.zeros(J.shape[1])
    outputs, done = [], 0
    for step in steps:
        for _ in range(int(step - done)):
            moved += learning_rate * (residual_at_start - J @ moved) @ J
        done = step
        outputs.append(f0_test + (J_test @ moved).reshape(np.shape(f0_test)))
    return np.array(outputs)
