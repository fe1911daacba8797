"""Stage measure: every number of an experiment, one row each."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.finite_width.fluctuation import ntk_fluctuation
from widelimit.linear.kernel_regression import Eigensystem, eigensystem
from widelimit.measure.distances import (
    accuracy,
    common_part,
    ensemble_distance,
    one_hot,
    paired_difference,
    rmse,
    wrong,
)
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.measure.wide.trainings import trainings


def measure(
    train: Points,
    test: Points,
    kernels: pd.DataFrame,
    theory: pd.DataFrame,
    predictions: pd.DataFrame,
    networks: Iterable[tuple[int, pd.DataFrame]],
    *,
    experiment: str,
    learning_rate: float,
) -> pd.DataFrame:
    """Rows of the METRICS table, sorted; METRIC_MEANINGS says what each metric is.

    predictions : sorted, as `compare` gives them
    networks : pairs of width and table, those of a width one after the other
    """
    kernels = kernels.set_index("kernel")
    theory = theory.sort_values(["index", "output"], kind="stable")
    activation = kernels["activation"].iloc[0]
    ntk = eigensystem(kernels.loc["ntk", "gram_train"].reshape(len(train.y), -1))
    rows = [
        *_limits(kernels, ntk, theory, train, test),
        *_distances(predictions, theory, test),
        *_ensembles(predictions, theory, test),
        *trainings(train, kernels.loc["ntk"], ntk, networks, learning_rate),
    ]
    if widths := sorted({row.width for row in rows if row.metric == "ntk_deviation"}):
        outputs = train.y.shape[1]
        fluctuation = ntk_fluctuation(train.X, activation=activation, outputs=outputs)
        for width in widths:
            rows.append(Row("ntk_deviation_expected", fluctuation / np.sqrt(width), width=width))
    known = (row._replace(activation=activation) for row in rows if not np.isnan(row.value))
    return metrics_table(experiment, known)


def _limits(
    kernels: pd.DataFrame, ntk: Eigensystem, theory: pd.DataFrame, train: Points, test: Points
) -> Iterator[Row]:
    """Spectra of the limit kernels, and how well they predict the training and test targets."""
    for kernel, row in kernels.iterrows():
        for name in ("lambda_max", "lambda_min", "condition_number", "rank"):
            yield Row(f"{name}_{kernel}", row[name])
    limit = kernels.loc["ntk"]
    yield Row("learning_rate_bound", 2 / limit["lambda_max"])
    yield Row("least_loss_ntk", _least_loss(ntk, limit["rank"], train.y))
    for (model, step), rows in theory.groupby(["model", "step"], dropna=False):
        for metric, value in _test(_matrix(rows, "mean"), test).items():
            yield Row(f"{metric}_{model}", value, step=step)


def _least_loss(system: Eigensystem, rank: int, y: np.ndarray) -> float:
    """1/2 |y - y_K|^2, y_K the part of the targets in the range of K(X, X), as its rank has it."""
    U = system.vectors[:, len(y) - rank :]
    return 0.5 * float(np.sum(np.square(y - U @ (U.T @ y))))


def _test(f: np.ndarray, test: Points) -> dict[str, float]:
    """How well f predicts the test targets; the accuracy where they are classes."""
    errors = {"test_rmse": rmse(f, test.y)}
    if one_hot(test.y) and np.isfinite(f).all():
        errors["test_accuracy"] = accuracy(f, test.y)
    return errors


def _distances(predictions: pd.DataFrame, theory: pd.DataFrame, test: Points) -> Iterator[Row]:
    """Network against target, and against each prediction for it at the same step."""
    limits = {key: _matrix(rows, "mean") for key, rows in theory.groupby(["model", "step"])}
    starts = {}
    for width, step, seeds, of_model in _each_step(predictions, test):
        ntk, nngp = limits["ntk", step], limits["nngp", step]
        all_starts = starts.setdefault(width, of_model["network"])
        for i, seed in enumerate(seeds):
            f = {model: values[i] for model, values in of_model.items()}
            start, network = all_starts[i], f["network"]
            corrected = _test(f["ntk_corrected"], test)
            distances = _test(network, test) | {
                **{f"{metric}_ntk_corrected": value for metric, value in corrected.items()},
                "rmse_network_vs_ntk": rmse(network, f["ntk_corrected"]),
                "rmse_network_vs_ntk_uncorrected": rmse(network, ntk),
                "rmse_last_layer_vs_nngp": rmse(f["last_layer"], nngp),
            }
            if step > 0:
                predicted = f["ntk_corrected"] - start
                distances["progress_vs_ntk"] = np.vdot(predicted, network - start) / np.vdot(
                    predicted, predicted
                )
            if "empirical_ntk" in f:
                own = f["empirical_ntk"]
                distances["rmse_network_vs_empirical_ntk"] = rmse(network, own)
                distances["distance_start"] = rmse(own, f["ntk_corrected"])
            for metric, value in distances.items():
                yield Row(metric, value, width=width, seed=seed, step=step)


def _ensembles(predictions: pd.DataFrame, theory: pd.DataFrame, test: Points) -> Iterator[Row]:
    """The networks of a width and step, all seeds together, against theory's mean and spread."""
    ntk = theory[theory["model"] == "ntk"]
    limits = dict(list(ntk.groupby("step")))
    regression = _matrix(ntk[ntk["step"].isna()], "mean")
    for step, limit in limits.items():
        yield Row("ensemble_std_ntk", np.sqrt(np.mean(np.square(limit["std"]))), step=step)
    for width, step, seeds, of_model in _each_step(predictions, test):
        networks, corrected = of_model["network"], of_model["ntk_corrected"]
        F = networks.reshape(len(seeds), -1)
        limit = limits[step]
        mean, std = (_matrix(limit, column).ravel() for column in ("mean", "std"))
        distance = ensemble_distance(F, mean, std)
        values = distance._asdict()
        values["mean_rmse_vs_ntk"] = values.pop("mean_rmse")
        # The noise that a network shares with its own prediction cancels.
        paired = common_part(F - corrected.reshape(F.shape))
        values["bias_paired"], values["bias_paired_error"] = paired
        for name, value in values.items():
            yield Row(f"ensemble_{name}", value, width=width, step=step)
        if one_hot(test.y) and np.isfinite(F).all():
            share = wrong(networks, test.y).mean(axis=0)
            for name, f in {"ntk": corrected, "regression": regression[None]}.items():
                if not np.isfinite(f).all():
                    continue
                value, error = paired_difference(share, wrong(f, test.y).mean(axis=0))
                yield Row(f"test_error_vs_{name}", value, width=width, step=step)
                yield Row(f"test_error_vs_{name}_error", error, width=width, step=step)


def _each_step(
    predictions: pd.DataFrame, test: Points
) -> Iterator[tuple[int, int, Sequence[int], dict[str, np.ndarray]]]:
    """Width, step, seeds and f (seeds, m, p) of each model, the steps of a width ascending; of
    sorted predictions."""
    for width, rows in predictions.groupby("width"):
        seeds, steps = (rows[column].unique().tolist() for column in ("seed", "step"))
        shape = len(seeds), len(steps), *test.y.shape
        of_model = {
            model: part["f"].to_numpy(dtype=float).reshape(shape)
            for model, part in rows.groupby("model")
        }
        for j, step in enumerate(steps):
            yield width, step, seeds, {model: f[:, j] for model, f in of_model.items()}


def _matrix(rows: pd.DataFrame, column: str) -> np.ndarray:
    """The values of a column, (m, p); rows: sorted by point and output."""
    return rows[column].to_numpy(dtype=float).reshape(-1, rows["output"].iat[-1] + 1)
