"""Stage measure_step2: what the theory of kernels promises, measured."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from widelimit.data.points import Points
from widelimit.measure.metric_rows import metrics_table
from widelimit.measure.regression.descent import descent_rows, descent_table, psd_rows, psd_table
from widelimit.measure.regression.features import circle_samples, feature_rows, interpolants
from widelimit.measure.regression.fits import Kernel
from widelimit.tables.schemas import Column, Table

_KERNEL = Column("kernel", pa.string(), "linear, gaussian, laplace, nngp or ntk")

TABLES = {
    "interpolants": Table(
        "step2/interpolants.parquet",
        "one point of one fit with polynomial features on the circle, or a sample",
        (
            Column("degree", pa.int32(), "p of psi(x).psi(z) = (1 + x.z)^p"),
            Column("features", pa.int32(), "features D of the degree", "count"),
            Column("rank", pa.int32(), "rank of the features on the samples", "count"),
            Column(
                "fit",
                pa.string(),
                "kernel: y K^+ K(X, x); features: w.psi(x) with w = y psi(X)^+; other: other"
                " weights that fit the samples as well; samples: the samples themselves",
            ),
            Column("number", pa.int32(), "number of the other weights, else 0", "count"),
            Column("t", pa.float64(), "angle on the circle", "radians"),
            Column("f", pa.float64(), "value of the fit, or target of the sample"),
            Column("norm", pa.float64(), "|w|; for the kernel sqrt(y K^+ y)", null="a sample"),
        ),
    ),
    "psd": Table(
        "step2/psd.parquet",
        "the Gram matrix of one kernel on one set of random points",
        (
            Column(
                "kernel",
                pa.string(),
                "linear, polynomial, gaussian, laplace, nngp, ntk; indicator is none",
            ),
            Column("activation", pa.string(), "of nngp and ntk", null="the kernel has none"),
            Column("draw", pa.int32(), "number of the random draw", "count"),
            Column("n", pa.int32(), "points, one of them twice", "count"),
            Column("d", pa.int32(), "inputs", "count"),
            Column("norms", pa.string(), "of the points: one or any"),
            Column("lambda_min", pa.float64(), "smallest eigenvalue; negative by rounding"),
            Column("lambda_max", pa.float64(), "largest eigenvalue"),
        ),
    ),
    "descent": Table(
        "step2/descent.parquet",
        "kernel regression by gradient descent with one kernel after so many steps",
        (
            _KERNEL,
            Column("scale", pa.float64(), "L of the kernel", null="the kernel has none"),
            Column(
                "effective_condition",
                pa.float64(),
                "lambda_max / smallest eigenvalue that does not count as 0",
            ),
            Column("step", pa.int64(), "steps of gradient descent taken", "count"),
            Column("closed_form", pa.float64(), "root mean square of f_T - f, f_T in closed form"),
            Column("distance", pa.float64(), "the same, step by step", null="not so many taken"),
            Column(
                "difference",
                pa.float64(),
                "largest |f_T step by step - in closed form| / largest |y|",
                null="not so many taken",
            ),
            Column("start", pa.float64(), "root mean square of f, the distance at step 0"),
        ),
    ),
}
"""f is kernel regression y K^+ K(X, x); root mean squares are over the test grid."""


def measure_step2(
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
    tables = {
        name: frame[[column.name for column in TABLES[name].columns]].reset_index(drop=True)
        for name, frame in frames.items()
    }
    rows = [
        *feature_rows(root, draws),
        *psd_rows(tables["psd"]),
        *descent_rows(tables["descent"]),
    ]
    return tables | {"measured": metrics_table("step2", rows)}
