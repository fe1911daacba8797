"""Stage compare: what theory predicts for each network, beside what the network did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.linear.gradient_descent import GradientDescent, until_divergence
from widelimit.measure.frames import long_table


def compare(
    train: Points,
    test: Points,
    kernels: pd.DataFrame,
    theory: pd.DataFrame,
    networks: Iterable[tuple[int, pd.DataFrame]],
    *,
    learning_rate: float,
    checkpoints: Sequence[int],
) -> pd.DataFrame:
    """Rows of the PREDICTIONS table, sorted, whatever the order of the networks.

    networks : pairs of a width and rows of the NETWORKS table

    For each network and checkpoint: the network itself, the limit NTK's prediction corrected for
    the network's start f_0, the same with its own empirical NTK at step 0, and the last layer
    trained alone from A = 0, which is gradient descent with the last layer's kernel.
    """
    activation = kernels["activation"].iloc[0]
    limits = theory.rename(columns={"mean": "f"}).assign(width=None, seed=None)
    n, m, p = len(train.y), len(test.y), train.y.shape[1]
    ntk = kernels.set_index("kernel").loc["ntk"]
    descent = GradientDescent(ntk["gram_train"].reshape(n, n), learning_rate=learning_rate)
    test_train = ntk["gram_test_train"].reshape(m, n)
    steps = sorted(checkpoints)

    own = {}
    for width, network in each_network(networks):
        start = network.iloc[0]
        f0 = {
            "f0_train": start["f_train"].reshape(n, p),
            "f0_test": start["f_test"].reshape(m, p),
        }
        read = network[network["step"].isin(checkpoints)]
        predictions = {
            "network": np.stack(list(read["f_test"])).reshape(-1, m, p),
            "ntk_corrected": _predict(descent, test_train, train.y, steps, **f0),
        }
        last_layer = GradientDescent(
            start["last_layer_train"].reshape(n, n), learning_rate=learning_rate
        )
        predictions["last_layer"] = _predict(
            last_layer, start["last_layer_test_train"].reshape(m, n), train.y, steps
        )
        if start["ntk_train"] is not None:
            tangent = GradientDescent(
                start["ntk_train"].reshape(n * p, n * p), learning_rate=learning_rate
            )
            flat = {name: value.ravel() for name, value in f0.items()}
            test_kernel = start["ntk_test_train"].reshape(m * p, n * p)
            predictions["empirical_ntk"] = _predict(
                tangent, test_kernel, train.y.ravel(), steps, **flat
            ).reshape(-1, m, p)
        own[width, start["seed"]] = predictions
    by = ["model", "step", "index", "output"]
    frames = [limits.drop(columns="std").sort_values(by, na_position="last"), _rows(own, steps)]
    whole = pd.concat([frame.astype({"width": "Int64", "seed": "Int64"}) for frame in frames])
    whole["activation"] = activation
    return whole.sort_values("model", kind="stable", ignore_index=True)


def _predict(descent: GradientDescent, K_test_train, y, steps: Sequence[int], **f0) -> np.ndarray:
    """Predictions at the steps, (len(steps), m) or (len(steps), m, p)."""
    return until_divergence(
        lambda step: descent.prediction(K_test_train, y, steps=step, **f0),
        steps,
        (len(K_test_train), *y.shape[1:]),
    )


def each_network(
    networks: Iterable[tuple[int, pd.DataFrame]],
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Width and rows, by step, of one network after the other."""
    for width, chunk in networks:
        for _, network in chunk.groupby("seed", sort=True):
            yield width, network.sort_values("step")


def _rows(
    own: Mapping[tuple[int, int], Mapping[str, np.ndarray]], steps: Sequence[int]
) -> pd.DataFrame:
    """Predictions f (steps, m, p) by width, seed and model as rows, sorted."""
    networks, models = sorted(own), sorted(next(iter(own.values())))
    f = np.array([[own[network][model] for network in networks] for model in models])
    axes = {"step": steps, "index": range(f.shape[3]), "output": range(f.shape[4])}
    frame = long_table("f", f, model=models, network=range(len(networks)), **axes)
    width, seed = np.array(networks)[frame.pop("network")].T
    return frame.assign(width=width, seed=seed).astype({"step": "Int64"})
