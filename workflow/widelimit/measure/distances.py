"""Distances between predictions, kernels and weights, and how an ensemble differs from theory."""

from typing import NamedTuple

import numpy as np


def rmse(f: np.ndarray, g: np.ndarray) -> float:
    """sqrt(mean (f - g)^2) over all entries; f and g of one shape."""
    f, g = np.asarray(f), np.asarray(g)
    if f.shape != g.shape:
        raise ValueError(f"f and g must have one shape; got {f.shape} and {g.shape}")
    return float(np.sqrt(np.mean(np.square(f - g))))


def standard_error(values: np.ndarray) -> np.ndarray:
    """Of the mean over the first axis; nan for one value."""
    if len(values) < 2:
        return np.full(np.shape(values)[1:], np.nan)
    return np.std(values, axis=0, ddof=1) / np.sqrt(len(values))


def root_of_mean(squares: np.ndarray) -> tuple[float, float]:
    """sqrt(mean of squares (s,)) and its standard error, by the delta method; nan for one
    value, and where all are 0."""
    root = float(np.sqrt(np.mean(squares)))
    return root, float(standard_error(squares)) / (2 * root) if root else np.nan


def deviation_from_theory(errors: np.ndarray, theory: float) -> float:
    """|root mean square of the errors (s,) / theory - 1|, and twice its standard error on top: with
    95 % confidence, how far off the theory is at most."""
    ratio, error = root_of_mean(np.square(np.asarray(errors, dtype=float) / theory))
    return abs(ratio - 1) + 2 * error


def relative_frobenius(K: np.ndarray, reference: np.ndarray) -> float:
    """|K - reference| / |reference| in the Frobenius norm."""
    return float(np.linalg.norm(np.asarray(K) - reference) / np.linalg.norm(reference))


def kernel_target_alignment(K: np.ndarray, y: np.ndarray) -> float:
    """y.K y / (|K| |y|^2), |K| the Frobenius norm: 1 where K is y y^T, 0 where it knows nothing of
    the targets y (n,) (Cristianini et al. 2001). K (n, n), in any shape of n^2 entries."""
    K = np.asarray(K).reshape(len(y), len(y))
    return float(y @ K @ y / (np.linalg.norm(K) * (y @ y)))


def accuracy(f: np.ndarray, y: np.ndarray) -> float:
    """Share of the rows whose largest entry of f stands where y has its largest; shapes (m, p).

    With one-hot y it is the share of points that are classified correctly; of equal entries the
    first counts. Raises ValueError unless f and y are two matrices of one shape.
    """
    f, y = np.asarray(f), np.asarray(y)
    if f.ndim != 2 or f.shape != y.shape:
        raise ValueError(f"f and y must be matrices of one shape; got {f.shape} and {y.shape}")
    return float(np.mean(f.argmax(axis=1) == y.argmax(axis=1)))


def wrong(f: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether each point is classified wrong, (..., m): outputs f (..., m, p), one-hot y (m, p)."""
    return np.argmax(f, axis=-1) != np.argmax(y, axis=-1)


def paired_difference(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Error of a less error of b on the same m points, and its standard error.

    a, b (m,) are what each has wrong of a point: 0 or 1, or a share of networks. Only points on
    which the two differ count. Where a alone is wrong on n_a points and b alone on n_b, the
    difference is (n_a - n_b) / m (McNemar 1947), and its standard error

        sqrt(n_a + n_b + 1 - (n_a - n_b)^2 / (m + 2)) / (m + 2)

    counts half a point more in each cell of the table of a and b, right and wrong, so that
    agreement on a few points is no certainty (Agresti & Min 2005).
    """
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    total, m = d.sum(), len(d) + 2
    return float(d.mean()), float(np.sqrt(d @ d + 1 - total**2 / m) / m)


def one_hot(y: np.ndarray) -> bool:
    """Whether each row of y (m, p) is 1 in one place and 0 elsewhere, with two places or more."""
    y = np.asarray(y)
    zero_or_one = np.isin(y, (0.0, 1.0)).all()
    return bool(y.shape[1] > 1 and zero_or_one and (y.sum(axis=1) == 1).all())


class EnsembleDistance(NamedTuple):
    """How an ensemble of predictions lies about the mean and spread that theory gives."""

    mean_rmse: float
    """rmse between the ensemble's mean and the theory's"""
    std_ratio: float
    """root mean square over points of the ensemble's standard deviation / the same of theory's"""
    distance_squared: float
    """mean over members and points of (f - theory's mean)^2 = bias_squared + variance"""
    bias_squared: float
    """mean over points of (ensemble's mean - theory's mean)^2"""
    variance: float
    """mean over points of the variance over members, divided by their number S, not S - 1, so
    that the two parts add up"""


def ensemble_distance(F: np.ndarray, mean: np.ndarray, std: np.ndarray) -> EnsembleDistance:
    """Split the distance of S members F (S, m) from the theory's mean (m,) into bias and spread.

    (1/S) sum_s (f_s - mean)^2 = (f_bar - mean)^2 + (1/S) sum_s (f_s - f_bar)^2, averaged over
    the m points. The ratio of standard deviations uses the unbiased S - 1; it is NaN for S = 1
    or where the theory has no spread.
    """
    F = np.asarray(F, dtype=float)
    members = len(F)
    centre = F.mean(axis=0)
    bias = float(np.mean(np.square(centre - mean)))
    variance = float(np.mean(F.var(axis=0)))
    spread = float(np.mean(np.square(std)))
    ratio = np.nan
    if members > 1 and spread > 0:
        ratio = float(np.sqrt(variance * members / (members - 1) / spread))
    distance = float(np.mean(np.square(F - mean)))
    return EnsembleDistance(float(np.sqrt(bias)), ratio, distance, bias, variance)


def common_part(D: np.ndarray) -> tuple[float, float]:
    """Root mean square over m entries of the mean of S independent members D (S, m), less what
    chance leaves, and its standard error.

    The square, the mean over pairs s != t of D_s.D_t / m, estimates that of the true mean without
    bias, as the chance in one member is independent of that in another. Where chance makes it
    negative, the part is 0. Its standard error is that of the jackknife over members (Efron 1982,
    equation 3.1), that of the root follows by the delta method. The part is NaN for S < 2
    and where D is not finite, the error also for S < 3 and where the part is 0.
    """
    D = np.asarray(D, dtype=float)
    members, entries = D.shape
    if members < 2:
        return np.nan, np.nan
    products = D @ D.T / entries
    common = float(np.sqrt(np.maximum(0.0, _mean_of_pairs(products))))
    if members < 3 or not common > 0:
        return common, np.nan
    others = ~np.eye(members, dtype=bool)
    left_out = np.array([_mean_of_pairs(products[np.ix_(keep, keep)]) for keep in others])
    error = np.sqrt((members - 1) * left_out.var())
    return common, float(error / (2 * common))


def _mean_of_pairs(products: np.ndarray) -> float:
    """Of the products (S, S) those of different members."""
    members = len(products)
    return float((products.sum() - products.trace()) / (members * (members - 1)))
