"""Stage generate_data: the points of an experiment and their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.data.datasets import DATASETS, load_dataset
from widelimit.data.files import read_columns
from widelimit.data.lecture import linear_data
from widelimit.data.sources import lift, normalise_rows, points, with_bias
from widelimit.expressions import evaluate_expression
from widelimit.seeds import generator
from widelimit.tables import schemas

LARGEST_TARGET = 1e100
"""Squares of larger ones leave the float64 range once they are summed or divided."""


@dataclass(frozen=True)
class Points:
    """One split: X (n, d), y (n, p), and t (n,) where the source has one, else None."""

    X: np.ndarray
    y: np.ndarray
    t: np.ndarray | None


def make_points(*, root: int, source: str, bias: bool = False, **arguments) -> dict[str, Points]:
    """Training and test points of any source.

    bias      : append an input coordinate of 1
    arguments : those of `read_points` (file), `draw_lecture`, `draw_dataset` (sources of
                ``DATASETS``) or, for any other source, `generate_data`, whose errors it raises
    """
    make = {"file": read_points, "lecture": draw_lecture}.get(source)
    if source in DATASETS:
        make = partial(draw_dataset, source)
    if make is None:
        splits = generate_data(root=root, source=source, **arguments)
    else:
        splits = make(root=root, **arguments)
    for part in splits.values():
        if not (np.abs(part.y) <= LARGEST_TARGET).all():
            raise ValueError(f"targets must be {LARGEST_TARGET:g} at most in size")
    if not bias:
        return splits
    return {split: replace(part, X=with_bias(part.X)) for split, part in splits.items()}


def generate_data(
    *,
    root: int,
    source: str,
    design: str,
    dimension: int,
    n_train: int,
    n_test: int,
    targets: Sequence[str],
    noise_std: float,
) -> dict[str, Points]:
    """Training points with noisy targets, test points with clean ones.

    The test points are a grid where the source has a position t, random otherwise. Raises
    ValueError where a target is not finite.
    """
    X, t = points(
        source, n_train, design=design, dimension=dimension, rng=generator(root, "inputs")
    )
    test_design = "uniform" if source == "sphere" else "equispaced"
    Z, t_test = points(
        source, n_test, design=test_design, dimension=dimension, rng=generator(root, "test inputs")
    )
    y = targets_at(targets, X, t)
    return {
        "train": Points(X, y + _noise(root, noise_std, y.shape), t),
        "test": Points(Z, targets_at(targets, Z, t_test), t_test),
    }


def generate_samples(
    *, root: int, n_train: int, n_test: int, target: str | Sequence[str]
) -> dict[str, Points]:
    """Few noiseless samples on the lifted interval, and a grid to see the fit on.

    target : an expression, or one for each output

    The samples are spread evenly, yet not on a grid: one uniform draw in each of n_train equal
    parts of [-1, 1], so that none leaves a wide gap.
    """
    targets = [target] if isinstance(target, str) else target
    u = (np.arange(n_train) + generator(root, "samples").uniform(size=n_train)) / n_train
    splits = {}
    for split, t in (("train", 2 * u - 1), ("test", np.linspace(-1, 1, n_test))):
        X = lift(t)
        splits[split] = Points(X, targets_at(targets, X, t), t)
    return splits


def targets_at(targets: Sequence[str], X: np.ndarray, t: np.ndarray | None = None) -> np.ndarray:
    """The targets (n, p) that are written as expressions in t (n,) and the columns of X (n, d)."""
    variables = {} if t is None else {"t": t}
    variables |= {f"x_{i}": np.ascontiguousarray(column) for i, column in enumerate(X.T)}
    return np.stack([evaluate_expression(target, variables) for target in targets], axis=1)


def read_points(
    path: str,
    *,
    root: int,
    inputs: Sequence[str],
    outputs: Sequence[str],
    n_train: int,
    n_test: int,
    noise_std: float,
    standardise: bool = False,
) -> dict[str, Points]:
    """Points of the user's own, drawn without replacement, each scaled to length 1.

    standardise : subtract from each column of inputs its mean over the training points first, and
        divide by its standard deviation there

    Raises ValueError, naming the file and the column or row, for a file that cannot be read, a
    missing or non-numeric column, NaN or infinity, a row of norm 0, or too few rows.
    """
    values, place = read_columns(path, [*inputs, *outputs])
    if n_train + n_test > len(values):
        raise ValueError(
            f"{path}: n_train + n_test must be at most its {len(values)} rows;"
            f" got {n_train} + {n_test}"
        )
    X, y = values[:, : len(inputs)], values[:, len(inputs) :]
    order = generator(root, "inputs").permutation(len(X))
    if standardise:
        X = _standardised(X, order[:n_train], inputs, f"{path}: ")
    X = normalise_rows(X, place=place, prefix=f"{path}: ")
    return _split(X, y, order, root=root, sizes=(n_train, n_test), std=noise_std)


def draw_dataset(
    source: str,
    *,
    root: int,
    n_train: int,
    n_test: int,
    noise_std: float,
    standardise: bool = False,
) -> dict[str, Points]:
    """Points of one of ``DATASETS``, drawn without replacement, each scaled to length 1.

    standardise : as in `read_points`

    Classes have one-hot targets, and every beginning of the training or the test points has them
    in proportion to their sizes. Numbers are centred at their mean over the training points and
    divided by their standard deviation there, so that 1 is the rmse of the mean. Raises ValueError
    for more points than there are, or where the package that has them is missing.
    """
    X, y = load_dataset(source)
    if n_train + n_test > len(X):
        raise ValueError(
            f"n_train + n_test must be at most {len(X)}, the number of points of {source};"
            f" got {n_train} + {n_test}"
        )
    order = generator(root, "inputs").permutation(len(X))
    labels = DATASETS[source].labels
    if labels:
        order = order[_in_proportion(y[order])]
        Y = np.eye(len(labels))[y]
    else:
        known = y[order[:n_train]]
        if known.std() == 0:
            raise ValueError(f"n_train must leave different targets to learn; got {n_train}")
        Y = (y[:, None] - known.mean()) / known.std()
    if standardise:
        names = [f"x_{i}" for i in range(X.shape[1])]
        X = _standardised(X, order[:n_train], names, f"source {source}: ")
    return _split(normalise_rows(X), Y, order, root=root, sizes=(n_train, n_test), std=noise_std)


def _in_proportion(labels: np.ndarray) -> np.ndarray:
    """An order of the points in which any number of the first has of each class its share.

    Point i of the n of its class, in the order given, comes at (i + 1/2) / n.
    """
    place = np.empty(len(labels))
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        place[own] = (np.arange(len(own)) + 0.5) / len(own)
    return np.argsort(place, kind="stable")


def draw_lecture(
    *, root: int, dimension: int, n_train: int, n_test: int, noise_std: float
) -> dict[str, Points]:
    """The lecture's points on the sphere and linear targets; root is the seed of its generator."""
    X, y, Z, y_test = linear_data(root, n_train=n_train, n_test=n_test, d=dimension)
    return {
        "train": Points(X, y[:, None] + _noise(root, noise_std, (n_train, 1)), None),
        "test": Points(Z, y_test[:, None], None),
    }


def _standardised(X, train, names: Sequence[str], place: str) -> np.ndarray:
    """Each column with mean 0 and standard deviation 1 over the training points."""
    deviations = X[train].std(axis=0)
    if constant := [name for name, std in zip(names, deviations, strict=True) if std == 0]:
        raise ValueError(
            f"{place}column {constant[0]!r} is the same at all {len(train)} training points, and"
            " cannot be standardised; leave it out of inputs"
        )
    return (X - X[train].mean(axis=0)) / deviations


def _split(X, y, order, *, root: int, sizes: tuple[int, int], std: float) -> dict[str, Points]:
    """The first rows of an order, with noise on the targets, and those that follow."""
    n_train, n_test = sizes
    train, test = order[:n_train], order[n_train : n_train + n_test]
    return {
        "train": Points(X[train], y[train] + _noise(root, std, y[train].shape), None),
        "test": Points(X[test], y[test], None),
    }


def _noise(root: int, std: float, shape: tuple[int, int]) -> np.ndarray:
    return std * generator(root, "noise").standard_normal(shape)


def to_table(splits: Mapping[str, Points]) -> tuple[pd.DataFrame, pa.Schema]:
    """The table data.parquet and its schema."""
    frames = []
    for split, part in splits.items():
        columns = {
            "split": split,
            "index": np.arange(len(part.X)),
            "t": np.full(len(part.X), np.nan) if part.t is None else part.t,
        }
        columns |= {f"x_{i}": column for i, column in enumerate(part.X.T)}
        columns |= {f"y_{o}": column for o, column in enumerate(part.y.T)}
        frames.append(pd.DataFrame(columns))
    table = pd.concat(frames, ignore_index=True)
    if table["t"].isna().all():
        table["t"] = None
    first = next(iter(splits.values()))
    schema = schemas.DATA.schema(
        *(schemas.input_column(i) for i in range(first.X.shape[1])),
        *(schemas.target_column(o) for o in range(first.y.shape[1])),
    )
    return table, schema


def from_table(table: pd.DataFrame) -> dict[str, Points]:
    """The splits of data.parquet."""
    splits = {}
    for split, rows in table.groupby("split", sort=False):
        X = rows[[name for name in table.columns if name.startswith("x_")]].to_numpy(dtype=float)
        y = rows[[name for name in table.columns if name.startswith("y_")]].to_numpy(dtype=float)
        t = None if rows["t"].isna().all() else rows["t"].to_numpy(dtype=float)
        splits[split] = Points(X, y, t)
    return splits
