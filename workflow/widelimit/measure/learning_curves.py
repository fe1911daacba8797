"""Learning curves: test error of kernel regression against the number of points, by degree of the
target, over draws of points and in theory.

All targets of a degree are averaged over at once: the mean of Y(x) Y(z) over the harmonics of
degree l is P_l(x.z), so with f(z) = M y, M = K(z, X) (K + ridge I)^-1,

    E |f(z) - Y(z)|^2 = 1 - 2 M P_l(X, z) + M P_l(X, X) M'.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from widelimit.data.sources import points
from widelimit.kernels.gram import gaussian_gram, laplace_gram, nngp_gram, ntk_gram
from widelimit.linear.eigenframework import learning_curve, zonal, zonal_spectrum
from widelimit.linear.harmonics import zonal_polynomials
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.measure.directions import Plan, direction_numbers, train_on_one_direction
from widelimit.measure.distances import deviation_from_theory
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.seeds import generator
from widelimit.tables.learning import RESOLVED, TABLES

__all__ = ["TABLES", "measure"]

SPECTRUM = 40
"""Highest degree of the spectra; what lies beyond is one number."""
FROM = 8
"""Points from which means are compared with theory, which is about many points."""


def measure(
    *,
    root: int,
    dimensions: Sequence[int],
    sizes: Sequence[int],
    degrees: Sequence[int],
    draws: int,
    n_test: int,
    activation: str,
    gaussian_scale: float,
    laplace_scale: float,
    ridge: float,
    networks: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    dimensions : d of the spheres
    sizes      : numbers of training points; degrees of the targets
    draws      : of training and n_test test points, of each dimension
    networks   : a ``Plan``, of networks on a target of one direction in the largest dimension
    """
    grams = {
        "ntk": partial(ntk_gram, activation=activation),
        "nngp": partial(nngp_gram, activation=activation),
        "gaussian": partial(gaussian_gram, scale=gaussian_scale),
        "laplace": partial(laplace_gram, scale=laplace_scale),
    }
    sizes, degrees = sorted(sizes), sorted(degrees)
    errors, theory = [], []
    for d in sorted(dimensions):
        theory += _theory(grams, d, sizes, ridge)
        for draw in range(draws):
            sample = (root, d, draw, max(sizes), n_test)
            errors += _errors(grams, *_sphere(*sample), sizes, degrees, ridge, d, draw)
    options = {"root": root, "n_test": n_test, "activation": activation}
    tables = {
        "networks": train_on_one_direction(Plan(**networks), d=max(dimensions), **options),
        "errors": TABLES["errors"].arrange(pd.DataFrame(errors)),
        "theory": TABLES["theory"].arrange(pd.DataFrame(theory)),
    }
    rows = [*_numbers(tables, activation), *direction_numbers(tables["networks"], activation)]
    return tables | {"measured": metrics_table("learning", rows)}


def _sphere(root: int, d: int, draw: int, n: int, n_test: int) -> Iterator[np.ndarray]:
    for purpose, count in (("learning inputs", n), ("learning test inputs", n_test)):
        rng = generator(root, purpose, d, draw)
        yield points("sphere", count, design="uniform", dimension=d, rng=rng)[0]


def _theory(grams: Mapping[str, Callable], d: int, sizes, ridge: float) -> Iterator[dict]:
    for kernel, gram in grams.items():
        spectrum = zonal_spectrum(zonal(gram), d, SPECTRUM)
        for n in sizes:
            curve = learning_curve(spectrum, n, ridge=ridge)
            labels = {"dimension": d, "kernel": kernel, "n_train": n}
            shares = spectrum.multiplicities * curve.learnabilities
            rmse = np.sqrt(curve.errors)
            for degree, row in enumerate(zip(shares, curve.learnabilities, rmse, strict=True)):
                named = dict(zip(("share", "learnability", "test_rmse"), row, strict=True))
                yield labels | {"degree": degree} | named
            yield labels | {"share": (spectrum.rest + ridge) / curve.kappa}


def _errors(
    grams: Mapping[str, Callable], X, Z, sizes, degrees, ridge: float, d: int, draw: int
) -> Iterator[dict]:
    dots = np.clip(X @ X.T, -1, 1)
    np.fill_diagonal(dots, 1.0)
    P, P_test = (
        zonal_polynomials(t, d, max(degrees))[degrees] for t in (dots, np.clip(Z @ X.T, -1, 1))
    )
    for kernel, gram in grams.items():
        for n, M in zip(sizes, _smoothers(gram(X), gram(Z, X), sizes, ridge), strict=True):
            products = M.T @ M
            for degree, own, across in zip(degrees, P[:, :n, :n], P_test[:, :, :n], strict=True):
                square = 1 + (np.vdot(products, own) - 2 * np.vdot(M, across)) / len(Z)
                yield {
                    "dimension": d,
                    "kernel": kernel,
                    "n_train": n,
                    "degree": degree,
                    "draw": draw,
                    "test_rmse": float(np.sqrt(max(square, 0.0))),
                }


def _smoothers(K, K_test, sizes: Sequence[int], ridge: float) -> Iterator[np.ndarray]:
    """K(z, X) (K + ridge I)^+, (m, n), on the first n points for each n of the sizes.

    The Cholesky factor L of the first n points is a corner of that of all. Where K has none, or one
    whose diagonal squared comes near rounding, each matrix is decomposed by itself.
    """
    from scipy.linalg import LinAlgError, cholesky, solve_triangular

    def solve(L, B, trans):
        return solve_triangular(L, B, lower=True, trans=trans, check_finite=False)

    regularised = K + ridge * np.eye(len(K))
    try:
        L = cholesky(regularised, lower=True, check_finite=False)
    except LinAlgError:
        L = np.zeros_like(K)
    if np.diag(L).min() ** 2 > len(K) * np.finfo(float).eps * np.trace(regularised):
        halves = solve(L, K_test.T, "N")
        yield from (solve(L[:n, :n], halves[:n], "T").T for n in sizes)
    else:
        for n in sizes:
            yield kernel_regression(K[:n, :n], K_test[:, :n], np.eye(n), ridge=ridge)


def _numbers(tables: Mapping[str, pd.DataFrame], activation: str) -> Iterator[Row]:
    errors, theory = tables["errors"], tables["theory"]
    gaps = theory.groupby(["dimension", "kernel", "n_train"])["share"].sum().reset_index()
    gap = (gaps["share"] / gaps["n_train"] - 1).abs().max()
    yield Row("learnability_sum_error", float(gap))
    places = ["dimension", "kernel", "n_train", "degree"]
    predicted = theory.dropna(subset="degree").set_index(places)["test_rmse"]
    ends = {"": errors["dimension"].max(), "_least_dimension": errors["dimension"].min()}
    for end, dimension in ends.items():
        here = errors[errors["dimension"].eq(dimension) & errors["n_train"].ge(FROM)]
        for kernel, rows in here.groupby("kernel"):
            deviations = [
                deviation_from_theory(draws["test_rmse"].to_numpy(), predicted[place])
                for place, draws in rows.groupby(places)
                if predicted[place] > RESOLVED
            ]
            phi = activation if kernel in ("ntk", "nngp") else None
            yield Row(
                f"learning_theory_deviation{end}_{kernel}", max(deviations, default=np.nan), phi
            )
