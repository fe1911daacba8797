"""Medians over seeds between their quantiles: in a table, drawn, and in words."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from widelimit.measure.quantiles import over_seeds
from widelimit.report.figures import words
from widelimit.report.figures.labels import End

ALPHA = 0.18
MOST = 1e100
"""Beyond, ratios of a logarithmic axis' ends overflow."""


def summarise(
    frame: pd.DataFrame, by: Sequence[str], quantiles: Sequence[float], value: str = "value"
) -> pd.DataFrame:
    """The columns `BAND` of tables.columns behind those of ``by``."""
    lower, upper = quantiles
    summary = over_seeds(frame, by, value=value, lower=lower, upper=upper)
    return summary.assign(lower_level=float(lower), upper_level=float(upper))


def draw(
    axes: Axes,
    rows: pd.DataFrame,
    colour,
    *,
    along: str,
    name: str = "",
    centre: str = "centre",
    **line,
) -> list[End]:
    """The line through the medians over its band, against the column ``along``.

    Set the scale of the axes first. Returns the end of the line with its ``name``; nothing where
    nothing can be drawn.
    """
    rows = drawable(axes, rows, centre).sort_values(along)
    if rows.empty:
        return []
    x, y, *edges = (rows[column].astype(float) for column in (along, centre, "lower", "upper"))
    axes.fill_between(x, *edges, color=colour, alpha=ALPHA, linewidth=0)
    axes.plot(x, y, color=colour, **line)
    return [End(x.iloc[-1], y.iloc[-1], name, colour)]


def drawable(axes: Axes, rows: pd.DataFrame, centre: str = "centre") -> pd.DataFrame:
    """The rows whose medians the axes can show, with the upper quantiles within the same range."""
    smallest = 1 / MOST if axes.get_yscale() == "log" else -MOST
    shown = rows[rows[centre].between(smallest, MOST)]
    return shown.assign(upper=shown["upper"].clip(upper=MOST))


def caption(table: pd.DataFrame, lines: str = "Lines") -> str:
    """What line and band are, from a table with the columns `BAND`: a line of details."""
    rows = table[table["seeds"].notna()]
    if rows.empty:
        return "There is nothing to show."
    if rows["seeds"].max() == 1:
        return f"\n{lines}: single seeds."
    lower, upper = (100 * rows[f"{end}_level"].iloc[0] for end in ("lower", "upper"))
    seeds = words.seeds(rows["seeds"])
    # A share of (n - 1) / (n + 1) of the population lies between the ends of n values, on average.
    held = [(upper - lower) * (n - 1) / (n + 1) for n in (rows["seeds"].min(), rows["seeds"].max())]
    share = " to ".join(dict.fromkeys(f"{part:.0f} %" for part in held))
    return (
        f"\n{lines}: medians over {seeds}; bands: {lower:g} % to {upper:g} % quantiles, which hold"
        f" {share} of the population on average."
    )
