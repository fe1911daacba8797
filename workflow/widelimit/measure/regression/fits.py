"""Step 3: kernel regression on a few samples, with every intermediate number kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from widelimit.data.concentric import concentric_circles, with_radius
from widelimit.data.points import Points, generate_samples
from widelimit.kernels.gram import SCALED, linear_gram, nngp_gram, ntk_gram
from widelimit.linear.kernel_regression import kernel_regression, spectrum
from widelimit.measure.frames import long_table
from widelimit.tables.regression import TABLES

WORKED_KERNEL = "laplace"
RADII = (1.0, 2.0)
POINTS_PER_CIRCLE = 40
SLIDER_PLACES = 31
"""Values of L that the page's sliders choose among; fewer where they agree to two digits."""


@dataclass(frozen=True)
class Kernel:
    """A kernel with its L, and the part of the tables it belongs to."""

    part: str
    kernel: str
    scale: float
    gram: Callable[..., np.ndarray]


def measure(*, samples: Mapping[str, Any], **options) -> dict[str, pd.DataFrame]:
    """What ``fit`` gives on the samples of generate_samples."""
    points = generate_samples(**samples)
    return fit(points["train"], points["test"], **options)


def fit(
    train: Points,
    test: Points,
    *,
    gaussian_scale: float,
    laplace_scale: float,
    scales: Sequence[float],
    activation: str,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name: f(x) = K(x, X) K^+ y for every kernel and scale L.

    train, test : samples and grid, with positions t; of several outputs the first is taken.
    Raises ValueError for points without t.
    """
    for name, points in (("train", train), ("test", test)):
        if points.t is None:
            raise ValueError(f"{name} must have positions t, as sources lift and circle have them")
    kernels = main_kernels(gaussian_scale, laplace_scale, activation)
    worked = [kernel for kernel in kernels if kernel.kernel == WORKED_KERNEL]
    kernels += [_scaled("scales", name, scale) for name in SCALED for scale in sorted(scales)]
    fitted = [*kernels, *(_scaled("slider", name, L) for name in SCALED for L in _between(scales))]
    frames = {
        "points": pd.concat([_points("train", train), _points("test", test)]),
        "predictions": _each(fitted, lambda kernel: _predictions(kernel.gram, train, test)),
        "gram": _each(kernels, lambda kernel: _gram(kernel.gram(train.X))),
        "spectra": _each(fitted, lambda kernel: _spectrum(kernel.gram(train.X))),
        "worked": _each(worked, lambda kernel: _worked(kernel.gram, train, test)),
        "circles": _circles(),
    }
    return {name: TABLES[name].arrange(frame) for name, frame in frames.items()}


def main_kernels(gaussian_scale: float, laplace_scale: float, activation: str) -> list[Kernel]:
    """The five kernels that the page compares, each with its one L."""
    return [
        Kernel("kernels", "linear", np.nan, linear_gram),
        _scaled("kernels", "gaussian", gaussian_scale),
        _scaled("kernels", "laplace", laplace_scale),
        Kernel("kernels", "nngp", np.nan, partial(nngp_gram, activation=activation)),
        Kernel("kernels", "ntk", np.nan, partial(ntk_gram, activation=activation)),
    ]


def _between(scales: Sequence[float]) -> list[float]:
    """From the smallest to the largest, even in the logarithm, in numbers that can be read."""
    low, high = min(scales), max(scales)
    if low == high:
        low, high = low / 10, high * 10
    return sorted({float(f"{scale:.2g}") for scale in np.geomspace(low, high, SLIDER_PLACES)})


def _scaled(part: str, name: str, scale: float) -> Kernel:
    return Kernel(part, name, scale, partial(SCALED[name], scale=scale))


def _each(kernels: Sequence[Kernel], table: Callable[[Kernel], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(
        [table(k).assign(part=k.part, kernel=k.kernel, scale=k.scale) for k in kernels]
    )


def _points(split: str, points: Points) -> pd.DataFrame:
    columns = {"index": np.arange(len(points.t)), "t": points.t, "y": points.y[:, 0]}
    return pd.DataFrame(columns).assign(split=split)


def _predictions(gram: Callable, train: Points, test: Points) -> pd.DataFrame:
    K, y = gram(train.X), train.y[:, 0]
    both = []
    for split, points, K_points in (("train", train, K), ("test", test, gram(test.X, train.X))):
        f = kernel_regression(K, K_points, y)
        both.append(
            pd.DataFrame({"index": np.arange(len(f)), "t": points.t, "f": f, "split": split})
        )
    return pd.concat(both)


def _gram(K: np.ndarray) -> pd.DataFrame:
    return long_table("value", K, row=range(len(K)), column=range(len(K)))


def _spectrum(K: np.ndarray) -> pd.DataFrame:
    ends, index = spectrum(K), np.arange(len(K))
    columns = {"index": index, "eigenvalue": ends.eigenvalues, "kept": index < ends.rank}
    return pd.DataFrame(columns).assign(condition_number=ends.condition_number)


def _worked(gram: Callable, train: Points, test: Points) -> pd.DataFrame:
    """The three steps K, alpha = K^+ y, f(x) = sum_i alpha_i K(x_i, x), number by number."""
    K, K_test = gram(train.X), gram(train.X, test.X)
    y = train.y[:, 0]
    # The identity in the place of K(x, X) leaves K^+ y, the coefficients themselves.
    alpha = kernel_regression(K, np.eye(len(K)), y)
    terms = alpha[:, None] * K_test
    x = _worked_point(train.t, test.t)
    chosen = _long("kernel", K_test, test.t)
    return pd.concat(
        [
            _long("y", y[:, None], train.t[:, None]).assign(j=None),
            _long("gram", K, train.t),
            _long("alpha", alpha[:, None], train.t[:, None]).assign(j=None),
            _long("term", terms, test.t),
            _long("f", terms.sum(axis=0, keepdims=True), test.t).assign(i=None),
            chosen[chosen["j"] == x],
        ]
    ).astype({"i": "Int32", "j": "Int32"})


def _long(quantity: str, values: np.ndarray, t: np.ndarray) -> pd.DataFrame:
    n, m = values.shape
    positions = np.broadcast_to(t, values.shape).ravel()
    frame = long_table("value", values, i=range(n), j=range(m))
    return frame.assign(t=positions, quantity=quantity)


def _worked_point(t: np.ndarray, t_test: np.ndarray) -> int:
    """The test point nearest to the middle between two samples, two thirds of the way along."""
    ordered = np.sort(t)
    before = min(2 * len(t) // 3, len(t) - 2)
    return int(np.argmin(np.abs(t_test - ordered[before : before + 2].mean())))


def _circles() -> pd.DataFrame:
    points, circle = concentric_circles(RADII, POINTS_PER_CIRCLE)
    x_0, x_1, radius = with_radius(points).T
    return pd.DataFrame({"circle": circle, "x_0": x_0, "x_1": x_1, "radius": radius})
