"""A lecture's double descent: random features fitted to ten noisy points of a line.

The lecture draws complex random Fourier features, whose kernel tends to the Gaussian
exp(-|x - z|^2 / 2), and compares them with regression by exp(-|x - z| / 2), a Laplace kernel.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from widelimit.data.lecture import LINE_PUBLISHED, noisy_line
from widelimit.kernels.gram import gaussian_gram, laplace_gram, nngp_gram
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.random_features import complex_fourier_features, draw_fourier, neuron_features
from widelimit.seeds import generator
from widelimit.tables.lecture import TABLES

__all__ = ["TABLES", "measure"]

WIDTHS = (1, 2, 5, 8, 10, 12, 20, 50, 100, 500, 1000, 5000)
L = 0.5
"""Of both kernels, exp(-L |x - z|^2) and exp(-L |x - z|)."""


def measure(*, root: int, seeds: int) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES``; root and seeds are of the draws of the features."""
    return {"descent": TABLES["descent"].arrange(pd.DataFrame(_fits(root, seeds)))}


def _fits(root: int, seeds: int) -> Iterator[dict]:
    x, y, z, target = noisy_line()
    line = x[:, None], z[:, None]
    # With an input coordinate of 1 for the bias.
    biased = [np.stack([t, np.ones_like(t)], axis=1) for t in (x, z)]
    for model, (X, Z), gram, options in (
        ("nngp", biased, nngp_gram, {}),
        ("gaussian", line, gaussian_gram, {"scale": L}),
        ("laplace", line, laplace_gram, {"scale": L}),
    ):
        f = kernel_regression(gram(X, **options), gram(Z, X, **options), y)
        published = LINE_PUBLISHED.get(model)
        yield {"model": model, "test_mse": _mse(f, target), "published": published}
    for width in WIDTHS:
        for seed in range(seeds):
            rng = generator(root, "lecture features", width, seed)
            B = rng.standard_normal((width, 2))
            W, _ = draw_fourier(width, 1, scale=L, rng=rng)
            for model, (F, G) in (
                ("relu", [neuron_features(X, B) for X in biased]),
                ("fourier", [complex_fourier_features(X, W) for X in line]),
            ):
                f = G @ (np.linalg.pinv(F) @ y)
                yield {"model": model, "width": width, "seed": seed, "test_mse": _mse(f, target)}


def _mse(f: np.ndarray, target: np.ndarray) -> float:
    """The imaginary part counts, as in the lecture."""
    return float(np.mean(np.abs(f - target) ** 2))
