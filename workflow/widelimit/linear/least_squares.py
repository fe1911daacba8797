"""Least squares by gradient descent: its iterates, when they converge, and to what.

The loss is 1/2 sum_i (y_i - w.x_i)^2. Points are the rows of X (n, d), here as everywhere in this
package; w is (d,) and y is (n,). Formulas in texts have points as columns: their X is the
transpose of X here, their row vectors y and w are the vectors here. As pseudo-inverse and transpose
commute,

    y = w X  reads  y = X w,   y X^+  reads  X^+ y,   y X'(X X')^-1  reads  (X'X)^-1 X'y.

With X = U diag(sigma) V', a step of learning rate eta multiplies the distance to X^+ y along
direction v_i by 1 - eta sigma_i^2. So descent from 0 converges, for every y, if and only if
0 < eta < 2 / sigma_1^2.
"""

import math
from collections.abc import Sequence

import numpy as np

from widelimit.linear.gradient_descent import powers
from widelimit.validation import finite, step_numbers, within


class LeastSquares:
    """All of gradient descent on 1/2 |y - X w|^2 in closed form, by one decomposition of X.

    X                    : (n, d), a point a row
    y                    : (n,)
    rcond                : singular values up to rcond sigma_1 count as 0; max(n, d) eps by default
    rank                 : how many singular values do not count as 0
    singular_values      : (rank,), descending, those that do not count as 0
    condition_number     : the largest of them over the smallest; inf where there is none
    directions           : (rank, d), the v_i, a row each: an orthonormal basis of the points' span
    solution             : (d,), X^+ y, of all least-squares solutions the one of least norm
    least_loss           : 1/2 |y - X X^+ y|^2
    learning_rate_bound  : 2 / sigma_1^2; inf where X is 0
    Raises ValueError unless X is a finite, non-empty matrix, y has its length and rcond is in
    [0, 1). Source: Golub & Van Loan (2013), sections 5.5 and 11.2.
    """

    def __init__(self, X, y, *, rcond: float | None = None):
        X, y = _data(X, y)
        if rcond is None:
            rcond = max(X.shape) * float(np.finfo(float).eps)
        # Of the transpose where that is the taller one: LAPACK is much faster on it.
        wide = X.shape[1] > X.shape[0]
        left, sigma, right = np.linalg.svd(X.T if wide else X, full_matrices=False)
        U, directions = (right.T, left.T) if wide else (left, right)
        self.rank = rank = int(np.count_nonzero(sigma > within("rcond", rcond, 0, 1) * sigma[0]))
        self._X, self._y, self._U = X, y, U[:, :rank]
        self.singular_values, self.directions = sigma[:rank], directions[:rank]
        self.condition_number = float(sigma[0] / sigma[rank - 1]) if rank else math.inf
        self.solution = self.directions.T @ (self._U.T @ y / self.singular_values)
        self.least_loss = float(self.loss(self.solution))
        self.learning_rate_bound = 2 / float(sigma[0]) ** 2 if sigma[0] > 0 else math.inf

    def iterates(self, *, learning_rate: float, steps: Sequence[int], start=None) -> np.ndarray:
        """w_T = w_0 + sum_i v_i (1 - (1 - eta sigma_i^2)^T) / sigma_i u_i.(y - X w_0), a row a T.

        learning_rate : any finite number; one that is not stable gives iterates that diverge
        steps         : whole numbers T >= 0
        start         : w_0 (d,), 0 unless given
        Returns (len(steps), d), infinite or NaN beyond float64.
        """
        w = _start(start, self._X.shape[1])
        learning_rate = float(finite("learning_rate", learning_rate, ()))
        x, steps = learning_rate * self.singular_values**2, step_numbers("steps", steps)
        toward = self._U.T @ (self._y - self._X @ w) / self.singular_values
        with np.errstate(over="ignore", invalid="ignore"):
            gains = np.array([1 - powers(x, T) for T in steps]).reshape(len(steps), self.rank)
            return w + (gains * toward) @ self.directions

    def loss(self, w) -> np.ndarray:
        """1/2 |y - X w|^2 for w (..., d); shape (...)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.sum(np.square(self._y - np.asarray(w) @ self._X.T), axis=-1) / 2

    def outside(self, w) -> np.ndarray:
        """(I - V V') w, the component of w (..., d) at right angles to every point."""
        w = np.asarray(w, dtype=float)
        with np.errstate(over="ignore", invalid="ignore"):
            return w - (w @ self.directions.T) @ self.directions


def least_norm_solution(X, y) -> np.ndarray:
    """X^+ y (d,), as `LeastSquares` has it, in less than half the time.

    By a decomposition with pivoting in place of singular values: those up to max(n, d) eps times
    the largest count as 0 by its estimate of them. X is (n, d), y is (n,); errors as there.
    Source: Golub & Van Loan (2013), section 5.5; LAPACK's gelsy.
    """
    # No job that does without need wait for it.
    from scipy.linalg import lstsq

    X, y = _data(X, y)
    options = {"lapack_driver": "gelsy", "check_finite": False}
    return lstsq(X, y, cond=max(X.shape) * np.finfo(float).eps, **options)[0]


def descend(X, y, *, learning_rate: float, steps: Sequence[int], start=None) -> np.ndarray:
    """w <- w + eta X'(y - X w), step by step: the iterates at ``steps``, (len(steps), d).

    Arguments and errors as in `LeastSquares` and `LeastSquares.iterates`.
    """
    X, y = _data(X, y)
    w = _start(start, X.shape[1])
    eta = float(finite("learning_rate", learning_rate, ()))
    # Numba is not imported before there are steps to take.
    from widelimit.linear.descent_steps import walk

    ascending, places = np.unique(np.array(step_numbers("steps", steps), int), return_inverse=True)
    kept = np.empty((len(ascending), len(w)))
    walk(np.ascontiguousarray(X), y, eta, w.copy(), np.empty_like(w), ascending, kept)
    return kept[places]


def descend_kernel(K, y, *, learning_rate: float, steps: Sequence[int]) -> np.ndarray:
    """alpha <- alpha + eta (y - K alpha) from 0, step by step: alpha at ``steps``, (len(steps), n).

    It is `descend` in the span of the points: w = sum_i alpha_i psi(x_i), K_ij = psi(x_i).psi(x_j),
    for any feature map psi, known or not. K is (n, n), y is (n,); the other arguments and errors
    as in `descend`.
    """
    K = finite("K", K, ("n", "n"))
    y = finite("y", y, (len(K),))
    eta = float(finite("learning_rate", learning_rate, ()))
    steps, alpha = step_numbers("steps", steps), np.zeros(len(y))
    wanted, kept = set(steps), {}
    with np.errstate(over="ignore", invalid="ignore"):
        for T in range(max(steps, default=-1) + 1):
            alpha = alpha + eta * (y - K @ alpha) if T else alpha
            if T in wanted:
                kept[T] = alpha
    return np.reshape([kept[T] for T in steps], (-1, len(alpha)))


def regime_solution(X, y) -> np.ndarray:
    """The solution (d,) by the formula that belongs to the shape of X, for X of full rank.

    n > d : (X'X)^-1 X'y, the least-squares solution
    n = d : X^-1 y, the solution
    n < d : X'(XX')^-1 y, of the many solutions the one of least norm
    Raises ValueError where the rank is below min(n, d): there X^+ y remains.
    """
    X, y = _data(X, y)
    (n, d), rank = X.shape, np.linalg.matrix_rank(X)
    if rank < min(n, d):
        raise ValueError(f"X must have rank min(n, d) = {min(n, d)}; got rank {rank}")
    if n > d:
        return np.linalg.solve(X.T @ X, X.T @ y)
    if n == d:
        return np.linalg.solve(X, y)
    return X.T @ np.linalg.solve(X @ X.T, y)


def matrix_with(singular_values, n: int, d: int, *, rng: np.random.Generator) -> np.ndarray:
    """X (n, d) with these singular values, no more than min(n, d), and random directions.

    The others are 0. The directions are orthonormal bases of the spans of Gaussian vectors, so
    that no direction is preferred.
    """
    sigma = finite("singular_values", singular_values, ("rank",))
    if len(sigma) > min(n, d) or sigma.min() <= 0:
        raise ValueError(
            f"singular_values must be 1 to {min(n, d)} positive numbers; got {singular_values!r}"
        )
    left = np.linalg.qr(rng.standard_normal((n, len(sigma))))[0]
    right = np.linalg.qr(rng.standard_normal((d, len(sigma))))[0]
    return (left * sigma) @ right.T


def _data(X, y) -> tuple[np.ndarray, np.ndarray]:
    X = finite("X", X, ("n", "d"))
    return X, finite("y", y, (len(X),))


def _start(start, d: int) -> np.ndarray:
    return np.zeros(d) if start is None else finite("start", start, (d,))
