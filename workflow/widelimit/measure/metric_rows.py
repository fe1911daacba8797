"""Numbers of steps that train no network, as rows of metrics.parquet."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

Row = tuple[str, str | None, int | None, float]
"""metric, activation, step, value"""


def metrics_table(experiment: str, rows: Iterable[Row]) -> pd.DataFrame:
    """The columns of schemas.METRICS, without width and seed, sorted by metric."""
    frame = pd.DataFrame(rows, columns=["metric", "activation", "step", "value"])
    frame = frame.assign(experiment=experiment, width=pd.NA, seed=pd.NA)
    frame = frame.astype(dict.fromkeys(("width", "seed", "step"), "Int64"))
    by = ["metric", "activation", "step"]
    return frame.sort_values(by, na_position="last", ignore_index=True)
