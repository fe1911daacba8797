"""Networks on a target of one direction, beside their kernel: the spherical harmonic of degree 2
about an axis, y = sqrt(m) P_2(x.e), which has mean square 1.

The NTK treats all directions alike and needs as many points as there are harmonics of that degree,
some d^2 / 2. A rich network can turn its first layer towards e. Its B'B then looks like the mean of
grad F grad F' over the points (Radhakrishnan et al. 2024).
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from widelimit.data.sources import points
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.eigenframework import learning_curve, zonal, zonal_spectrum
from widelimit.linear.harmonics import multiplicity, zonal_polynomials
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.measure.distances import rmse
from widelimit.measure.metric_rows import Row
from widelimit.networks.model import initialise
from widelimit.seeds import generator
from widelimit.tables.learning import TABLES
from widelimit.training import TrainingCollapsed, TrainingDiverged, train

DEGREE = 2
SPECTRUM = 40


class Plan(NamedTuple):
    """width hidden units, g = alpha sqrt(k) of each output scale, numbers of points, draws of
    points and weights; gradient descent for so many steps at `rate` times 2 / lambda_max
    of the limit NTK on the points."""

    width: int
    scales: Sequence[float]
    sizes: Sequence[int]
    draws: int
    steps: int
    rate: float


def train_on_one_direction(
    plan: Plan, *, root: int, d: int, n_test: int, activation: str
) -> pd.DataFrame:
    """The table ``networks``.

    Raises ArithmeticError, which names g, n, the draw and the keys to change, where a network
    diverges or collapses.
    """
    spectrum = zonal_spectrum(
        zonal(lambda X, Z: ntk_gram(X, Z, activation=activation)), d, SPECTRUM
    )
    rows = []
    for draw in range(plan.draws):
        X, Z = (
            points(
                "sphere", n, design="uniform", dimension=d, rng=generator(root, purpose, d, draw)
            )[0]
            for purpose, n in (
                ("direction inputs", max(plan.sizes)),
                ("direction test inputs", n_test),
            )
        )
        start = initialise(plan.width, d, rng=generator(root, "direction", plan.width, draw))
        for n in sorted(plan.sizes):
            labels = {"dimension": d, "n_train": n, "draw": draw}
            theory = math.sqrt(learning_curve(spectrum, n).errors[DEGREE])
            fits = _fits(plan, draw, X[:n], Z, *start, activation)
            rows += [labels | {"theory": theory} | next(fits), *(labels | fit for fit in fits)]
    return TABLES["networks"].arrange(pd.DataFrame(rows))


def target(X: np.ndarray) -> np.ndarray:
    d = X.shape[1]
    return math.sqrt(multiplicity(d, DEGREE)) * zonal_polynomials(X[:, 0], d, DEGREE)[DEGREE]


def _fits(plan: Plan, draw: int, X, Z, A, B, activation: str) -> Iterator[dict]:
    """Of the NTK, and of the network at each scale."""
    y, y_test = target(X), target(Z)
    K = ntk_gram(X, activation=activation)
    f = kernel_regression(K, ntk_gram(Z, X, activation=activation), y)
    yield {"test_rmse": rmse(f, y_test)}
    rate = plan.rate * 2 / float(np.linalg.eigvalsh(K)[-1])
    options = {"learning_rate": rate, "steps": plan.steps, "checkpoints": [plan.steps]}
    for g in sorted(plan.scales):
        alpha = g / math.sqrt(plan.width)
        try:
            end = train(X, y, A, B, activation=activation, X_test=Z, output_scale=alpha, **options)
        except (TrainingCollapsed, TrainingDiverged) as error:
            raise ArithmeticError(
                f"g {g:g}, n {len(X)}, draw {draw}: {error}; lower learning.network_rate, which is"
                f" {plan.rate:g}, or raise this g, one of learning.network_scales"
            ) from None
        gradients = _gradients(X, end.A, end.B, activation) - _gradients(X, A, B, activation)
        first = end.B.T @ end.B
        yield {
            "g": g,
            "width": plan.width,
            "test_rmse": rmse(end.f_test[-1].reshape(-1), y_test),
            "overlap": abs(np.linalg.eigh(first)[1][0, -1]),
            "correlation": correlation(first, gradients.T @ gradients),
        }


def _gradients(X, A, B, activation: str) -> np.ndarray:
    """grad f(x) in x but for the network's factor, (n, d)."""
    return (parse_activation(activation).derivative(X @ B.T) * A[0]) @ B


def correlation(P: np.ndarray, Q: np.ndarray) -> float:
    """tr(P Q) / (|P| |Q|) of symmetric matrices (d, d) less their multiples of the identity."""
    P, Q = (M - np.trace(M) / len(M) * np.eye(len(M)) for M in (P, Q))
    return float(np.sum(P * Q) / (np.linalg.norm(P) * np.linalg.norm(Q)))


def direction_numbers(networks: pd.DataFrame, activation: str) -> Iterator[Row]:
    """Of the richest and the laziest networks on the most points."""
    last = networks[networks["n_train"].eq(networks["n_train"].max())]
    kernel = last[last["g"].isna()].set_index("draw")["test_rmse"]
    for name, g in {"rich": last["g"].min(), "lazy": last["g"].max()}.items():
        for row in last[last["g"].eq(g)].itertuples():
            numbers = {
                "to_kernel": row.test_rmse / kernel[row.draw],
                "overlap": row.overlap,
                "correlation": row.correlation,
            }
            for metric, value in numbers.items():
                yield Row(f"direction_{metric}_{name}", value, activation, row.width, row.draw)
