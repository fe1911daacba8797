"""A number that was measured, as a row of metrics.parquet; `metric_meanings` says what it is."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from widelimit.tables.schemas import METRICS


class Row(NamedTuple):
    """The name and the value of a number, and what it belongs to, where it belongs to one."""

    metric: str
    value: float
    activation: str | None = None
    width: int | None = None
    seed: int | None = None
    step: int | None = None


def metrics_table(experiment: str, rows: Iterable[Row]) -> pd.DataFrame:
    """The rows of one experiment in the columns of schemas.METRICS, sorted."""
    frame = METRICS.arrange(pd.DataFrame(rows, columns=Row._fields).assign(experiment=experiment))
    by = ["metric", "activation", "width", "seed", "step"]
    return frame.sort_values(by, na_position="last", ignore_index=True)
