"""The network linearised at w_0, f_lin(x; w) = f_0(x) + J(x) (w - w_0), trained step by step."""

from collections.abc import Sequence

import numpy as np

from widelimit.linear.least_squares import descend
from widelimit.validation import finite, positive


def linearised_descent(
    J_train, J_test, y, *, f0_train, f0_test, learning_rate: float, steps: Sequence[int]
) -> np.ndarray:
    """f_lin at the test points after gradient descent w <- w + eta J(X)' (y - f_lin(X)).

    The loss is 1/2 sum_i |y_i - f_lin(x_i)|^2, full batch.

    J_train, J_test     : (n, p, P) and (m, p, P), from `jacobian`
    y, f0_train         : (n, p), or (n,) for one output; f0_train is the network at w_0
    f0_test             : (m, p), or (m,), the network at w_0
    learning_rate       : eta > 0
    steps               : whole numbers >= 0, after which to read out
    Returns (len(steps), m) for one output, or (len(steps), m, p). Raises ValueError for a learning
    rate that is not positive and finite, other steps, and arrays that do not fit.
    """
    J_train = finite("J_train", J_train, ("n", "p", "P"))
    (n, p, P), one = J_train.shape, J_train.shape[1] == 1
    J_test = finite("J_test", J_test, ("m", p, P), empty=True)
    y, f0_train = (
        finite(name, values, (n, p), *[(n,)] * one)
        for name, values in (("y", y), ("f0_train", f0_train))
    )
    f0_test = finite("f0_test", f0_test, J_test.shape[:2], *[J_test.shape[:1]] * one)
    moved = descend(
        J_train.reshape(n * p, P),
        np.ravel(y) - np.ravel(f0_train),
        learning_rate=positive("learning_rate", learning_rate),
        steps=steps,
    )
    change = moved @ J_test.reshape(-1, P).T
    return f0_test + change.reshape(len(moved), *f0_test.shape)
