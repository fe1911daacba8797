"""Kernel regression on classes: ridge and scale chosen by validation, then tested."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from widelimit.data.datasets import DATASETS
from widelimit.data.points import Points, make_points
from widelimit.kernels.gram import LIMITS, SCALED, linear_gram
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.measure.distances import paired_difference, rmse
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.tables.classes import TABLES

PUBLISHED = {("mnist", 4000, "ntk", "relu"): 0.0439}
"""Test errors by source, training points, kernel and activation: NTK regression with 400 images of
each digit, by a lecture (A. Radhakrishnan, Deep Learning Theory Summer School at Princeton, 2021).
"""


def measure(
    *,
    points: Mapping[str, Any],
    activation: str,
    validation: float,
    ridges: Sequence[float],
    scales: Mapping[str, Sequence[float]],
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    points : arguments of `make_points`, of a source with classes
    validation : share of the training points, their last, on which kernels are chosen that were
        fitted to the others
    scales : candidates for L of the Gaussian and the Laplace kernel

    Of each kernel that ridge and scale are taken which classify the fewest validation points wrong,
    of equal ones those with the smallest rmse. They are fitted to all training points; test points
    have no part in the choice.
    """
    labels = DATASETS[points["source"]].labels
    splits = make_points(**points)
    train, test = splits["train"], splits["test"]
    fitted = fitted_points(len(train.y), validation)
    choices, errors, guesses = [], [], {}
    for kernel, candidates in _kernels(activation, scales).items():
        tried = [
            (gram, {"kernel": kernel, "scale": scale, **row})
            for scale, gram in candidates
            for row in _validate(gram, train, fitted, ridges)
        ]
        gram, best = min(tried, key=lambda each: _badness(each[1]))
        choices += [{**row, "chosen": int(row is best)} for _, row in tried]
        f = _regression(gram(train.X), gram(test.X, train.X), train.y, best["ridge"])
        guesses[kernel] = f.argmax(axis=1)
        setting = {"source": points["source"], "n_train": len(train.y), "kernel": kernel}
        known = {name: best[name] for name in ("scale", "ridge")}
        published = PUBLISHED.get((*setting.values(), activation), math.nan)
        tested = _test_error(guesses[kernel], test)
        errors.append({**setting, **known, **tested, "published": published})
    tables = {
        "choices": pd.DataFrame(choices),
        "errors": pd.DataFrame(errors),
        "confusion": pd.DataFrame(_confusion(guesses, test, labels)),
        "wrong": pd.DataFrame(
            _wrong(guesses, test, labels), columns=TABLES["wrong"].names, dtype=object
        ),
    }
    images = DATASETS[points["source"]].side > 0
    rows = [
        *_numbers(errors, activation),
        *_comparisons(guesses, train, test, activation, images=images),
    ]
    tables = {name: TABLES[name].arrange(table) for name, table in tables.items()}
    return tables | {"measured": metrics_table("classes", rows)}


def fitted_points(n_train: int, validation: float) -> int:
    """How many training points are left when the share for validation, one at least, is taken."""
    return n_train - max(1, round(validation * n_train))


def _kernels(
    activation: str, scales: Mapping[str, Sequence[float]]
) -> dict[str, list[tuple[float, Callable]]]:
    """Pairs of a scale, NaN where a kernel has none, and the Gram function with it."""
    kernels = {
        name: [(math.nan, partial(gram, activation=activation))] for name, gram in LIMITS.items()
    }
    for name, candidates in scales.items():
        kernels[name] = [(scale, partial(SCALED[name], scale=scale)) for scale in candidates]
    return kernels | {"linear": [(math.nan, lambda X, Z=None: 1 + linear_gram(X, Z))]}


def _regression(K_train, K_test_train, y, ridge: float) -> np.ndarray:
    """`kernel_regression`, with a ridge by Cholesky: a tenth of the time of its decomposition."""
    if ridge > 0:
        # As with scipy.stats below: each start of Snakemake imports this module.
        from scipy.linalg import solve

        K = K_train.copy()
        K.flat[:: len(K) + 1] += ridge
        with suppress(np.linalg.LinAlgError):  # a ridge within rounding of 0
            return K_test_train @ solve(K, y, assume_a="pos", overwrite_a=True)
    return kernel_regression(K_train, K_test_train, y, ridge=ridge)


def _validate(gram: Callable, train: Points, fitted: int, ridges: Sequence[float]) -> Iterator:
    """How well the first points predict the others, for each ridge."""
    X, y = train.X[:fitted], train.y[:fitted]
    others = Points(train.X[fitted:], train.y[fitted:], None)
    K, K_others = gram(X), gram(others.X, X)
    for ridge in ridges:
        f = _regression(K, K_others, y, ridge)
        wrong = float(np.mean(f.argmax(axis=1) != others.y.argmax(axis=1)))
        yield {"ridge": ridge, "validation_error": wrong, "validation_rmse": rmse(f, others.y)}


def _badness(row: Mapping[str, float]) -> tuple[float, float]:
    return row["validation_error"], row["validation_rmse"]


def _test_error(guessed: np.ndarray, test: Points) -> dict[str, float]:
    # Takes half a second to import, and every start of Snakemake imports this module.
    from scipy.stats import binomtest

    wrong, count = int(np.sum(guessed != test.y.argmax(axis=1))), len(test.y)
    interval = binomtest(wrong, count).proportion_ci(0.95, method="wilson")
    share = wrong / count
    return {
        "n_test": count,
        "test_error": share,
        "standard_error": math.sqrt(share * (1 - share) / count),
        "lower": interval.low,
        "upper": interval.high,
    }


def _numbers(errors: Sequence[Mapping[str, Any]], activation: str) -> Iterator[Row]:
    for row in errors:
        kernel, share, error = row["kernel"], row["test_error"], row["standard_error"]
        differences = {"": share, "_vs_published": share - row["published"]}
        for end, value in differences.items():
            if not math.isnan(value):
                yield from _with_error(kernel, end, (value, error), activation)


def _comparisons(
    guesses: Mapping[str, np.ndarray], train: Points, test: Points, activation: str, *, images: bool
) -> Iterator[Row]:
    """Each kernel beside naming the most frequent class and, on images, beside the linear one."""
    true = test.y.argmax(axis=1)
    wrong = {kernel: guessed != true for kernel, guessed in guesses.items()}
    guess = true != train.y.sum(axis=0).argmax()
    yield Row("test_error_guess", float(guess.mean()))
    others = {"_vs_guess": guess, "_vs_linear": wrong.pop("linear")}
    if not images:
        del others["_vs_linear"]
    for kernel, own in wrong.items():
        for end, other in others.items():
            yield from _with_error(kernel, end, paired_difference(own, other), activation)


def _with_error(kernel: str, end: str, pair: tuple[float, float], activation: str) -> Iterator[Row]:
    phi = activation if kernel in LIMITS else None
    for name, value in zip(("", "_error"), pair, strict=True):
        yield Row(f"test_error_{kernel}{end}{name}", value, phi)


def _confusion(guesses: Mapping[str, np.ndarray], test: Points, labels: Sequence[str]) -> Iterator:
    true = test.y.argmax(axis=1)
    for kernel, guessed in guesses.items():
        for i, j in product(range(len(labels)), repeat=2):
            points = int(np.sum((true == i) & (guessed == j)))
            yield {"kernel": kernel, "label": labels[i], "predicted": labels[j], "points": points}


def _wrong(guesses: Mapping[str, np.ndarray], test: Points, labels: Sequence[str]) -> Iterator:
    nonlinear = [guessed for kernel, guessed in guesses.items() if kernel != "linear"]
    true, each = test.y.argmax(axis=1), np.stack(nonlinear)
    for index in np.flatnonzero((each != true).all(axis=0)):
        names = Counter(labels[guess] for guess in each[:, index]).most_common()
        yield {
            "index": index,
            "label": labels[true[index]],
            "guesses": ", ".join(name for name, _ in names),
            "inputs": test.X[index],
        }
