"""Random problems on the unit circle, the awkward ones among them."""

from typing import NamedTuple

import numpy as np

LAYOUTS = ("full", "half", "equispaced", "duplicates", "antipodal", "close", "axes")
LEARNING_RATES = (0.02, 0.3, 1.0, 1.9, 2.0, 2.5, 3.5)
"""In units of 1/lambda_max of the kernel at the start: stable below 2."""


class Case(NamedTuple):
    X: np.ndarray
    y: np.ndarray
    A: np.ndarray
    B: np.ndarray
    slope: float
    learning_rate: float

    @property
    def activation(self) -> str:
        return f"leaky_relu:{self.slope}" if self.slope else "relu"


def points(layout: str, n: int, rng) -> np.ndarray:
    half = n // 2
    angle = rng.uniform(0, 2 * np.pi if layout == "full" else np.pi, n)
    if layout == "axes":
        angle = rng.integers(0, 8, n) * np.pi / 4
    if layout == "close":
        angle[n - half :] = angle[:half] + 1e-13
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if layout == "equispaced":
        t = np.linspace(-1, 1, n)
        X = np.stack([t, np.sqrt(1 - t**2)], axis=1)
    if layout == "axes":
        X = np.round(X, 15)
    if layout == "duplicates":
        X[n - half :] = X[:half]
    if layout == "antipodal":
        X[n - half :] = -X[:half]
    return X


def random_case(
    seed: int, *, most_points: int = 200, most_units: int = 20_000, most_pairs: int
) -> Case:
    """n and k log-uniform from 1 to most_points and most_units, n k at most `most_pairs`."""
    rng = np.random.default_rng(seed)
    n, k = most_points, most_units
    while n * k > most_pairs:
        n, k = (int(np.exp(rng.uniform(0, np.log(m + 1)))) for m in (most_points, most_units))
    X = points(LAYOUTS[seed % len(LAYOUTS)], n, rng)
    y = X[:, 0] + np.sin(10 * X[:, 0]) + 0.3 * rng.standard_normal(n)
    A, B = rng.standard_normal((1, k)), rng.standard_normal((k, 2))
    slope = float(rng.choice([0.0, 0.0, 0.1, 0.5, 1.0]))
    rate = rng.choice(LEARNING_RATES) / max(_largest_eigenvalue(X, A, B, slope), 0.1)
    return Case(X, y, A, B, slope, float(rate))


def _largest_eigenvalue(X, A, B, slope) -> float:
    on = np.where(X @ B.T > 0, 1.0, slope)
    features = on * (X @ B.T)
    K = features @ features.T + (X @ X.T) * ((on * A**2) @ on.T)
    return 2 / (1 + slope**2) / len(B) * np.linalg.eigvalsh(K)[-1]
