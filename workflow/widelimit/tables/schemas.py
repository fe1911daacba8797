"""Every table of a study: its columns, what each means, and in which unit.

This is the one place that names columns. Each Parquet file carries these texts in its Arrow
schema metadata, and ``results/README.md`` is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

MATRIX = pa.list_(pa.float64())
"""A vector or matrix in one cell, row-major."""


@dataclass(frozen=True)
class Column:
    """One column; ``null`` says when a value is missing, or is empty where it never is."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = "1"
    null: str = ""

    def field(self) -> pa.Field:
        metadata = {"meaning": self.meaning, "unit": self.unit}
        if self.null:
            metadata["null"] = self.null
        return pa.field(self.name, self.type, nullable=bool(self.null), metadata=metadata)


@dataclass(frozen=True)
class Table:
    """One kind of table: the path under the results directory, what a row is, its columns."""

    path: str
    row: str
    columns: tuple[Column, ...]

    def schema(self, *more: Column) -> pa.Schema:
        """The Arrow schema, with further columns at the end."""
        fields = [column.field() for column in (*self.columns, *more)]
        return pa.schema(fields, metadata={"table": self.path, "row": self.row})


_ACTIVATION = Column("activation", pa.string(), "activation phi of the network or the kernel")
_SEED = Column("seed", pa.int32(), "number of the random initialisation", "count")
_WIDTH = Column("width", pa.int64(), "hidden units k", "count")
_INDEX = Column("index", pa.int32(), "number of the point within its split", "count")
_OUTPUT = Column("output", pa.int16(), "number of the output, from 0", "count")
_STEP = Column("step", pa.int64(), "steps of gradient descent taken", "count")


def _nullable(column: Column, null: str) -> Column:
    return Column(column.name, column.type, column.meaning, column.unit, null)


DATA = Table(
    "data.parquet",
    "one point; x_0.. are its inputs, y_0.. its targets",
    (
        Column("split", pa.string(), "train or test"),
        _INDEX,
        Column("t", pa.float64(), "position before the lift", null="the source has no such t"),
    ),
)


def input_column(i: int) -> Column:
    return Column(f"x_{i}", pa.float64(), f"input coordinate {i}")


def target_column(o: int) -> Column:
    return Column(f"y_{o}", pa.float64(), f"target of output {o}, label noise included (train)")


KERNELS = Table(
    "kernels.parquet",
    "one limit kernel on the points of data.parquet",
    (
        Column("kernel", pa.string(), "ntk or nngp"),
        _ACTIVATION,
        Column("gram_train", MATRIX, "K(X, X), n_train x n_train, row-major"),
        Column("gram_test_train", MATRIX, "K(Z, X), n_test x n_train, row-major"),
        Column("diagonal_test", MATRIX, "K(z, z) of each test point"),
        Column("eigenvalues", MATRIX, "spectrum of K(X, X), descending"),
        Column("lambda_max", pa.float64(), "largest eigenvalue"),
        Column("lambda_min", pa.float64(), "smallest eigenvalue"),
        Column("condition_number", pa.float64(), "lambda_max / lambda_min; inf if singular"),
        Column("rank", pa.int32(), "eigenvalues above the relative cut-off", "count"),
        Column("cutoff", pa.float64(), "relative cut-off below which an eigenvalue counts as 0"),
    ),
)

THEORY = Table(
    "theory.parquet",
    "one prediction of an infinitely wide network, at one test point and step",
    (
        Column(
            "model",
            pa.string(),
            "ntk (all layers trained), nngp (last layer trained); gaussian, laplace: those kernels",
        ),
        _ACTIVATION,
        _nullable(_STEP, "the limit of infinitely many steps"),
        _INDEX,
        _OUTPUT,
        Column(
            "mean",
            pa.float64(),
            "mean over initialisations, that is kernel regression",
            null="gradient descent has diverged beyond the range of numbers",
        ),
        Column(
            "std",
            pa.float64(),
            "standard deviation over initialisations",
            null="model is not ntk, the limit of infinitely many steps, or diverged",
        ),
    ),
)

NETWORKS = Table(
    "networks/width=<k>/chunk=<c>/networks.parquet",
    "one network at one step; width and chunk are in the path",
    (
        _ACTIVATION,
        _SEED,
        _STEP,
        Column("train_loss", pa.float64(), "1/2 sum of squared residuals, training points"),
        Column("f_train", MATRIX, "outputs at training points, n_train x p", null="no checkpoint"),
        Column("f_test", MATRIX, "outputs at test points, n_test x p", null="no checkpoint"),
        Column("weight_movement", pa.float64(), "|w - w_0| / |w_0|", null="no checkpoint"),
        Column(
            "ntk_train",
            MATRIX,
            "empirical NTK, (n_train p) x (n_train p)",
            null="neither the first nor the last step, or n_train p above 2048",
        ),
        Column(
            "ntk_test_train",
            MATRIX,
            "empirical NTK, (n_test p) x (n_train p)",
            null="not the first step, or n_train p above 2048",
        ),
        Column(
            "last_layer_train",
            MATRIX,
            "kernel of the last layer alone, n_train x n_train",
            null="not the first step",
        ),
        Column(
            "last_layer_test_train",
            MATRIX,
            "kernel of the last layer alone, n_test x n_train",
            null="not the first step",
        ),
    ),
)

PREDICTIONS = Table(
    "predictions.parquet",
    "one prediction of one model at one test point and step",
    (
        Column(
            "model",
            pa.string(),
            "network; its own predictions ntk_corrected, empirical_ntk, last_layer;"
            " the limits ntk, nngp; the kernels gaussian, laplace",
        ),
        _ACTIVATION,
        _nullable(_WIDTH, "a limit"),
        _nullable(_SEED, "a limit"),
        _nullable(_STEP, "the limit of infinitely many steps"),
        _INDEX,
        _OUTPUT,
        Column("f", pa.float64(), "predicted value", null="diverged, see theory.parquet"),
    ),
)

METRICS = Table(
    "metrics.parquet",
    "one number",
    (
        Column(
            "experiment",
            pa.string(),
            "step7, a variant of it, beyond/<activation>, beyond/sphere_<d>, or the step of the"
            " course",
        ),
        _nullable(_ACTIVATION, "has nothing to do with one"),
        _nullable(_WIDTH, "a limit"),
        _nullable(_SEED, "a limit, or taken over all seeds"),
        _nullable(_STEP, "does not depend on the step, or the limit of infinitely many"),
        Column("metric", pa.string(), "name of the number, see the list of metrics"),
        Column("value", pa.float64(), "the number"),
    ),
)

SLOPES = Table(
    "slopes.parquet",
    "one straight line fitted to log2 metric against log2 width, all seeds",
    (
        Column("experiment", pa.string(), "as in metrics.parquet"),
        _nullable(_ACTIVATION, "has nothing to do with one"),
        Column("metric", pa.string(), "as in metrics.parquet"),
        _nullable(_STEP, "the metric does not depend on the step"),
        Column("widths", pa.string(), "all, or widest: the widest few, as configured"),
        Column("smallest_width", pa.int64(), "smallest width fitted", "count"),
        Column("largest_width", pa.int64(), "largest width fitted", "count"),
        Column("slope", pa.float64(), "least-squares slope"),
        Column("intercept", pa.float64(), "log2 of the metric that the line gives at width 1"),
        Column("slope_low", pa.float64(), "lower end of the 95 % confidence interval (t)"),
        Column("slope_high", pa.float64(), "upper end of the 95 % confidence interval (t)"),
    ),
)

RUNS = Table(
    "runs.parquet",
    "one trained network: what it cost, and where",
    (
        Column("experiment", pa.string(), "as in metrics.parquet"),
        _WIDTH,
        Column("chunk", pa.int32(), "number of the job among those of the width", "count"),
        _SEED,
        Column("engine", pa.string(), "engine that trained it"),
        Column("steps", pa.int64(), "steps taken", "count"),
        Column("train_seconds", pa.float64(), "wall time of the training alone", "s"),
        Column("wall_seconds", pa.float64(), "wall time, initialising and reading out too", "s"),
        Column("cpu_seconds", pa.float64(), "CPU time, the same", "s"),
        Column("memory_mb", pa.float64(), "peak resident memory of the job so far", "MB"),
        Column("threads", pa.int32(), "threads the job was given", "count"),
        Column("machine", pa.string(), "processor and operating system"),
        Column("versions", pa.string(), "python, numpy, scipy, numba, widelimit"),
    ),
)
