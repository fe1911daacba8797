"""Step 4, double descent over fresh data sets, beside the mean that theory predicts.

Each data set has points, noise and features of its own, so that the root mean square over them is
what the eigenframework of random features speaks of, and one data set can be told from a typical
one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from widelimit.data.points import generate_data, targets_at
from widelimit.linear.eigenframework import (
    Spectrum,
    learning_curve,
    random_feature_error,
    zonal,
    zonal_spectrum,
)
from widelimit.linear.harmonics import power_by_degree
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.least_squares import least_norm_solution
from widelimit.measure.distances import rmse
from widelimit.measure.features.widths import Kind, fourier_kind, network_kind
from widelimit.seeds import generator
from widelimit.tables.features import TABLES

DEGREE = 60
"""Of the spectra; what lies beyond counts as never learned."""
WIDEST = 10
"""Features per point up to which data sets are drawn: beyond, fits are close to their limit, which
is measured as well."""
MOST_TEST_POINTS = 200
"""Of each data set: the mean over many needs no more."""


def fit_data_sets(
    points: Mapping[str, Any],
    *,
    activation: str,
    gaussian_scale: float,
    ratios: Sequence[float],
    data_sets: int,
    root: int,
) -> pd.DataFrame:
    """The table ``data_sets``. points : arguments of generate_data, of source sphere and one
    target; ratios are k / n, each rounded to a whole width."""
    n, d, variance = points["n_train"], points["dimension"], points["noise_std"] ** 2
    points = {**points, "n_test": min(points["n_test"], MOST_TEST_POINTS)}
    widths = sorted({max(1, round(ratio * n)) for ratio in ratios if ratio <= WIDEST})
    kinds = [network_kind(activation, root), fourier_kind(gaussian_scale, root)]
    rng = generator(root, "power by degree")
    power = power_by_degree(lambda X: targets_at(points["targets"], X)[:, 0], d, rng=rng)
    # All high degrees are as one to a spectrum that ends there.
    power = np.concatenate([power[:-1], np.zeros(DEGREE + 1 - len(power)), power[-1:]])
    frames = []
    for kind in kinds:
        spectrum = zonal_spectrum(zonal(kind.gram), d, DEGREE)
        theory = [_theory(spectrum, power, n, width, variance) for width in [*widths, None]]
        for i in range(data_sets):
            errors = list(_errors(kind, points, widths, i, root))
            rows = {"width": [*widths, None], "test_rmse": errors, "theory": theory}
            frames.append(pd.DataFrame(rows).assign(features=kind.features, data_set=i))
    return TABLES["data_sets"].arrange(pd.concat(frames, ignore_index=True))


def _theory(spectrum: Spectrum, power, n: int, width: int | None, variance: float):
    if width is None:
        curve = learning_curve(spectrum, n)
        return float(np.sqrt(curve.errors @ power + (curve.inflation - 1) * variance))
    if width == n:
        return None
    error = random_feature_error(spectrum, power, n=n, features=width, noise_variance=variance)
    return float(np.sqrt(error))


def _errors(kind: Kind, points, widths: Sequence[int], i: int, root: int) -> Iterator[float]:
    """Test errors on data set i of each width, and of the limit kernel."""
    own = int(generator(root, "data set", seed=i).integers(2**62))
    train, test = generate_data(root=own, **points).values()
    y, target, both = train.y[:, 0], test.y[:, 0], np.concatenate([train.X, test.X])
    for width in widths:
        F, F_test = np.split(kind.draw(width, both.shape[1], i)(both), [len(y)])
        yield rmse(F_test @ least_norm_solution(F, y), target)
    K, K_test = kind.gram(train.X), kind.gram(test.X, train.X)
    yield rmse(kernel_regression(K, K_test, y), target)
