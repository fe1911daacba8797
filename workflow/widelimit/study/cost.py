"""How long jobs take and how much memory, at most and roughly: what is asked of a cluster, which
cuts off what takes more. Times are twice to fifteen times what was measured on one core of 2024.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from widelimit.kernels.activations import parse_activation
from widelimit.measure.wide.networks import MAX_EMPIRICAL_SIZE
from widelimit.study.config import Experiment
from widelimit.study.config.steps import Step4

INTERPRETER = 600
"""MB of Python with its libraries."""
LONGEST = 24 * 60
"""Minutes asked for at most."""


def training_seconds(
    engine: str,
    *,
    width: int,
    n_train: int,
    steps: int,
    checkpoints: int = 0,
    activation: str = "relu",
    inputs: int = 2,
    outputs: int = 1,
) -> float:
    """Seconds for one network of `width` hidden units.

    dense     every pair of a unit and a point at every step: its activation, which is cheap for
              (leaky) ReLU with one output, and its share of products with all inputs and outputs
    circle    a step costs its points and the units at their kinks, of which there are some
              sqrt(width); setting up and each checkpoint cost every unit

    Raises ValueError for another engine.
    """
    if engine == "dense":
        phi = parse_activation(activation)
        cheap = phi.slope is not None and outputs == 1
        degree = phi.parameter if phi.family == "hermite" else 0
        pair = (1e-9 if cheap else 1.5e-8 + 1e-9 * degree) + 2e-10 * (inputs + outputs)
        return pair * width * n_train * steps
    if engine == "circle":
        step = 3e-7 * n_train + 5e-8 * math.sqrt(width)
        return step * steps + 2e-7 * width * (10 + checkpoints)
    raise ValueError(f"engine must be dense or circle; got {engine!r}")


def training_minutes(
    experiment: Experiment, engine: str, *, widths: Sequence[int], seeds: int
) -> int:
    """Minutes for `seeds` networks of each width: five more than they take, as code may have to be
    compiled, and a day at most."""
    data, network = experiment.data, experiment.network
    seconds = seeds * sum(
        training_seconds(
            engine,
            width=width,
            n_train=data.n_train,
            steps=network.steps,
            checkpoints=len(network.all_checkpoints),
            activation=network.activation,
            inputs=data.n_inputs,
            outputs=data.n_outputs,
        )
        for width in widths
    )
    return min(5 + int(seconds / 60), LONGEST)


def training_megabytes(experiment: Experiment, width: int) -> int:
    """MB for a job that trains networks of one width.

    For each unit six copies of its weights and ten numbers more, and three copies of the kernels
    that are kept of each network. Twice what the circle engine was seen to take at width 2^24,
    2.1 GB.
    """
    data, outputs = experiment.data, experiment.data.n_outputs
    units = width * (10 + 6 * (data.n_inputs + outputs))
    kernels = data.n_train * (data.n_train + data.n_test)
    if data.n_train * outputs <= MAX_EMPIRICAL_SIZE:
        kernels += outputs**2 * data.n_train * (2 * data.n_train + data.n_test)
    return INTERPRETER + _megabytes(units + 3 * kernels * experiment.network.seeds_per_job)


def random_features_megabytes(step4: Step4) -> int:
    """MB for the measurements of step 4: some copies of the largest matrix of features."""
    double_descent = max(step4.ratios) * step4.n_train * (step4.n_train + step4.n_test)
    return INTERPRETER + _megabytes(4 * max(double_descent, max(step4.widths) * step4.n_train))


def _megabytes(numbers: float) -> int:
    """Of numbers of 8 bytes."""
    return int(8 * numbers / 10**6)
