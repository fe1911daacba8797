"""Which widths, steps and points a figure shows where a study has many."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def distinct(column: pd.Series) -> list[int]:
    """The distinct values of a column of integers, ascending, missing ones left out."""
    return [int(value) for value in sorted(column.dropna().unique())]


def last_step(frame: pd.DataFrame) -> int:
    return int(frame["step"].max())


def thin(values: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of the positive values, the first and last among them, even in log."""
    values = np.unique(np.asarray(values, dtype=np.int64))
    if len(values) <= most:
        return values.tolist()
    wanted = np.linspace(np.log(values[0]), np.log(values[-1]), most)
    nearest = np.abs(np.log(values)[:, None] - wanted).argmin(axis=0)
    return np.unique(values[nearest]).tolist()


def decades(steps: Sequence[int], most: int = 6) -> list[int]:
    """The steps 10, 100, ... and the last, at most ``most`` of them."""
    steps = np.unique(np.asarray(steps, dtype=np.int64))
    steps = steps[steps > 0]
    exponents = np.log10(steps)
    tens = steps[(exponents == np.round(exponents)) & (steps > 1)]
    return thin([*tens, *steps[-1:]], most)


def ends(rows: pd.DataFrame | pd.Series):
    """The first and the last row, or the only one."""
    return rows.iloc[sorted({0, len(rows) - 1})]


def evenly(values: Sequence, most: int) -> np.ndarray:
    """Places of at most ``most`` of the values, the first and last among them, evenly spread."""
    return np.unique(np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(int))
