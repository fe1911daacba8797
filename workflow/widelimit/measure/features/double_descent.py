"""Step 4, double descent: least squares on k random features, k from below n far beyond,
and where their errors turn.

The fits have no ridge and the least norm. They are made on the study's points of the sphere, and
on as many points of the circle with the same targets, where the features of few units are
linearly dependent and interpolation comes late.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.data.sources import points as make_points
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.least_squares import LeastSquares
from widelimit.measure.distances import rmse
from widelimit.measure.features.turning_points import find_regimes, interpolation_width
from widelimit.measure.features.widths import Kind, fourier_kind, network_kind
from widelimit.seeds import generator
from widelimit.tables.features import TABLES


def fit_double_descent(
    train: Points,
    test: Points,
    *,
    activation: str,
    gaussian_scale: float,
    ratios: Sequence[float],
    seeds: int,
    root: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES``; ratios are k / n, each rounded to a whole width."""
    n = len(train.X)
    widths = sorted({max(1, round(ratio * n)) for ratio in ratios})
    network, fourier = network_kind(activation, root), fourier_kind(gaussian_scale, root)
    rng = generator(root, "circle inputs")
    circle, _ = make_points("circle", n, design="uniform", dimension=2, rng=rng)
    rows = [
        *_fits(network, "sphere", train.X, test.X, train, test, widths, seeds),
        *_fits(fourier, "sphere", train.X, test.X, train, test, widths, seeds),
        *_fits(network, "circle", circle, None, train, test, widths, seeds),
    ]
    fits = TABLES["double_descent"].arrange(pd.DataFrame(rows).assign(n_train=n))
    return {"double_descent": fits, "turning_points": _turning_points(fits)}


def _turning_points(fits: pd.DataFrame) -> pd.DataFrame:
    """Where the medians over seeds turn, for each kind of features and points."""
    places = []
    for (features, points), rows in fits.groupby(["features", "points"], sort=False):
        zero = rows[rows["model"] == "zero"].iloc[0]
        typical = rows[rows["model"] == "features"].groupby("width")[["train_rmse", "test_rmse"]]
        typical = typical.median()
        for place, width in _places(typical, zero).items():
            if width is not None:
                places.append((features, points, place, width, typical.loc[width, "test_rmse"]))
    return pd.DataFrame(places, columns=TABLES["turning_points"].names)


def _places(typical: pd.DataFrame, zero: pd.Series) -> dict[str, int | None]:
    widths, train, test = typical.index, typical["train_rmse"], typical["test_rmse"]
    if test.isna().all():
        return {"interpolation": interpolation_width(widths, train, zero_train=zero["train_rmse"])}
    errors = {"zero_train": zero["train_rmse"], "zero_test": zero["test_rmse"]}
    regimes = find_regimes(widths, train, test, **errors)
    first, last = regimes.critical or (None, None)
    return {
        "interpolation": regimes.interpolation,
        "peak": regimes.peak,
        "classical": regimes.classical,
        "critical_first": first,
        "critical_last": last,
    }


def _fits(
    kind: Kind,
    name: str,
    X: np.ndarray,
    Z: np.ndarray | None,
    train: Points,
    test: Points,
    widths: Sequence[int],
    seeds: int,
) -> Iterator[dict]:
    y, target = train.y[:, 0], test.y[:, 0]
    labels = {"features": kind.features, "points": name}

    def row(model, f_train, f_test, width=None, seed=None, rank=None):
        errors = {
            "train_rmse": rmse(f_train, y),
            "test_rmse": None if f_test is None else rmse(f_test, target),
        }
        return labels | {"model": model, "width": width, "seed": seed, "rank": rank} | errors

    yield row("zero", np.zeros_like(y), None if Z is None else np.zeros_like(target))
    K = kind.gram(X)
    yield row(
        "limit",
        kernel_regression(K, K, y),
        None if Z is None else kernel_regression(K, kind.gram(Z, X), y),
    )
    for width in widths:
        for seed in range(seeds):
            features = kind.draw(width, X.shape[1], seed)
            F = features(X)
            fit = LeastSquares(F, y)
            f_test = None if Z is None else features(Z) @ fit.solution
            yield row("features", F @ fit.solution, f_test, width, seed, fit.rank)
