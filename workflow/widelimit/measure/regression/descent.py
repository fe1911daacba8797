"""Step 2 for every kernel: positive semi-definite on random data, and learned step by step."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.data.sources import normalise_rows
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import gaussian_gram, laplace_gram, linear_gram, nngp_gram, ntk_gram
from widelimit.kernels.polynomial import polynomial_gram
from widelimit.linear.gradient_descent import GradientDescent
from widelimit.linear.kernel_regression import kernel_regression, spectrum
from widelimit.linear.least_squares import descend_kernel
from widelimit.measure.distances import rmse
from widelimit.measure.log_steps import log_steps
from widelimit.measure.metric_rows import Row
from widelimit.measure.regression.fits import Kernel
from widelimit.seeds import generator

ACTIVATIONS = ("relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3")
INDICATOR = "indicator"
"""1 where |x - z| < 1, else 0: as symmetric and as local as a kernel, and none."""

SHAPES = tuple((n, d) for n in (6, 20, 50) for d in (2, 3, 10))
DEGREE, SCALE = 3, 1.0
"""p of the polynomial kernel, L of the Gaussian and the Laplace kernel."""

LONG = 30
"""The closed form is followed for so many condition numbers of steps: exp(-30) is rounding."""


def indicator_gram(X: np.ndarray) -> np.ndarray:
    """1 where |x - z| < 1, else 0."""
    squares = np.sum((X[:, None] - X) ** 2, axis=-1)
    return (squares < 1).astype(float)


def psd_table(root: int, draws: int) -> pd.DataFrame:
    """Ends of the spectrum of every kernel's Gram matrix, on random points of every shape.

    One point is there twice, and one beside its antipode. Points have norm 1, and once more
    other norms for the kernels that are defined there.
    """
    rows = []
    for draw in range(draws):
        rng = generator(root, "step2 random data", seed=draw)
        for n, d in SHAPES:
            unit = normalise_rows(rng.standard_normal((n, d)))
            unit[-1], unit[-2] = unit[0], -unit[1]
            scaled = unit * np.exp(rng.standard_normal((n, 1)))
            scaled[-1] = scaled[0]
            for kernel, activation, gram, anywhere in _kernels():
                for X, norms in ((unit, "one"), (scaled, "any"))[: 1 + anywhere]:
                    ends = spectrum(gram(X))
                    ends = ends.lambda_min, ends.lambda_max
                    rows.append((kernel, activation, draw, n, d, norms, *ends))
    columns = ["kernel", "activation", "draw", "n", "d", "norms", "lambda_min", "lambda_max"]
    return pd.DataFrame(rows, columns=columns)


def psd_rows(psd: pd.DataFrame) -> Iterator[Row]:
    """The smallest eigenvalue relative to the largest, at its least over the random data."""
    least = (psd["lambda_min"] / psd["lambda_max"]).groupby(
        [psd["kernel"], psd["activation"]], dropna=False
    )
    for (kernel, activation), value in least.min().items():
        yield Row(f"psd_least_{kernel}", value, None if pd.isna(activation) else activation)


def descent_table(
    train: Points, test: Points, kernels: Sequence[Kernel], steps: int
) -> pd.DataFrame:
    """Distance of f_T from kernel regression on the test grid, for eta = 1 / lambda_max.

    Step by step at the powers of ten up to ``steps``; in closed form up to
    30 lambda_max / (smallest eigenvalue that does not count as 0), when gradient descent has
    learned all that can be.
    """
    return pd.concat([_descent(train, test, kernel, steps) for kernel in kernels])


def interpolation_rows(train: Points, kernels: Sequence[Kernel]) -> Iterator[Row]:
    """How far the fits are from the targets at the samples, for kernels of full rank; and from the
    part of the targets in the range of the Gram matrix, by least squares, for all of them."""
    y = train.y[:, 0]
    missed, beside = [], []
    for kernel in kernels:
        K = kernel.gram(train.X)
        fit, reach = kernel_regression(K, K, y), spectrum(K)
        nearest = K @ np.linalg.lstsq(K, y, rcond=reach.rcond)[0]
        beside.append(np.linalg.norm(fit - nearest) / np.linalg.norm(y))
        if reach.rank == len(K):
            missed.append(np.linalg.norm(fit - y) / np.linalg.norm(y))
    yield Row("kernel_fit_vs_nearest", float(max(beside)))
    if missed:
        yield Row("kernel_interpolation_error", float(max(missed)))


def descent_rows(descent: pd.DataFrame) -> Iterator[Row]:
    """The distance at the powers of ten and at the end, and how far steps are off their formula."""
    yield Row("kernel_descent_vs_closed_form", descent["difference"].max())
    last = descent.loc[descent.groupby("kernel")["step"].idxmax()]
    yield Row("kernel_descent_left", (last["closed_form"] / last["start"]).max())
    for row in descent[descent["step"].isin(log_steps(int(descent["step"].max())))].itertuples():
        yield Row(f"kernel_descent_distance_{row.kernel}", row.closed_form, step=row.step)


def _descent(train: Points, test: Points, kernel: Kernel, steps: int) -> pd.DataFrame:
    y = train.y[:, 0]
    K, K_test = kernel.gram(train.X), kernel.gram(test.X, train.X)
    K_spectrum = spectrum(K)
    options = {"learning_rate": 1 / K_spectrum.lambda_max}
    limit = kernel_regression(K, K_test, y)
    condition = K_spectrum.lambda_max / K_spectrum.eigenvalues[K_spectrum.rank - 1]
    end = math.ceil(LONG * condition)
    walked = log_steps(min(steps, end))
    every = sorted({*log_steps(end, 10), end})
    closed = GradientDescent(K, **options).prediction(K_test, y, steps=every)
    f = dict(zip(walked, descend_kernel(K, y, steps=walked, **options) @ K_test.T, strict=True))
    rows = [
        {
            "step": T,
            "closed_form": rmse(f_T, limit),
            "distance": rmse(f[T], limit) if T in f else np.nan,
            "difference": np.abs(f[T] - f_T).max() / np.abs(y).max() if T in f else np.nan,
        }
        for T, f_T in zip(every, closed, strict=True)
    ]
    return pd.DataFrame(rows).assign(
        kernel=kernel.kernel,
        scale=kernel.scale,
        effective_condition=condition,
        start=rmse(np.zeros_like(limit), limit),
    )


def _kernels() -> Iterator[tuple[str, str | None, Callable, bool]]:
    """Name, activation, Gram matrix of points, and whether these may have any norm."""
    yield "linear", None, linear_gram, True
    yield "polynomial", None, partial(polynomial_gram, degree=DEGREE), True
    yield "gaussian", None, partial(gaussian_gram, scale=SCALE), True
    yield "laplace", None, partial(laplace_gram, scale=SCALE), True
    for kernel, gram in (("nngp", nngp_gram), ("ntk", ntk_gram)):
        for name in ACTIVATIONS:
            homogeneous = parse_activation(name).slope is not None
            yield kernel, name, partial(gram, activation=name), homogeneous
    yield INDICATOR, None, indicator_gram, True
