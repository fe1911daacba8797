"""What a small change of the kernel does to gradient descent after T steps, to first order.

Residuals r_t = (I - eta K)^t r_0 become (I - eta (K + dK))^t r_0, and

    f_T(x) = f_0(x) + eta sum_{t<T} (K + dK)(x, X) r_t.

To first order in dK, with A = I - eta K,

    d f_T(x) = eta dK(x, X) sum_{t<T} A^t r_0
               - eta^2 K(x, X) sum_{t<T} sum_{s<t} A^(t-1-s) dK A^s r_0.

In the eigenbasis of K, mu = 1 - eta lambda, the double sum multiplies entry (p, q) of dK by the
divided difference of g(mu) = sum_{t<T} mu^t between mu_p and mu_q: no sum over steps is left.
"""

import numpy as np

from widelimit.linear.gradient_descent import lost, powers
from widelimit.linear.kernel_regression import eigensystem
from widelimit.validation import finite, whole

EXACT_STEPS, GROWTH = 100, 0.02
"""So many steps one by one; then strides that grow by this share of the steps behind them, over
which residuals are summed exactly and the unit moves once."""


def strides(steps) -> np.ndarray:
    """Numbers of steps from 0 to the last at which units move, all of `steps` among them."""
    marks, at = [0], 0
    for target in steps:
        while at < target:
            at = min(target, at + max(1, int(GROWTH * (at - EXACT_STEPS))))
            marks.append(at)
    return np.array(marks)


def power_sums(x: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """g_p = sum_{t<T} mu_p^t, (n,), and its divided differences g[mu_p, mu_q] =
    sum_{t<T} sum_{s<t} mu_p^(t-1-s) mu_q^s, (n, n).

    x (n,): 1 - mu; steps: T >= 0. The second is (g_p - g_q) / (mu_p - mu_q), and the derivative
    of g where mu_p = mu_q. By doubling T, with Leibniz' rule for divided differences: for
    0 <= mu <= 1 sums of terms that are not negative, so nothing cancels, however close mu_p
    and mu_q are.
    """
    mu = 1.0 - x
    power, power_difference = np.ones_like(mu), np.zeros((mu.size, mu.size))
    total, total_difference = np.zeros_like(mu), np.zeros((mu.size, mu.size))
    for digit in bin(steps)[2:]:
        # g_2T = g_T (1 + mu^T) and mu^2T = mu^T mu^T
        total_difference = total_difference * (1 + power) + total[:, None] * power_difference
        total = total * (1 + power)
        power_difference = power_difference * (power[:, None] + power)
        power = power * power
        if digit == "1":
            # g_(T+1) = g_T + mu^T and mu^(T+1) = mu mu^T
            total_difference = total_difference + power_difference
            total = total + power
            power_difference = mu[:, None] * power_difference + power
            power = mu * power
    return total, total_difference


class KernelResponse:
    """The first-order effect of dK on descent with K: one decomposition for all numbers of steps.

    K_train (n, n), K_test_train (m, n); learning_rate eta > 0, loss 1/2 sum (y - f)^2.
    Raises ValueError for matrices that do not fit.
    """

    def __init__(self, K_train, K_test_train, *, learning_rate: float):
        eigenvalues, self.vectors = eigensystem(K_train)
        self.learning_rate = learning_rate
        self.eigenvalues = np.maximum(eigenvalues, 0.0)
        self.projected = (
            finite("K_test_train", K_test_train, ("m", len(eigenvalues))) @ self.vectors
        )

    def power_sums(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """As the function of that name, for mu = 1 - eta lambda."""
        return power_sums(self.learning_rate * self.eigenvalues, whole("steps", steps, least=0))

    def effect(self, dK_train, dK_test_train, residual, *, steps: int) -> np.ndarray:
        """d f_T(x) for one dK, (m,) or (m, p).

        dK_train (n, n), symmetric, dK_test_train (m, n): the change of the kernel
        residual (n,) or (n, p): y - f_0(X)
        Neglects second order in dK.
        """
        g, differences = self.power_sums(steps)
        V, eta = self.vectors, self.learning_rate
        rho = V.T @ residual
        scaled = (g * rho.T).T
        bent = (differences * (V.T @ dK_train @ V)) @ rho
        return eta * (dK_test_train @ (V @ scaled)) - eta**2 * self.projected @ bent


class Strides:
    """Descent with a kernel, stride by stride.

    response: to changes of the kernel; steps: ascending whole numbers
    marks         numbers of steps at which strides begin and end, as `strides` gives them
    checkpoints   the place of each of `steps` among them
    sums (s, n)   eta sum_t mu^t over the steps of each of the s strides
    """

    def __init__(self, response: KernelResponse, steps):
        self.response, self.marks = response, strides(steps)
        self.checkpoints = np.searchsorted(self.marks, steps)
        x = response.learning_rate * response.eigenvalues
        gains = np.stack([_gain(x, T) for T in self.marks])
        self.sums = response.learning_rate * np.diff(gains, axis=0)
        self._lengths = np.diff(self.marks)
        # Strides of the same length do the same.
        lengths, self._kind = np.unique(self._lengths, return_inverse=True)
        self._by_kind = [
            tuple(f(x, length)[:, None] for f in (_gain, _double_gain, powers))
            for length in lengths
        ]

    def answer(self, drive: np.ndarray) -> np.ndarray:
        """How the network answers what is added to f at its training points, (len(steps), m, p).

        drive (s, n, p): added during each stride, evenly. At every checkpoint the part of f on the
        test points that comes from it: with d_(t+1) = (I - eta K) d_t + q_t,
        -eta K(x, X) sum_t d_t, exactly.
        """
        drive = self.response.vectors.T @ drive / self._lengths[:, None, None]
        change = np.zeros(drive.shape[1:])
        totals = np.zeros((len(self.marks), *change.shape))
        for t, (q, kind) in enumerate(zip(drive, self._kind, strict=True)):
            gain, double_gain, power = self._by_kind[kind]
            totals[t + 1] = totals[t] + gain * change + double_gain * q
            change = power * change + gain * q
        return -self.response.learning_rate * (self.response.projected @ totals[self.checkpoints])


def _gain(x: np.ndarray, steps: int) -> np.ndarray:
    """sum_{t<T} mu^t = (1 - mu^T) / x at mu = 1 - x."""
    return np.divide(lost(x, steps, powers(x, steps)), x, out=np.full_like(x, steps), where=x > 0)


def _double_gain(x: np.ndarray, steps: int) -> np.ndarray:
    """sum_{t<T} sum_{s<t} mu^s = (T - sum_{t<T} mu^t) / x at mu = 1 - x."""
    few = x * steps < 1e-5  # there the difference has lost digits, and x has no effect
    exact = np.divide(steps - _gain(x, steps), x, out=np.zeros_like(x), where=~few)
    return np.where(few, steps * (steps - 1) / 2, exact)
