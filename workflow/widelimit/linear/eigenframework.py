"""Test error of kernel regression and of random features, averaged over points, without a fit.

On the unit sphere S^(d-1), with points drawn uniformly, the eigenfunctions of a zonal kernel
K(x, z) = kernel(x.z) are the spherical harmonics, and an eigenvalue belongs to all of a degree. One
root, kappa, then gives the mean test error for every number of points. This is an asymptotic
statement; for ReLU kernels in d = 8 root mean square errors agree within 10 % from n = 8 on.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from widelimit.linear.harmonics import multiplicity, zonal_polynomials
from widelimit.validation import finite, whole, within

NODES = 400


class Spectrum(NamedTuple):
    """Of a zonal kernel, by degree l = 0, 1, ..: its eigenvalues under the uniform measure, how
    many harmonics share each, and what all higher degrees together add to K(x, x)."""

    eigenvalues: np.ndarray
    multiplicities: np.ndarray
    rest: float


class LearningCurve(NamedTuple):
    """At one number of points.

    kappa          the root that the rest follows from
    learnabilities by degree: the share in [0, 1] of a target of that degree that is learned;
                   times their multiplicities they sum to n, less rest / kappa
    inflation      what variance multiplies the error by, E_0 = n / (n - sum L^2)
    errors         by degree: mean squared test error for a target of that degree with mean square 1
    """

    kappa: float
    learnabilities: np.ndarray
    inflation: float
    errors: np.ndarray


def zonal_spectrum(kernel: Callable[[np.ndarray], np.ndarray], d: int, degree: int) -> Spectrum:
    """lambda_l = E[kernel(t) P_l(t)], t = x.z of uniform x, z on S^(d-1), for l = 0, .., degree.

    kernel : elementwise on [-1, 1], with kernel(1) = K(x, x)
    P_l is the Gegenbauer polynomial with P_l(1) = 1. Raises ValueError for d < 2 or degree < 0.
    Source: Funk & Hecke; Atkinson & Han (2012), theorem 2.22.
    """
    d, degree = whole("d", d, least=2), whole("degree", degree, least=0)
    # In theta, kernels of ReLU are analytic up to both ends.
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    theta = math.pi * (nodes + 1) / 2
    t, weights = np.cos(theta), weights * np.sin(theta) ** (d - 2)
    values = weights / weights.sum() * kernel(t)
    eigenvalues = np.maximum(zonal_polynomials(t, d, degree) @ values, 0.0)
    multiplicities = np.array([multiplicity(d, each) for each in range(degree + 1)], dtype=float)
    total = float(kernel(np.array([1.0]))[0])
    return Spectrum(eigenvalues, multiplicities, max(total - eigenvalues @ multiplicities, 0.0))


def zonal(gram: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """The kernel of unit vectors as a function of t = x.z, from its Gram matrices."""

    def kernel(t):
        t = np.asarray(t, dtype=float)
        return gram(np.array([[1.0, 0.0]]), np.stack([t, np.sqrt((1 - t) * (1 + t))], axis=1))[0]

    return kernel


def learning_curve(spectrum: Spectrum, n: int, *, ridge: float = 0.0) -> LearningCurve:
    """Kernel regression with a ridge on n points: sum_l m_l L_l + (ridge + rest) / kappa = n, with
    L_l = lambda_l / (lambda_l + kappa), and a test error of E_0 (1 - L_l)^2 for degree l.

    Raises ValueError for n < 1, a ridge that is negative or not finite, and without a ridge for n
    beyond the eigenvalues that rounding leaves.
    Source: Bordelon, Canatar & Pehlevan (2020); Simon, Dickens, Karkada & DeWeese (2021).
    """
    n, ridge = whole("n", n, least=1), within("ridge", ridge, 0, math.inf)
    eigenvalues, multiplicities, rest = spectrum
    kappa = _root(eigenvalues, multiplicities, rest + ridge, n)
    L = eigenvalues / (eigenvalues + kappa)
    inflation = n / (n - multiplicities @ L**2)
    return LearningCurve(kappa, L, float(inflation), inflation * (1 - L) ** 2)


def random_feature_error(
    spectrum: Spectrum, power, *, n: int, features: int, noise_variance: float = 0.0
) -> float:
    """Mean squared test error of least squares without ridge, of least norm, on n points and k
    random features whose kernel tends to the one of the spectrum as k grows; the test points carry
    no noise.

    power : mean square of the target by degree, as many as the spectrum has or fewer
    features : k, other than n, where the error is infinite
    Raises ValueError for other arguments, for a noise_variance that is negative or not finite, and
    where the smaller of n and k is beyond the eigenvalues that rounding leaves.
    Source: Simon, Karkada, Ghosh & Belkin (2023), section 4, at ridge 0.
    """
    n, k = whole("n", n, least=1), whole("features", features, least=1)
    if k == n:
        raise ValueError(f"features must differ from n, where the error is infinite; got {k}")
    eigenvalues, multiplicities, rest = spectrum
    power = finite("power", power, ("degrees",))
    if len(power) > len(eigenvalues):
        raise ValueError(
            f"power must have shape (degrees,), {len(eigenvalues)} degrees at most; "
            f"got shape {power.shape}"
        )
    noise_variance = within("noise_variance", noise_variance, 0, math.inf)
    power = np.pad(power, (0, len(eigenvalues) - len(power)))
    gamma = _root(eigenvalues, multiplicities, rest, min(n, k))
    kappa = gamma * max(k - n, 0) / k
    L = eigenvalues / (eigenvalues + gamma)
    z, q = multiplicities @ L + rest / gamma, multiplicities @ L**2
    inflation = 1 / (1 - (q * (k - 2 * z) + z * z) / (n * (k - q)))
    lost = gamma / (eigenvalues + gamma)
    missed = lost - kappa * L / (eigenvalues + gamma) * k / (k - q)
    return float(inflation * (missed @ power + noise_variance) - noise_variance)


def _root(eigenvalues, multiplicities, ridge: float, n: int) -> float:
    """kappa of sum m lambda / (lambda + kappa) + ridge / kappa = n."""

    def excess(logarithm):
        kappa = math.exp(logarithm)
        return multiplicities @ (eigenvalues / (eigenvalues + kappa)) + ridge / kappa - n

    largest = math.log((multiplicities @ eigenvalues + ridge) / n)
    if excess(largest - 60) <= 0:
        raise ValueError(
            f"n must be below the {multiplicities @ (eigenvalues > 0):.0f} harmonics whose"
            f" eigenvalues are above rounding, or the ridge larger; got n = {n}"
        )
    return math.exp(brentq(excess, largest - 60, largest, xtol=1e-15, rtol=1e-15))
