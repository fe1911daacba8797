"""What the tables of every stage are held to."""

import pandas as pd

from widelimit.measure.slopes import fit_slope
from widelimit.tables.files import read_table, write_table


def check_tables(frames, kinds, folder):
    """Each frame keeps to the declaration of its name, and comes back from disk as it was."""
    assert set(frames) == set(kinds)
    for name, frame in frames.items():
        write_table(folder / "table.parquet", frame, kinds[name].schema())
        again = read_table(folder / "table.parquet")
        pd.testing.assert_frame_equal(again, frame, check_dtype=False)


def where(frame, **at):
    """The rows that have these values in these columns; None: those where it is missing."""
    for column, value in at.items():
        frame = frame[frame[column].isna() if value is None else frame[column] == value]
    return frame


def slope_of(frame, metric: str) -> float:
    """Slope of a metric against width, over all rows of it."""
    rows = frame[frame["metric"] == metric]
    return fit_slope(rows["width"], rows["value"])["slope"]
