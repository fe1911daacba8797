"""x.b, summed so that its sign is the same wherever it decides about a unit.

(Leaky) ReLU has a kink at 0, where phi' is the slope of the negative side. So it matters whether
x.b is 0 or above it, and in float64 that depends on how x.b is summed: for b = (-x_2, x_1) a matrix
product with fused multiply-adds gives the rounding error of a product instead of 0, and half of the
time this is positive. In up to MAX_TIE_DIMENSION dimensions, the package takes

    x.b = (x_1 b_1 + x_2 b_2) + x_3 b_3,  every product and every sum rounded to float64.

Products that cancel then give 0, and x.b and (-x).b differ in their sign alone. This sign decides
in both training engines, in empirical kernels and in Jacobians; the value of phi, which has no jump
at 0, may come from any sum. In more dimensions x.b is a matrix product, and rounding decides ties.
"""

import numpy as np

MAX_TIE_DIMENSION = 3


def preactivations(X: np.ndarray, B: np.ndarray) -> np.ndarray:
    """x.b for every row of X (n, d) and of B (k, d), as (n, k)."""
    if X.shape[1] > MAX_TIE_DIMENSION:
        return X @ B.T
    U = X[:, :1] * B[:, 0]
    for i in range(1, X.shape[1]):
        U += X[:, i : i + 1] * B[:, i]
    return U
