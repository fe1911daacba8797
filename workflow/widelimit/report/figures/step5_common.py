"""What the figures of step 5 share: bands with their slopes over all widths, and words for them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes

from widelimit.report.figures import parts, style
from widelimit.tables.schemas import Column

METRIC = Column("metric", pa.string(), "as in metrics.parquet")
ACTIVATION = Column("activation", pa.string(), "activation phi", null="has nothing to do with one")

SLOPE = tuple(
    Column(name, pa.float64(), meaning, null="not fitted")
    for name, meaning in (
        ("slope", "slope fitted to all widths and seeds"),
        ("slope_low", "lower end of its 95 % interval"),
        ("slope_high", "upper end of its 95 % interval"),
    )
)

FIT_WORDS = (
    " Slopes are least-squares fits of log2 value against log2 width to all widths and seeds, ± the"
    " half width of Student's 95 % interval."
)


def curves(
    metrics: pd.DataFrame,
    slopes: pd.DataFrame,
    names: Sequence[str],
    by: str,
    quantiles: Sequence[float],
) -> pd.DataFrame:
    """Bands of the named metrics against width, grouped further ``by``, each with its slope."""
    rows, fits = (
        frame[frame["metric"].isin(names)] for frame in (metrics, parts.over(slopes, "all"))
    )
    table = parts.band(rows, ["metric", by, "width"], quantiles)
    return parts.with_slopes(table, fits, ["metric", by])


def draw_band(axes: Axes, rows: pd.DataFrame, colour: str, x: str = "width", **line) -> style.End:
    """Median with markers over the band of quantiles; the end of the line, for its label."""
    rows = rows.sort_values(x)
    bounds = (rows[name].astype(float) for name in ("centre", "lower", "upper"))
    style.band(axes, rows[x].astype(float), *bounds, colour, **{"marker": "o"} | line)
    return style.End(float(rows[x].iloc[-1]), float(rows["centre"].iloc[-1]), "", colour)


def last(rows: pd.DataFrame, column: str = "width") -> pd.Series:
    """The row of the greatest width, or of the last step."""
    return rows.sort_values(column).iloc[-1]
