"""What several figures share: columns of a band, the order of points, a choice of widths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.measure.slopes import over_seeds
from widelimit.report.figures import style
from widelimit.report.figures.style import End
from widelimit.report.numbers import fixed, power
from widelimit.tables.schemas import Column, Table

BAND = (
    Column("centre", pa.float64(), "median over seeds"),
    Column("lower", pa.float64(), "lower quantile over seeds"),
    Column("upper", pa.float64(), "upper quantile over seeds"),
    Column("seeds", pa.int64(), "seeds the three were taken over", "count"),
    Column("lower_level", pa.float64(), "order of the lower quantile"),
    Column("upper_level", pa.float64(), "order of the upper quantile"),
)

SLOPE = (
    Column("slope", pa.float64(), "slope fitted to the widest widths", null="not fitted"),
    Column("slope_low", pa.float64(), "lower end of its 95 % interval", null="not fitted"),
    Column("slope_high", pa.float64(), "upper end of its 95 % interval", null="not fitted"),
    Column("smallest_width", pa.int64(), "smallest width fitted", "count", null="not fitted"),
    Column("largest_width", pa.int64(), "largest width fitted", "count", null="not fitted"),
)

WIDTH = Column("width", pa.int64(), "hidden units k", "count", null="not of one width")
SEED = Column("seed", pa.int32(), "number of the initialisation", "count", null="not of one seed")
STEP = Column("step", pa.int64(), "steps of gradient descent taken", "count", null="of no step")
INDEX = Column("index", pa.int32(), "number of the point within its split", "count", null="none")

POSITION = (
    Column("axis", pa.string(), "what position is: t, angle (radians), theory's mean, none"),
    Column("position", pa.float64(), "where the point is drawn", null="the points have no order"),
)

AXIS_LABELS = {
    "t": "input $t$",
    "angle": "angle of the input (radians)",
    "mean": "theory's mean",
}


def band(
    frame: pd.DataFrame, by: Sequence[str], quantiles: Sequence[float], value: str = "value"
) -> pd.DataFrame:
    """`over_seeds`, and which quantiles they were: the columns of `BAND` behind those of ``by``."""
    lower, upper = quantiles
    summary = over_seeds(frame, by, value=value, lower=lower, upper=upper)
    return summary.assign(lower_level=float(lower), upper_level=float(upper))


def with_slopes(
    table: pd.DataFrame, slopes: pd.DataFrame, by: Sequence[str] = ("metric", "step")
) -> pd.DataFrame:
    """The table with the fits of these rows of slopes.parquet beside its rows of equal ``by``."""
    names = [column.name for column in SLOPE]
    return table.merge(slopes[[*by, *names]], on=list(by), how="left", validate="many_to_one")


def over(slopes: pd.DataFrame, widths: str) -> pd.DataFrame:
    """The rows of slopes.parquet fitted over all, the widest or the shared widths."""
    return slopes[slopes["widths"] == widths]


def slope_words(row) -> str:
    """The slope of a row and its interval, as slope ± margin; nothing where none was fitted."""
    if pd.isna(row["slope"]):
        return ""
    margin = (row["slope_high"] - row["slope_low"]) / 2
    return f"slope {fixed(row['slope'])} ± {margin:.2f}"


def fit_words(table: pd.DataFrame) -> str:
    """What slopes and filled markers are, for a caption; nothing where nothing was fitted."""
    fits = table[table["slope"].notna()]
    if fits.empty:
        return ""
    first, last = int(fits["smallest_width"].min()), int(fits["largest_width"].max())
    return (
        " Slopes are least-squares fits of log2 value against log2 width to all seeds of the"
        f" widths from {power(first)} to {power(last)} (filled markers), ± the"
        " half width of Student's 95 % interval; grey lines fall as one over the square root of"
        " the width."
    )


def band_words(table: pd.DataFrame) -> str:
    """What line and band are, for a caption, from a table with the columns of `BAND`."""
    rows = table[table["seeds"].notna()]
    if rows.empty:
        return "there is nothing to show"
    if rows["seeds"].max() == 1:
        return "lines are single seeds"
    lower, upper = 100 * rows["lower_level"].iloc[0], 100 * rows["upper_level"].iloc[0]
    return (
        f"lines are medians and bands run from the {lower:g} % to the {upper:g} % quantile"
        f" over {count_words(rows['seeds'])}"
    )


def count_words(seeds) -> str:
    """12 seeds, or 5 to 12 seeds where widths differ in them."""
    fewest, most = int(np.min(seeds)), int(np.max(seeds))
    number = f"{most}" if fewest == most else f"{fewest} to {most}"
    return f"{number} seed{'s' * (most != 1)}"


def locate(data: pd.DataFrame) -> pd.DataFrame:
    """data.parquet with the columns of `POSITION`: t, the angle on a circle, or no order."""
    inputs = [name for name in data.columns if name.startswith("x_")]
    if data["t"].notna().all():
        axis, position = "t", data["t"]
    elif len(inputs) == 2:
        axis, position = "angle", np.arctan2(data["x_1"], data["x_0"])
    else:
        axis, position = "none", np.nan
    return data.assign(axis=axis, position=position)


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
    exponents = np.log10(steps, where=steps > 0, out=np.zeros(len(steps)))
    tens = steps[(exponents == np.round(exponents)) & (steps > 1)]
    return thin([*tens, *steps[-1:]], most)


def of_study(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of metrics.parquet or slopes.parquet about the main experiment, no variants."""
    return frame[frame["experiment"] == "step7"]


def last_finite_step(predictions: pd.DataFrame) -> int:
    """The last step with networks and an NTK prediction, neither diverged beyond all numbers."""
    finite = predictions[np.isfinite(predictions["f"].astype(float)) & predictions["step"].notna()]
    steps = (set(finite["step"][finite["model"] == model]) for model in ("network", "ntk"))
    return int(max(set.intersection(*steps)))


def last_step(frame: pd.DataFrame) -> int:
    """The last step of the table."""
    return int(frame["step"].max())


def arrange(table: pd.DataFrame, kind: Table) -> pd.DataFrame:
    """The columns of ``kind``, in its order; those that the table lacks are missing throughout."""
    nullable = {pa.int64(): "Int64", pa.int32(): "Int32", pa.int16(): "Int16"}
    types = {c.name: nullable[c.type] for c in kind.columns if c.type in nullable}
    ordered = table.reindex(columns=[c.name for c in kind.columns])
    return ordered.astype(types).reset_index(drop=True)


def integers(column: pd.Series) -> list[int]:
    """The distinct values of a column, ascending, missing ones left out."""
    return [int(value) for value in sorted(column.dropna().unique())]


def steps_words(step: int) -> str:
    return f"{power(step)} step{'s' * (step != 1)}"


def ends(widths: pd.Series, values: pd.Series) -> list[tuple[int, float]]:
    """(width, value) at the narrowest and the widest, once where they are one."""
    first, last = int(widths.astype(int).argmin()), int(widths.astype(int).argmax())
    return [(int(widths.iloc[i]), float(values.iloc[i])) for i in dict.fromkeys((first, last))]


def listed(words: Iterable[str]) -> str:
    """a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def drawable(curve: pd.DataFrame) -> pd.DataFrame:
    """The rows of `BAND` that a logarithmic axis can show: ratios of its ends must not overflow."""
    shown = curve[curve["centre"].between(1e-100, 1e100)]
    return shown.assign(upper=shown["upper"].clip(upper=1e100))


def width_curve(axes, curve, colour, name, marker="o", **look) -> list[End]:
    """Draw rows of `BAND` and `SLOPE` against width, filled markers where fitted.

    Returns the label for its end; none where nothing can be drawn.
    """
    curve = drawable(curve)
    if curve.empty:
        return []
    x = curve["width"].astype(float)
    bounds = (curve[name].astype(float) for name in ("centre", "lower", "upper"))
    style.band(axes, x, *bounds, colour, **look)
    fitted = curve["width"].ge(curve["smallest_width"]).fillna(False).astype(bool)
    for rows, face in ((curve[fitted], colour), (curve[~fitted], "white")):
        axes.plot(
            rows["width"].astype(float),
            rows["centre"],
            marker,
            color=colour,
            markerfacecolor=face,
            markersize=3.2,
            markeredgewidth=0.9,
        )
    end = curve.iloc[-1]
    return [End(float(end["width"]), end["centre"], f"{name}\n{slope_words(end)}", colour)]
