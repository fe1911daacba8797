"""Training the last layer alone, in its k weights: f(x) = A F(x)', F the features, B fixed.

The same is kernel regression with the kernel F F', in the n coefficients of the training points
(`regression`, `dynamics`). Here it is done in the weights, to be held against that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widelimit.linear.kernel_regression import finite, targets
from widelimit.validation import is_whole


@dataclass(frozen=True, eq=False)
class MinimumNorm:
    """The weights A (k,) of least norm among those of least squared residual.

    rank             : singular values of F above the cut-off
    condition_number : the largest of them over the smallest
    """

    A: np.ndarray
    rank: int
    condition_number: float


def minimum_norm(F, y, *, rcond: float | None = None) -> MinimumNorm:
    """A = y (F')^+ by the singular value decomposition of F.

    F     : (n, k), the features of the training points, below, at or above k = n
    y     : (n,)
    rcond : singular values up to rcond times the largest count as zero; max(n, k) eps unless given
    Raises ValueError for shapes that do not fit or values not finite.
    Source: Golub & Van Loan (2013), theorem 5.5.1.
    """
    F, y = _features(F, y)
    # Of the transpose where that is the taller one: LAPACK is much faster on it.
    wide = F.shape[1] > F.shape[0]
    left, s, right = np.linalg.svd(F.T if wide else F, full_matrices=False)
    U, V = (right.T, left) if wide else (left, right.T)
    cut_off = max(F.shape) * float(np.finfo(float).eps) if rcond is None else rcond
    rank = int(np.count_nonzero(s > cut_off * s[0]))
    A = V[:, :rank] @ ((U[:, :rank].T @ y) / s[:rank])
    return MinimumNorm(A, rank, float(s[0] / s[rank - 1]) if rank else np.inf)


def train_last_layer(F, y, *, learning_rate: float, checkpoints: Sequence[int]) -> np.ndarray:
    """A after each number of steps A <- A + eta (y - A F') F from A = 0, step by step.

    F (n, k), y (n,), loss 1/2 sum_i (y_i - A F_i')^2, eta = learning_rate > 0; checkpoints >= 0,
    ascending. Returns (len(checkpoints), k). Raises ValueError for other arguments.
    """
    F, y = _features(F, y)
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate must be positive and finite; got {learning_rate!r}")
    whole = all(is_whole(checkpoint) and checkpoint >= 0 for checkpoint in checkpoints)
    if not whole or list(checkpoints) != sorted(set(checkpoints)):
        raise ValueError(f"checkpoints must be ascending from 0 on; got {list(checkpoints)}")
    A, kept, done = np.zeros(F.shape[1]), [], 0
    for checkpoint in checkpoints:
        for _ in range(int(checkpoint - done)):
            A = A + learning_rate * ((y - F @ A) @ F)
        done = checkpoint
        kept.append(A)
    return np.array(kept).reshape(-1, F.shape[1])


def _features(F, y) -> tuple[np.ndarray, np.ndarray]:
    F = finite("F", F)
    if F.ndim != 2 or F.size == 0:
        raise ValueError(f"F must have shape (n, k); got {F.shape}")
    y = targets(y, len(F))
    if y.ndim != 1:
        raise ValueError(f"y must have shape ({len(F)},); got {y.shape}")
    return F, y
