"""Step 2: what the theory of kernels promises, measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from widelimit.data.points import Points, generate_samples
from widelimit.measure.metric_rows import metrics_table
from widelimit.measure.regression.descent import (
    descent_rows,
    descent_table,
    interpolation_rows,
    psd_rows,
    psd_table,
)
from widelimit.measure.regression.features import circle_samples, feature_rows, interpolants
from widelimit.measure.regression.fits import Kernel, main_kernels
from widelimit.tables.regression import TABLES


def measure(
    *, samples: Mapping[str, Any], kernels: Mapping[str, Any], **options
) -> dict[str, pd.DataFrame]:
    """What ``measure_on`` gives on the samples of generate_samples and with the main kernels."""
    points = generate_samples(**samples)
    return measure_on(points["train"], points["test"], main_kernels(**kernels), **options)


def measure_on(
    train: Points,
    test: Points,
    kernels: Sequence[Kernel],
    *,
    root: int,
    n_train: int,
    target: str,
    degrees: Sequence[int],
    steps: int,
    draws: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    train, test      : samples and grid that gradient descent is run on, with each of the kernels
    n_train, target  : samples on the circle for the polynomial features, target as an expression
    degrees          : degrees of the polynomial features
    steps            : of gradient descent that are walked one by one
    draws            : random data sets behind the numbers
    Raises ValueError where the target is not finite.
    """
    t, y = circle_samples(root, n_train, target)
    frames = {
        "interpolants": interpolants(root, t, y, degrees),
        "psd": psd_table(root, draws),
        "descent": descent_table(train, test, kernels, steps),
    }
    tables = {name: TABLES[name].arrange(frame) for name, frame in frames.items()}
    rows = [
        *feature_rows(root, draws),
        *psd_rows(tables["psd"]),
        *descent_rows(tables["descent"]),
        *interpolation_rows(train, kernels),
    ]
    return tables | {"measured": metrics_table("step2", rows)}
