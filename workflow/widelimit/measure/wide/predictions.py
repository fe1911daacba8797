"""Stage compare: what theory predicts for each network, beside what the network did."""

from collections.abc import Iterable, Iterator, Sequence

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
    steps = list(checkpoints)

    networks_and_models = []
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
            own = GradientDescent(
                start["ntk_train"].reshape(n * p, n * p), learning_rate=learning_rate
            )
            flat = {name: value.ravel() for name, value in f0.items()}
            predictions["empirical_ntk"] = _predict(
                own, start["ntk_test_train"].reshape(m * p, n * p), train.y.ravel(), steps, **flat
            ).reshape(-1, m, p)
        for model, f in predictions.items():
            networks_and_models.append((model, width, start["seed"], f))
    limits = limits.drop(columns="std").astype({"width": "Int64", "seed": "Int64"})
    whole = pd.concat([limits, _rows(networks_and_models, steps)])
    whole["activation"] = activation
    by = ["model", "width", "seed", "step", "index", "output"]
    return whole.sort_values(by, na_position="last", ignore_index=True)


def _predict(descent: GradientDescent, K_test_train, y, steps: Sequence[int], **f0) -> np.ndarray:
    """Predictions at the steps, (len(steps), m) or (len(steps), m, p)."""
    return until_divergence(
        lambda T: descent.prediction(K_test_train, y, steps=T, **f0),
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


def _rows(parts: Sequence[tuple[str, int, int, np.ndarray]], steps: Sequence[int]) -> pd.DataFrame:
    """Predictions f (steps, m, p) as rows; parts are of model, width, seed and f."""
    models, widths, seeds, predictions = zip(*parts, strict=True)
    f = np.stack(predictions)
    _, _, m, p = f.shape
    frame = long_table("f", f, part=range(len(f)), step=steps, index=range(m), output=range(p))
    part = frame.pop("part")
    names = pd.DataFrame({"model": models, "width": widths, "seed": seeds})
    frame = pd.concat([frame, names.take(part).set_index(frame.index)], axis=1)
    return frame.astype({"width": "Int64", "seed": "Int64", "step": "Int64"})
