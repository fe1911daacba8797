"""Step 5: the neural tangent kernel, measured statement by statement."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.data.points import Points, generate_samples, to_table
from widelimit.measure.metric_rows import Row, metrics_table
from widelimit.measure.tangent.initialisation import (
    EXAMPLE_ACTIVATIONS,
    example,
    example_rows,
    hessian_rows,
    kernel_rows,
    readout_rows,
)
from widelimit.measure.tangent.threshold import threshold_rows
from widelimit.measure.tangent.training import (
    Problem,
    flow_table,
    limit_rows,
    several_outputs,
    single_output_rows,
)
from widelimit.tables.tangent import TABLES


def measure(*, samples: Mapping[str, Any], **options) -> dict[str, pd.DataFrame | pa.Table]:
    """What ``measure_on`` gives on the samples of generate_samples, and these as "points"."""
    points = generate_samples(**samples)
    frame, schema = to_table(points)
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    return {"points": table} | measure_on(points["train"], points["test"], **options)


def measure_on(
    train: Points,
    test: Points,
    *,
    root: int,
    activations: Sequence[str],
    widths: Sequence[int],
    seeds: int,
    kernel_seeds: int,
    trained_activation: str,
    training_widths: Sequence[int],
    training_seeds: int,
    steps: int,
    relative_learning_rate: float,
    flow_learning_rates: Sequence[float],
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and "measured" with the columns of schemas.METRICS.

    train, test : points on the sphere; the first output is that of the single-output networks
    Learning rates are in units of 2 / lambda_max of the limit NTK. Raises ArithmeticError where
    a network diverges.
    """
    problem = Problem(
        train.X,
        test.X,
        train.y,
        activation=trained_activation,
        steps=steps,
        relative_learning_rate=relative_learning_rate,
    )
    networks = {"root": root, "activations": activations, "widths": widths, "seeds": seeds}
    trained = {"root": root, "widths": training_widths, "seeds": training_seeds}
    examples = pd.concat([example(name) for name in EXAMPLE_ACTIVATIONS], ignore_index=True)
    output_rows, predictions = several_outputs(problem, **trained)
    flow = flow_table(problem, flow_learning_rates)
    single = list(single_output_rows(problem, **trained))
    rows = [
        *kernel_rows(train.X, **(networks | {"seeds": kernel_seeds})),
        *hessian_rows(train.X[0], **networks),
        *readout_rows(root=root, widths=widths, seeds=seeds),
        *example_rows(examples),
        *single,
        *_over_seeds(single),
        *limit_rows(problem),
        *threshold_rows(
            train.X,
            train.y[:, 0],
            root=root,
            activation=trained_activation,
            width=max(training_widths),
            seeds=training_seeds,
        ),
        *output_rows,
        *_flow_rows(flow, trained_activation),
    ]
    return {
        "measured": metrics_table("step5", rows),
        "predictions": TABLES["predictions"].arrange(predictions),
        "flow": flow,
        "example": TABLES["example"].arrange(examples),
    }


def _flow_rows(flow: pd.DataFrame, activation: str) -> list[Row]:
    """The largest difference at the smallest learning rate, and how it grows from there."""
    largest = flow.groupby("relative_learning_rate")["rmse"].max().sort_index()
    first, second = largest.index[:2]
    order = np.log(largest[second] / largest[first]) / np.log(second / first)
    return [
        Row("descent_vs_flow_max", float(largest[first]), activation),
        Row("descent_vs_flow_order", float(order), activation),
    ]


def _over_seeds(rows: Sequence[Row]) -> Iterator[Row]:
    """The cost of ignoring f_0 as a root mean square over seeds, which is what theory gives."""
    frame = pd.DataFrame(rows)
    frame = frame[frame["metric"].str.startswith("rmse_ignoring_f0")]
    squares = frame.assign(value=frame["value"] ** 2)
    means = squares.groupby(["activation", "metric", "width", "step"])["value"].mean()
    for (activation, metric, width, step), mean in means.items():
        yield Row(f"{metric}_ensemble", math.sqrt(mean), activation, width, step=step)
