"""Stage measure_step5: the neural tangent kernel, measured statement by statement."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.data.points import Points
from widelimit.measure.tangent.initialisation import (
    EXAMPLE_ACTIVATIONS,
    Row,
    example,
    example_rows,
    hessian_rows,
    kernel_rows,
    readout_rows,
)
from widelimit.measure.tangent.training import (
    Problem,
    flow_table,
    limit_rows,
    several_outputs,
    single_output_rows,
)
from widelimit.tables import schemas
from widelimit.tables.schemas import Column, Table

TABLES = {
    "predictions": Table(
        "step5/predictions.parquet",
        "one output of a network with several, or its prediction, at one test point",
        schemas.PREDICTIONS.columns,
    ),
    "flow": Table(
        "step5/flow.parquet",
        "discrete gradient descent against gradient flow after one number of steps",
        (
            Column("relative_learning_rate", pa.float64(), "eta / (2 / lambda_max)"),
            Column("learning_rate", pa.float64(), "eta"),
            Column("step", pa.int64(), "steps T", "count"),
            Column("time", pa.float64(), "eta T, the time of the flow"),
            Column("rmse", pa.float64(), "root mean square difference over the test points"),
        ),
    ),
    "example": Table(
        "step5/example.parquet",
        "one weight of a one-dimensional network with two hidden units",
        (
            Column("activation", pa.string(), "activation of the network"),
            Column("weight", pa.string(), "a_1, a_2 (last layer) or b_1, b_2 (first layer)"),
            Column("value", pa.float64(), "the weight"),
            Column("x", pa.float64(), "the first input"),
            Column("z", pa.float64(), "the second input"),
            Column("gradient_x", pa.float64(), "derivative of f(x) in this weight"),
            Column("gradient_z", pa.float64(), "derivative of f(z) in this weight"),
            Column("product_xx", pa.float64(), "this weight's part of K(x, x)"),
            Column("product_xz", pa.float64(), "this weight's part of K(x, z)"),
            Column("product_zz", pa.float64(), "this weight's part of K(z, z)"),
        ),
    ),
}

_COLUMNS = ["activation", "metric", "width", "seed", "step", "value"]


def measure_step5(
    train: Points,
    test: Points,
    *,
    root: int,
    activations: Sequence[str],
    widths: Sequence[int],
    seeds: int,
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
        *kernel_rows(train.X, **networks),
        *hessian_rows(train.X[0], **networks),
        *readout_rows(root=root, widths=widths, seeds=seeds),
        *example_rows(examples),
        *single,
        *_over_seeds(single),
        *limit_rows(problem),
        *output_rows,
        *_flow_rows(flow, trained_activation),
    ]
    return {
        "measured": _metrics(rows),
        "predictions": _arranged(predictions, TABLES["predictions"]),
        "flow": flow,
        "example": _arranged(examples, TABLES["example"]),
    }


def _flow_rows(flow: pd.DataFrame, activation: str) -> list[Row]:
    """The largest difference at the smallest learning rate, and how it grows from there."""
    largest = flow.groupby("relative_learning_rate")["rmse"].max().sort_index()
    first, second = largest.index[:2]
    order = np.log(largest[second] / largest[first]) / np.log(second / first)
    return [
        (activation, "descent_vs_flow_max", None, None, None, float(largest[first])),
        (activation, "descent_vs_flow_order", None, None, None, float(order)),
    ]


def _over_seeds(rows: Sequence[Row]) -> Iterator[Row]:
    """The cost of ignoring f_0 as a root mean square over seeds, which is what theory gives."""
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame = frame[frame["metric"].str.startswith("rmse_ignoring_f0")]
    squares = frame.assign(value=frame["value"] ** 2)
    means = squares.groupby(["activation", "metric", "width", "step"])["value"].mean()
    for (activation, metric, width, step), mean in means.items():
        yield activation, f"{metric}_ensemble", width, None, step, math.sqrt(mean)


def _metrics(rows: Sequence[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=_COLUMNS).assign(experiment="step5")
    frame = frame.astype(dict.fromkeys(("width", "seed", "step"), "Int64"))
    by = ["metric", "activation", "width", "seed", "step"]
    return frame.sort_values(by, na_position="last", ignore_index=True)


def _arranged(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    return frame[[column.name for column in table.columns]].reset_index(drop=True)
