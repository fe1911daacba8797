"""Step 2 with a feature map that is known: the kernel's solution beside the explicit one."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from widelimit.data.sources import normalise_rows
from widelimit.expressions import evaluate_expression
from widelimit.kernels.polynomial import polynomial_features, polynomial_gram
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.least_squares import LeastSquares
from widelimit.measure.metric_rows import Row
from widelimit.seeds import generator

GRID = 241
OTHERS = 6
"""Further weights that fit the samples as well, for each degree."""

CHECK_DIMENSION, CHECK_POINTS, CHECK_DEGREES = 5, 8, (1, 2, 3)
"""Random data of the numbers: fewer features than points, then more, all well conditioned, so
that rounding cannot hide a difference."""


def circle_samples(root: int, n: int, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Angles t (n,) all around the circle, none close to the next, and their targets (n,)."""
    t = 2 * np.pi * (np.arange(n) + 0.6 * generator(root, "step2 samples").uniform(size=n)) / n
    return t, evaluate_expression(target, {"t": t, "x_0": np.cos(t), "x_1": np.sin(t)})


def interpolants(root: int, t: np.ndarray, y: np.ndarray, degrees: Sequence[int]) -> pd.DataFrame:
    """Fits of degree p on the circle: by the kernel, by explicit features, by other weights."""
    grid = np.linspace(0, 2 * np.pi, GRID)
    X, Z = _circle(t), _circle(grid)
    frames = []
    for degree in sorted(degrees):
        K = polynomial_gram(X, degree=degree)
        psi, psi_grid = (polynomial_features(P, degree=degree) for P in (X, Z))
        fit = LeastSquares(psi, y)
        alpha = kernel_regression(K, np.eye(len(K)), y)
        curves = [
            ("kernel", 0, polynomial_gram(Z, X, degree=degree) @ alpha, np.sqrt(alpha @ K @ alpha)),
            ("features", 0, psi_grid @ fit.solution, np.linalg.norm(fit.solution)),
        ]
        for number, w in enumerate(_others(psi, y, generator(root, f"step2 others {degree}"))):
            curves.append(("other", number, psi_grid @ w, np.linalg.norm(w)))
        shape = {"degree": degree, "features": psi.shape[1], "rank": fit.rank}
        for kind, number, f, norm in curves:
            frame = pd.DataFrame({"t": grid, "f": f})
            frames.append(frame.assign(fit=kind, number=number, norm=norm, **shape))
        samples = pd.DataFrame({"t": t, "f": y})
        frames.append(samples.assign(fit="samples", number=0, norm=np.nan, **shape))
    return pd.concat(frames)


def feature_rows(root: int, draws: int) -> Iterator[Row]:
    """Each statement at its worst over random data and degrees."""
    rng = generator(root, "step2 features")
    checks = pd.DataFrame(_check(rng, degree) for _ in range(draws) for degree in CHECK_DEGREES)
    for name in ("gram_error", "kernel_vs_features"):
        yield Row(f"polynomial_{name}", checks[name].max())
    for name in ("representer_error", "kernel_norm_error", "minimum_norm_pythagoras"):
        yield Row(name, checks[name].max())
    yield Row("minimum_norm_ratio", checks["minimum_norm_ratio"].min())


def _check(rng: np.random.Generator, degree: int) -> dict[str, float]:
    X, Z = (normalise_rows(rng.standard_normal((n, CHECK_DIMENSION))) for n in (CHECK_POINTS, 50))
    y = rng.standard_normal(CHECK_POINTS)
    psi, psi_test = (polynomial_features(P, degree=degree) for P in (X, Z))
    K, K_test = polynomial_gram(X, degree=degree), polynomial_gram(Z, X, degree=degree)
    w = LeastSquares(psi, y).solution
    alpha = kernel_regression(K, np.eye(len(K)), y)
    size = np.linalg.norm(w)
    others = np.array(list(_others(psi, y, rng)))
    # Where the features are no more than the points, every least-squares solution is w itself.
    many = psi.shape[1] > CHECK_POINTS
    squares, apart = np.sum(others**2, axis=1), np.sum((others - w) ** 2, axis=1)
    return {
        "gram_error": np.abs(psi_test @ psi.T - K_test).max() / 2**degree,
        "kernel_vs_features": np.abs(kernel_regression(K, K_test, y) - psi_test @ w).max()
        / np.abs(y).max(),
        "representer_error": np.linalg.norm(w - psi.T @ alpha) / size,
        "kernel_norm_error": abs(alpha @ K @ alpha - size**2) / size**2,
        "minimum_norm_pythagoras": np.abs(squares - size**2 - apart).max() / squares.max(),
        "minimum_norm_ratio": np.sqrt(squares.min()) / size if many else np.inf,
    }


def _others(psi: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Least-squares solutions of least norm with the features on other, random scales."""
    for _ in range(OTHERS):
        scales = np.exp(0.7 * rng.standard_normal(psi.shape[1]))
        yield scales * LeastSquares(psi * scales, y).solution


def _circle(t: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(t), np.sin(t)], axis=1)
