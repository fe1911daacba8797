"""Gradient descent on a kernel machine after T steps, in closed form.

The loss is 1/2 sum_i (y_i - f(x_i))^2, full batch, learning rate eta. A step of a model that is
linear in its parameters multiplies the residual y - f(X) by I - eta K, so that after T steps

    f_T(x) = f_0(x) + M (y - f_0(X)),   M = K(x, X) K^-1 (I - (I - eta K)^T),

for these discrete steps exactly; gradient flow has exp(-eta T K) for the power
(Jacot, Gabriel & Hongler 2018, section 5; Lee et al. 2019, section 2.2).
"""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from widelimit.linear.kernel_regression import eigensystem, pseudo_inverse, scaled_rows, symmetric
from widelimit.validation import finite, is_whole, positive

LARGEST_POWER = 1e50
"""Of |1 - eta lambda|^T: up to here squares, and their ratios, are far inside the float64 range."""


class GradientDescent:
    """Gradient descent with one K_train and learning rate: one eigendecomposition for all calls.

    K_train        : (n, n), symmetric positive semidefinite, or its `eigensystem`
    learning_rate  : eta > 0, with the loss 1/2 sum_i (y_i - f(x_i))^2
    Raises ValueError for any other K_train or learning_rate.

    In every method `steps` is a whole number T >= 0, math.inf for the limit, or a sequence of
    these, which puts an axis of len(steps) in front of the result. Targets y are (n,) or (n, p);
    f0_train and f0_test, the values at initialisation, have the shape of their predictions or are
    a scalar. As columns are independent, p may count outputs, seeds, or both.

    Methods raise ValueError for arguments that do not fit, or for the limit where the learning
    rate is not below the stability bound; OverflowError where |1 - eta lambda|^T exceeds 1e50.
    Below that, diverging predictions are returned as they are.
    """

    def __init__(self, K_train, *, learning_rate: float):
        self.learning_rate = positive("learning_rate", learning_rate)
        eigenvalues, self._vectors = eigensystem(K_train)
        self._eigenvalues = np.maximum(eigenvalues, 0.0)  # negative by rounding only
        self._x = self.learning_rate * self._eigenvalues
        self.stability_bound = _bound(self._eigenvalues[-1])

    def prediction(self, K_test_train, y, *, steps, f0_train=0.0, f0_test=0.0) -> np.ndarray:
        """f_T at the test points, (m,) or (m, p); K_test_train is K(x, X), (m, n)."""
        projected = self._project(K_test_train)
        components = self._components(y, f0_train)
        f0_test = _initial("f0_test", f0_test, (len(projected), *components.shape[1:]))
        return _over(steps, lambda T: f0_test + projected @ scaled_rows(self._gain(T), components))

    def residual(self, y, *, steps, f0_train=0.0) -> np.ndarray:
        """y - f_T(X) = (I - eta K)^T (y - f_0(X)), (n,) or (n, p)."""
        components = self._components(y, f0_train)
        return _over(steps, lambda T: self._vectors @ scaled_rows(self._decay(T), components))

    def loss(self, y, *, steps, f0_train=0.0) -> np.ndarray:
        """1/2 sum (y - f_T(X))^2, over points and columns; shape () or (len(steps),)."""
        components = self._components(y, f0_train)
        return _over(
            steps, lambda T: np.sum(np.square(scaled_rows(self._decay(T), components))) / 2
        )

    def smoother(self, K_test_train, *, steps) -> np.ndarray:
        """M = K(x, X) K^-1 (I - (I - eta K)^T), (m, n): f_T - f_0 is M times y - f_0(X)."""
        projected = self._project(K_test_train)
        return _over(steps, lambda T: projected * self._gain(T) @ self._vectors.T)

    @property
    def _n(self) -> int:
        return len(self._eigenvalues)

    def _project(self, K_test_train) -> np.ndarray:
        """K(x, X) in the eigenbasis."""
        return finite("K_test_train", K_test_train, ("m", self._n), empty=True) @ self._vectors

    def _components(self, y, f0_train) -> np.ndarray:
        """y - f_0(X) in the eigenbasis."""
        y = finite("y", y, (self._n,), (self._n, "p"))
        return self._vectors.T @ (y - _initial("f0_train", f0_train, y.shape))

    def _decay(self, T) -> np.ndarray:
        """(1 - eta lambda)^T per eigenvalue; in the limit 0, but 1 where lambda counts as 0."""
        if T == math.inf:
            return np.where(self._inverse_in_the_limit() > 0, 0.0, 1.0)
        return self._power(T)

    def _gain(self, T) -> np.ndarray:
        """(1 - (1 - eta lambda)^T) / lambda per eigenvalue: eta T at 0, 1/lambda in the limit."""
        if T == math.inf:
            return self._inverse_in_the_limit()
        limit = np.full_like(self._x, self.learning_rate * T)
        return np.divide(self._lost(T), self._eigenvalues, out=limit, where=self._x > 0)

    def _power(self, T: int) -> np.ndarray:
        """(1 - x)^T, x = eta lambda."""
        power = powers(self._x, T)
        if np.abs(power).max() > LARGEST_POWER:
            raise OverflowError(
                f"learning_rate {self.learning_rate:g} exceeds the stability bound "
                f"{self.stability_bound:.6g}: after {T} steps gradient descent has diverged "
                f"by more than a factor of {LARGEST_POWER:g}"
            )
        return power

    def _lost(self, T: int) -> np.ndarray:
        """1 - (1 - x)^T."""
        return lost(self._x, T, self._power(T))

    def _inverse_in_the_limit(self) -> np.ndarray:
        if self.learning_rate >= self.stability_bound:
            raise ValueError(
                "steps must be finite where learning_rate is not below the stability bound "
                f"{self.stability_bound:.6g}; got learning_rate {self.learning_rate:g}"
            )
        return pseudo_inverse(self._eigenvalues)


class GradientFlow(GradientDescent):
    """Gradient flow dw/dt = -grad L after the time t = eta T: exp(-eta T K) for (I - eta K)^T.

    The limit of `GradientDescent` as eta -> 0 at constant eta T, with the same methods; steps are
    again whole numbers T, so that both stand side by side at the same T. It is stable for every
    learning rate.
    """

    def __init__(self, K_train, *, learning_rate: float):
        super().__init__(K_train, learning_rate=learning_rate)
        self.stability_bound = math.inf

    def _power(self, T: int) -> np.ndarray:
        return np.exp(-T * self._x)

    def _lost(self, T: int) -> np.ndarray:
        return -np.expm1(-T * self._x)


def gradient_descent_prediction(
    K_train, K_test_train, y, *, learning_rate: float, steps, f0_train=0.0, f0_test=0.0
) -> np.ndarray:
    """f_T(x) = f_0(x) + K(x, X) K^-1 (I - (I - eta K)^T) (y - f_0(X)), loss 1/2 sum (y - f)^2.

    K_train, K_test_train  : (n, n), K(X, X), and (m, n), K(x, X)
    y                      : (n,) or (n, p)
    learning_rate          : eta > 0, stable below `stability_bound`
    steps                  : T >= 0, math.inf (minimum-norm regression), or a sequence of these
    f0_train, f0_test      : f_0 at the points, in the shape of y and of the result, or a scalar
    Returns (m,) or (m, p), for a sequence with an axis of len(steps) in front. Errors as in
    `GradientDescent`, which saves the decomposition when there are more calls.
    """
    descent = GradientDescent(K_train, learning_rate=learning_rate)
    return descent.prediction(K_test_train, y, steps=steps, f0_train=f0_train, f0_test=f0_test)


def gradient_flow_prediction(
    K_train, K_test_train, y, *, learning_rate: float, steps, f0_train=0.0, f0_test=0.0
) -> np.ndarray:
    """f_T(x) = f_0(x) + K(x, X) K^-1 (I - exp(-eta T K)) (y - f_0(X)): flow for the time eta T.

    Arguments, the axis of `steps` and errors as in `gradient_descent_prediction`, but that every
    learning rate > 0 is stable. Source: Jacot, Gabriel & Hongler (2018), section 5.
    """
    flow = GradientFlow(K_train, learning_rate=learning_rate)
    return flow.prediction(K_test_train, y, steps=steps, f0_train=f0_train, f0_test=f0_test)


def gradient_descent_loss(K_train, y, *, learning_rate: float, steps, f0_train=0.0) -> np.ndarray:
    """1/2 sum (y - f_T(X))^2 over points and columns; () or, for a sequence, (len(steps),).

    Arguments and errors as in `gradient_descent_prediction`.
    """
    descent = GradientDescent(K_train, learning_rate=learning_rate)
    return descent.loss(y, steps=steps, f0_train=f0_train)


def stability_bound(K_train) -> float:
    """2 / lambda_max(K): gradient descent converges for learning rates below it, only.

    K_train: (n, n), symmetric; inf if it is zero. Raises ValueError for any other matrix.
    """
    K = symmetric("K_train", K_train)
    if len(K) < 500 or not K.any():
        return _bound(np.linalg.eigvalsh(K)[-1])
    # Here, as it takes 0.2 s to import, and only large kernels need it.
    from scipy.sparse.linalg import eigsh

    # Lanczos: some products with K in place of the n^3 of all eigenvalues.
    start = np.random.default_rng(0).standard_normal(len(K))
    return _bound(eigsh(K, k=1, which="LA", v0=start, return_eigenvectors=False)[0])


def ensemble_moments(
    K_train, K_test_train, S_train, S_test_train, S_test, y, *, learning_rate: float, steps
) -> tuple[np.ndarray, np.ndarray]:
    """Mean M y and covariance S(x, z) - M S(X, z) - S(x, X) M' + M S(X, X) M' of f_T.

    Over initialisations f_0 is a Gaussian process of mean 0 and covariance S (the NNGP kernel), so
    f_T is one too; M = K(x, X) K^-1 (I - (I - eta K)^T), K the tangent kernel.

    K_train, K_test_train  : (n, n), or its `eigensystem`, and (m, n)
    S_train, S_test_train  : (n, n) and (m, n)
    S_test                 : (m, m), or (m,), its diagonal, where the variances are all one needs
    y                      : (n,) or (n, p); every output has the same covariance
    steps                  : one T >= 0 or math.inf
    Returns the mean, (m,) or (m, p), and the covariance (m, m), or the variances (m,) with
    rounding below 0 set to 0, if S_test is a diagonal. Errors as in `gradient_descent_prediction`.
    Source: Lee et al. (2019), corollary 1, with discrete steps in place of gradient flow.
    """
    M = GradientDescent(K_train, learning_rate=learning_rate).smoother(
        K_test_train, steps=_step(steps)
    )
    m, n = M.shape
    y = finite("y", y, (n,), (n, "p"))
    S_train = symmetric("S_train", finite("S_train", S_train, (n, n)))
    S_test_train = finite("S_test_train", S_test_train, (m, n))
    S_test = finite("S_test", S_test, (m, m), (m,))
    if S_test.ndim == 1:
        # The diagonal of the covariance below, in O(m n^2) time and O(m n) memory.
        variance = S_test + np.einsum("ij,ij->i", M @ S_train - 2 * S_test_train, M)
        return M @ y, np.maximum(variance, 0.0)
    half = (M @ S_train / 2 - S_test_train) @ M.T
    return M @ y, symmetric("S_test", S_test) + half + half.T


def until_divergence(
    at: Callable[[int | Sequence[int]], np.ndarray],
    steps: Sequence[int],
    shape: tuple[int, ...] = (),
) -> np.ndarray:
    """at(T) of this shape for each T, NaN where it has diverged beyond LARGEST_POWER.

    at(steps) gives them all at once where none has.
    """
    with suppress(OverflowError):
        return at(steps)
    values = np.full((len(steps), *shape), np.nan)
    for i, T in enumerate(steps):
        with suppress(OverflowError):
            values[i] = at(T)
    return values


def powers(x: np.ndarray, T: int) -> np.ndarray:
    """(1 - x)^T, entry by entry, to rounding of its own size; infinite beyond float64.

    Through log|1 - x|: rounding 1 - x itself would lose a small x, T times over.
    """
    if T == 0:
        return np.ones_like(x)
    with np.errstate(divide="ignore", over="ignore"):  # x = 1: exp(-inf) is the right 0
        size = np.exp(T * np.log1p(np.where(x < 1, -x, x - 2)))
    return np.where((x > 1) & (T % 2 == 1), -size, size)


def lost(x: np.ndarray, T: int, power: np.ndarray) -> np.ndarray:
    """1 - (1 - x)^T, for a small x to digits that the difference itself has not got.

    power : (1 - x)^T, as `powers` gives it
    """
    slow = (0 < x) & (x < 0.5)
    return np.where(slow, -np.expm1(T * np.log1p(-np.where(slow, x, 0.0))), 1 - power)


def _bound(lambda_max: float) -> float:
    return 2 / float(lambda_max) if lambda_max > 0 else math.inf


def _over(steps, at) -> np.ndarray:
    """at(T), or at(T) for each T of a sequence along a new first axis."""
    dimensions = np.asarray(steps, dtype=object).ndim
    if dimensions == 0:
        return at(_step(steps))
    if dimensions > 1 or len(steps) == 0:
        raise ValueError(f"steps must be a number or a non-empty sequence of them; got {steps!r}")
    return np.stack([at(_step(T)) for T in steps])


def _step(T) -> int | float:
    if not (is_whole(T) and T >= 0) and not (isinstance(T, float) and T == math.inf):
        raise ValueError(f"steps must be whole numbers >= 0 or math.inf; got {T!r}")
    return T if T == math.inf else int(T)


def _initial(name: str, f0, shape: tuple[int, ...]) -> np.ndarray:
    return finite(name, f0, (), shape)
