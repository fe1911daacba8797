"""Step 4: dual activations in closed form, as truncated Hermite series and by Monte Carlo."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from widelimit.kernels.activations import parse_activation
from widelimit.report.figures import parts, style
from widelimit.report.figures import step4_common as common
from widelimit.report.figures.style import End
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Dual activations: closed form, Hermite series, random features"

COLUMNS = 4
FLOOR = 1e-16
"""Below it a truncation error is rounding."""
SHADES = ("#f2a900", "#d1495b", "#5b2a86")
"""Of the truncated series, from the shortest on; their own, as a degree is no width and no step."""

TABLE = Table(
    "figures/step4_duals.parquet",
    "one value of a dual activation at one correlation, or one truncation error",
    (
        Column("activation", pa.string(), "activation phi"),
        Column(
            "quantity",
            pa.string(),
            "closed: c phi^ in closed form; series: cut at degree; monte_carlo: average over"
            " width pairs; error: largest |c phi^ - series|; left_out: c times the sum of the"
            " squared coefficients left out",
        ),
        Column("degree", pa.int32(), "highest power kept", "count", null="not of a series"),
        parts.WIDTH,
        Column("xi", pa.float64(), "correlation", null="an error over all correlations"),
        *parts.BAND,
    ),
)


def summarise(
    duals: pd.DataFrame, truncation: pd.DataFrame, *, quantiles=(0.1, 0.9)
) -> pd.DataFrame:
    """Everything times c = 1/E[phi^2], so that all duals are 1 at xi = 1."""
    shown = duals[duals["quantity"].isin(("closed", "series", "monte_carlo"))]
    errors = truncation.rename(columns={"measured": "error"}).melt(
        ["activation", "degree"], ["error", "left_out"], var_name="quantity"
    )
    both = pd.concat([shown, errors.astype({"degree": "Int32"})], ignore_index=True)
    scale = {name: parse_activation(name).scale for name in both["activation"].unique()}
    both["value"] *= both["activation"].map(scale)
    order = {name: place for place, name in enumerate(scale)}
    by = ["activation", "quantity", "degree", "width", "xi"]
    table = parts.band(both, by, quantiles)
    table = table.sort_values("activation", key=lambda names: names.map(order), kind="stable")
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    activations = list(dict.fromkeys(table["activation"]))
    rows = math.ceil(len(activations) / COLUMNS)
    columns = min(len(activations), COLUMNS)
    figure = style.figure(1.75 * rows + 2.1)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1] * rows, 1.25])
    first = None
    names = common.letters(len(activations) + 1)
    for place, (letter, activation) in enumerate(zip(names, activations, strict=False)):
        row, column = divmod(place, columns)
        axes = figure.add_subplot(grid[row, column], sharex=first, sharey=first)
        first = first or axes
        _draw_dual(axes, table[table["activation"] == activation])
        style.panel(axes, letter, common.label(activation))
        axes.tick_params(labelleft=column == 0, labelbottom=place + columns >= len(activations))
        if column == 0:
            axes.set_ylabel(r"$c\,\hat\phi(\xi)$")
        if place + columns >= len(activations):
            axes.set_xlabel(r"correlation $\xi$")
    first.set_xlim(-1.05, 1.05)
    first.set_ylim(-1.15, 1.15)
    if len(activations) % columns:
        free = figure.add_subplot(grid[rows - 1, len(activations) % columns :])
        free.axis("off")
        free.legend(handles=_key(table), loc="center left")
    else:
        figure.legend(handles=_key(table), loc="outside upper center", ncols=3)
    last = figure.add_subplot(grid[rows, :])
    style.panel(last, names[-1], "Truncation error of the series")
    style.label_ends(last, _draw_errors(last, table, activations))
    return figure


def _degrees(table: pd.DataFrame) -> dict[int, str]:
    degrees = parts.integers(table.loc[table["quantity"] == "series", "degree"])
    return {degree: SHADES[place % len(SHADES)] for place, degree in enumerate(degrees)}


def _draw_dual(axes: Axes, rows: pd.DataFrame):
    closed = rows[rows["quantity"] == "closed"]
    axes.plot(closed["xi"], closed["centre"], color=style.THEORY, linewidth=1.8)
    for degree, shade in _degrees(rows).items():
        series = rows[(rows["quantity"] == "series") & (rows["degree"] == degree)]
        axes.plot(series["xi"], series["centre"], color=shade, linewidth=1, linestyle=style.DASHED)
    drawn = rows[rows["quantity"] == "monte_carlo"]
    heights = [drawn["centre"] - drawn["lower"], drawn["upper"] - drawn["centre"]]
    axes.errorbar(
        drawn["xi"],
        drawn["centre"],
        heights,
        fmt="D",
        color=style.NNGP,
        markersize=2.4,
        linewidth=0.8,
    )


def _key(table: pd.DataFrame) -> list[Line2D]:
    width = parts.integers(table["width"])[0]
    return [
        Line2D([], [], color=style.THEORY, linewidth=1.8, label="closed form"),
        Line2D(
            [],
            [],
            color=style.NNGP,
            marker="D",
            markersize=2.4,
            linewidth=0.8,
            label=f"{power(width)} random features",
        ),
        *(
            Line2D(
                [],
                [],
                color=shade,
                linewidth=1,
                linestyle=style.DASHED,
                label=f"series to degree {degree}",
            )
            for degree, shade in _degrees(table).items()
        ),
    ]


def _draw_errors(axes: Axes, table: pd.DataFrame, activations: list[str]) -> list[End]:
    ends = []
    for activation in activations:
        look = common.look(activation)
        rows = table[table["activation"] == activation]
        error, left_out = (
            rows[rows["quantity"] == name].sort_values("degree") for name in ("error", "left_out")
        )
        shown = error["centre"].clip(lower=FLOOR)
        axes.plot(
            error["degree"],
            shown,
            look.marker,
            color=look.colour,
            markersize=3,
            markeredgewidth=0,
        )
        axes.plot(
            left_out["degree"],
            left_out["centre"].clip(lower=FLOOR),
            color=look.colour,
            linestyle=look.dash,
            linewidth=1,
        )
        ends.append(
            End(
                float(error["degree"].iloc[-1]),
                shown.iloc[-1],
                common.label(activation),
                look.colour,
            )
        )
    axes.set_yscale("log")
    axes.set_xlabel("degree $N$ of the last term kept")
    axes.set_ylabel("largest error")
    return ends


def caption(table: pd.DataFrame) -> str:
    count = table["activation"].nunique()
    last = common.letters(count + 1)[-1]
    drawn = table[table["quantity"] == "monte_carlo"]
    lower, upper = 100 * drawn["lower_level"].iloc[0], 100 * drawn["upper_level"].iloc[0]
    return (
        f"{common.letters(count)[0]} to {common.letters(count)[-1]}: the dual activation of each"
        " activation, times c so that it is 1 at correlation 1. Black: closed form. Dashed: its"
        " Hermite series, cut at a degree. Diamonds: averages over"
        f" {power(parts.integers(table['width'])[0])} random pairs, median and the"
        f" {lower:g} % to {upper:g} % quantile over {parts.count_words(drawn['seeds'])}."
        f" {last}: the largest difference between closed form and cut series over all correlations"
        " (markers), and the sum of the squared coefficients left out (lines). Errors below"
        " 10⁻¹⁶ are drawn there."
    )


def finding(table: pd.DataFrame) -> str:
    errors = table[table["quantity"].isin(("error", "left_out"))]
    by_degree = errors.pivot(
        index=["activation", "degree"], columns="quantity", values="centre"
    ).astype(float)
    gap = (by_degree["error"] - by_degree["left_out"]).abs().max()
    highest = int(errors["degree"].max())
    last = by_degree["error"].xs(highest, level="degree")
    ends = parts.listed(
        f"{_or_rounding(last[name])} for {common.label(name)}"
        for name in dict.fromkeys((last.idxmax(), last.idxmin()))
    )
    return (
        "Over all activations and degrees, the measured truncation error differs from the sum of"
        f" the squared coefficients left out by at most {number(max(gap, FLOOR), 2)}. At degree"
        f" {highest} the error is {ends}."
    )


def _or_rounding(value: float) -> str:
    return number(value, 2) if value > 1e-14 else "rounding (below 10⁻¹⁴)"
