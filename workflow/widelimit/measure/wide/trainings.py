"""Numbers of the trainings themselves: losses, movement of weights and kernel, where they end."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.linear.gradient_descent import GradientDescent, until_divergence
from widelimit.linear.kernel_regression import Eigensystem, kernel_regression
from widelimit.measure.distances import (
    common_part,
    kernel_target_alignment,
    relative_frobenius,
    rmse,
)
from widelimit.measure.metric_rows import Row
from widelimit.measure.wide.predictions import each_network


def trainings(
    train: Points,
    kernel: pd.Series,
    system: Eigensystem,
    networks: Iterable[tuple[int, pd.DataFrame]],
    learning_rate: float,
) -> Iterator[Row]:
    """Losses with their predictions, movement of weights and kernel; networks width by width,
    system is that of the limit NTK, kernel its row."""
    n = len(train.y)
    limit = kernel["gram_train"].reshape(n, n)
    descent = GradientDescent(system, learning_rate=learning_rate)
    regression = kernel_regression(system, kernel["gram_test_train"].reshape(-1, n), np.eye(n))
    for width, of_width in groupby(each_network(networks), key=itemgetter(0)):
        changes = []
        for _, network in of_width:
            start, end = network.iloc[0], network.iloc[-1]
            rows = list(_losses(network, train.y, descent))
            if start["ntk_train"] is not None:
                rows += _own_kernel(start, end, limit, train.y)
                changes.append(_relative_change(start, end))
            distance = _from_regression(start, end, regression, train.y)
            rows.append(Row("rmse_network_vs_regression", distance, step=end["step"]))
            for step, movement in zip(network["step"], network["weight_movement"], strict=True):
                rows.append(Row("weight_movement", movement, step=step))
            yield from (row._replace(width=width, seed=start["seed"]) for row in rows)
        if changes:
            yield from _common_drift(np.stack(changes), train.y.size, width)


def _losses(network: pd.DataFrame, y: np.ndarray, descent: GradientDescent) -> Iterator[Row]:
    """The training losses of a network, those predicted of it, and their ratio; descent is that of
    the limit NTK."""
    start, steps = network.iloc[0], network["step"].tolist()
    f0 = start["f_train"].reshape(y.shape)
    losses = {
        "train_loss": network["train_loss"].to_numpy(),
        "train_loss_ntk": _predicted_losses(descent, y, steps, f0),
    }
    if start["ntk_train"] is not None:
        own = start["ntk_train"].reshape(y.size, y.size)
        own_descent = GradientDescent(own, learning_rate=descent.learning_rate)
        losses["train_loss_empirical_ntk"] = _predicted_losses(
            own_descent, y.ravel(), steps, f0.ravel()
        )
    for metric, values in losses.items():
        for step, value in zip(steps, values, strict=True):
            yield Row(metric, value, step=step)
    ratios = losses["train_loss"] / losses["train_loss_ntk"]
    for step, ratio, read in zip(steps, ratios, network["f_train"].notna(), strict=True):
        if read and step > 0:
            yield Row("train_loss_vs_ntk", ratio, step=step)


def _predicted_losses(
    descent: GradientDescent, y: np.ndarray, steps: Sequence[int], f0: np.ndarray
) -> np.ndarray:
    """Training loss at the steps."""
    return until_divergence(lambda T: descent.loss(y, steps=T, f0_train=f0), steps)


def _from_regression(
    start: pd.Series, end: pd.Series, regression: np.ndarray, y: np.ndarray
) -> float:
    """How far the network is at its end from the limit NTK's regression from its start."""
    p = y.shape[1]
    f0, f0_test = start["f_train"].reshape(y.shape), start["f_test"].reshape(-1, p)
    return rmse(end["f_test"].reshape(-1, p), f0_test + regression @ (y - f0))


def _common_drift(changes: np.ndarray, size: int, width: int) -> Iterator[Row]:
    """What the kernels' changes have in common over seeds: size is n p, a kernel size x size."""
    common, error = (size * part for part in common_part(changes))
    yield Row("ensemble_ntk_drift", common, width=width)
    yield Row("ensemble_ntk_drift_error", error, width=width)


def _own_kernel(
    start: pd.Series, end: pd.Series, limit: np.ndarray, y: np.ndarray
) -> Iterator[Row]:
    """How far a network's own NTK is from the limit, and how it changes from first to last row."""
    for row in (start, end):
        aligned = kernel_target_alignment(row["ntk_train"], y.ravel())
        yield Row("kernel_target_alignment", aligned, step=row["step"])
    # Of p outputs each has the limit kernel, and none shares it with another.
    expected = np.kron(limit, np.eye(y.shape[1])).ravel()
    yield Row("ntk_deviation", relative_frobenius(start["ntk_train"], expected))
    yield Row("ntk_drift", relative_frobenius(end["ntk_train"], start["ntk_train"]))


def _relative_change(start: pd.Series, end: pd.Series) -> np.ndarray:
    """(K_T - K_0) / |K_0| of the network's own NTK, ravelled."""
    return (end["ntk_train"] - start["ntk_train"]) / np.linalg.norm(start["ntk_train"])
