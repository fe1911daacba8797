"""What a column and a table are, and the columns that many tables share.

A table picks the shared columns by name, and says with ``but`` where they differ: the one place
that names columns is this chapter. Each Parquet file carries the texts in its Arrow schema
metadata, and ``results/README.md`` is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa

MATRIX = pa.list_(pa.float64())
"""A vector or matrix in one cell, row-major."""

_NULLABLE = {
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.string(): "str",
}
"""Types in memory of columns in which values may be missing."""


@dataclass(frozen=True)
class Column:
    """One column; ``null`` says when a value is missing, or is empty where it never is."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = "1"
    null: str = ""

    def but(self, **changes: str) -> Column:
        """The same column with another meaning, or missing where ``null`` says."""
        return replace(self, **changes)

    def field(self) -> pa.Field:
        metadata = {"meaning": self.meaning, "unit": self.unit}
        if self.null:
            metadata["null"] = self.null
        return pa.field(self.name, self.type, nullable=bool(self.null), metadata=metadata)


@dataclass(frozen=True)
class Table:
    """One kind of table: the path under the results directory, what a row is, its columns."""

    path: str
    row: str
    columns: tuple[Column, ...]

    def but(self, **changes: Any) -> Table:
        """The same table in another place, or with other columns."""
        return replace(self, **changes)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def pick(self, *names: str) -> tuple[Column, ...]:
        """The columns of these names, in this order, for a table that shows them again."""
        columns = {column.name: column for column in self.columns}
        return tuple(columns[name] for name in names)

    def schema(self, *more: Column) -> pa.Schema:
        """The Arrow schema, with further columns at the end."""
        fields = [column.field() for column in (*self.columns, *more)]
        return pa.schema(fields, metadata={"table": self.path, "row": self.row})

    def arrange(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The columns of this table, in its order; those that the frame lacks are all missing."""
        ordered = frame.reindex(columns=self.names).reset_index(drop=True)
        sparse = [column for column in self.columns if column.null and column.type in _NULLABLE]
        return ordered.astype({column.name: _NULLABLE[column.type] for column in sparse})


def text(name: str, meaning: str, null: str = "") -> Column:
    """A column of texts."""
    return Column(name, pa.string(), meaning, null=null)


def real(name: str, meaning: str, null: str = "", *, unit: str = "1") -> Column:
    """A column of double-precision numbers."""
    return Column(name, pa.float64(), meaning, unit, null)


def count(name: str, meaning: str, null: str = "") -> Column:
    """A column of whole numbers that count or number things."""
    return Column(name, pa.int32(), meaning, "count", null)


def large_count(name: str, meaning: str, null: str = "") -> Column:
    """A column of whole numbers that may exceed 2^31."""
    return Column(name, pa.int64(), meaning, "count", null)


def matrix(name: str, meaning: str, null: str = "") -> Column:
    """A column of vectors or matrices."""
    return Column(name, MATRIX, meaning, null=null)


def missing(columns: tuple[Column, ...], null: str) -> tuple[Column, ...]:
    """The same columns, all missing where ``null`` says."""
    return tuple(column.but(null=null) for column in columns)


EXPERIMENT = text("experiment", "as in metrics.parquet")
ACTIVATION = text("activation", "activation phi")
METRIC = text("metric", "as in metrics.parquet")
VALUE = real("value", "the number")
WIDTH = large_count("width", "hidden units k")
SEED = count("seed", "number of the random initialisation")
STEP = large_count("step", "steps of gradient descent taken")
OUTPUT = Column("output", pa.int16(), "number of the output, from 0", "count")

SPLIT = text("split", "train or test")
INDEX = count("index", "number of the point within its split")
INPUT_T = real("t", "position before the lift")

LOWER = real("lower", "lower quantile over seeds")
UPPER = real("upper", "upper quantile over seeds")
SEEDS = large_count("seeds", "seeds that median and quantiles are over")
LEVELS = (
    real("lower_level", "order of the lower quantile"),
    real("upper_level", "order of the upper quantile"),
)
BAND = (real("centre", "median over seeds"), LOWER, UPPER, SEEDS, *LEVELS)
"""What seeds scatter over."""

SLOPE = (
    real("slope", "least-squares slope"),
    real("slope_low", "lower end of its 95 % confidence interval (t)"),
    real("slope_high", "upper end of its 95 % confidence interval (t)"),
)
LINE = (
    real(
        "lack_of_fit",
        "p value of the test of the line against the spread between seeds: where it is small the"
        " points lie on no line",
        null="too few widths or seeds",
    ),
    real("local_low", "smallest slope from one width fitted to the next", null="not fitted"),
    real("local_high", "largest slope from one width fitted to the next", null="not fitted"),
)
FITTED_WIDTHS = (
    large_count("smallest_width", "smallest width fitted"),
    large_count("largest_width", "largest width fitted"),
)
