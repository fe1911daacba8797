"""Stage measure_beyond: a small experiment from points to numbers, in one go.

The stages are those of the main experiment; only, nothing in between is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from widelimit.data.points import Points
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.measure.wide.metrics import measure
from widelimit.measure.wide.networks import train_networks
from widelimit.measure.wide.predictions import compare


def measure_beyond(
    points: Mapping[str, Points],
    *,
    root: int,
    experiment: str,
    widths: Sequence[int],
    seeds: int,
    kernels: Mapping,
    network: Mapping,
    say: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """Rows of the METRICS table.

    kernels : arguments of `fit_kernels`
    network : arguments of `train_networks`, but for root, width and seeds
    """
    train, test = points["train"], points["test"]
    limits = fit_kernels(train, test, **kernels)
    networks = []
    for width in widths:
        trained, _ = train_networks(
            train, test, root=root, width=width, seeds=range(seeds), say=say, **network
        )
        networks.append((width, trained))
    rate = network["learning_rate"]
    compared = {"learning_rate": rate, "checkpoints": network["checkpoints"]}
    predictions = compare(train, test, *limits, networks, **compared)
    return measure(
        train, test, *limits, predictions, networks, experiment=experiment, learning_rate=rate
    )
