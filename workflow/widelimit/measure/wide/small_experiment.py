"""A whole experiment in memory, from points to numbers.

Its stages are those of the main experiment, which keeps a file of what is between them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from widelimit.data.points import Points
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.measure.wide.metrics import measure
from widelimit.measure.wide.networks import train_networks
from widelimit.measure.wide.predictions import compare


class Experiment(NamedTuple):
    """The tables of an experiment, and its networks as pairs of width and table."""

    kernels: pd.DataFrame
    theory: pd.DataFrame
    networks: list[tuple[int, pd.DataFrame]]
    runs: pd.DataFrame
    predictions: pd.DataFrame
    metrics: pd.DataFrame


def run_experiment(
    points: Mapping[str, Points],
    *,
    root: int,
    experiment: str,
    widths: Sequence[int],
    seeds: int,
    output_scales: Sequence[float | None] | None = None,
    kernels: Mapping[str, Any],
    network: Mapping[str, Any],
    say: Callable[[str], None] = lambda line: None,
) -> Experiment:
    """All of an experiment of this name.

    output_scales : one for each width; None: networks are trained as they are
    kernels : arguments of `fit_kernels`
    network : arguments of `train_networks`, but for root, width, seeds and output_scale
    """
    train, test = points["train"], points["test"]
    limits = fit_kernels(train, test, **kernels)
    networks, runs = [], []
    for width, scale in zip(widths, output_scales or [None] * len(widths), strict=True):
        trained, cost = train_networks(
            train,
            test,
            root=root,
            width=width,
            seeds=range(seeds),
            output_scale=scale,
            say=say,
            **network,
        )
        networks.append((width, trained))
        runs.append(cost)
    rate, checkpoints = network["learning_rate"], network["checkpoints"]
    predictions = compare(
        train, test, *limits, networks, learning_rate=rate, checkpoints=checkpoints
    )
    metrics = measure(
        train, test, *limits, predictions, networks, experiment=experiment, learning_rate=rate
    )
    return Experiment(*limits, networks, pd.concat(runs), predictions, metrics)
