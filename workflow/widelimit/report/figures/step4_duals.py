"""Step 4: dual activations in closed form, as truncated Hermite series and by Monte Carlo."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.kernels.activations import parse_activation
from widelimit.report.figures import bands, choices, looks, style, words
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import number, power
from widelimit.tables.columns import ACTIVATION, BAND, Table, text
from widelimit.tables.features import TABLES

TITLE = "Dual activations: closed form, Hermite series, random features"

COLUMNS = 4
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FLOOR = 1e-16
"""Below it a truncation error is rounding."""
SHADES = ("#f2a900", "#d1495b", "#5b2a86")
"""Of the truncated series, from the shortest on; their own, as a degree is no width and no step."""

CLOSED = {"color": style.THEORY, "linewidth": 1.2}
SERIES = {"linewidth": 1.2, "linestyle": style.DASHED}
DRAWN = {"color": style.NNGP, "linewidth": 3, "alpha": 0.35}
CLOSE = 0.01
"""From which degree on a series is this close to its dual is written beside it."""

DEGREE, WIDTH, XI = TABLES["duals"].pick("degree", "width", "xi")

TABLE = Table(
    "figures/step4_duals.parquet",
    "one value of a dual activation at one correlation, or one truncation error",
    (
        ACTIVATION,
        text(
            "quantity",
            "closed: c phi^ in closed form; series: cut at degree; monte_carlo: average over"
            " width pairs; error: largest |c phi^ - series|; left_out: c times the sum of the"
            " squared coefficients left out",
        ),
        DEGREE.but(null="not of a series"),
        WIDTH,
        XI.but(null="an error over all correlations"),
        *BAND,
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
    table = bands.summarise(both, by, quantiles)
    table = table.sort_values("activation", key=lambda names: names.map(order), kind="stable")
    return TABLE.arrange(table)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    activations = list(dict.fromkeys(table["activation"]))
    rows = math.ceil(len(activations) / COLUMNS)
    columns = min(len(activations), COLUMNS)
    figure = style.figure(1.75 * rows + 2.1)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1] * rows, 1.25])
    first = None
    for place, activation in enumerate(activations):
        row, column = divmod(place, columns)
        axes = figure.add_subplot(grid[row, column], sharex=first, sharey=first)
        first = first or axes
        _draw_dual(axes, table[table["activation"] == activation])
        style.panel(axes, LETTERS[place], looks.activation(activation).name)
        axes.tick_params(labelleft=column == 0, labelbottom=place + columns >= len(activations))
        if column == 0:
            axes.set_ylabel(r"$c\,\hat\phi(\xi)$")
        if place + columns >= len(activations):
            axes.set_xlabel(r"correlation $\xi$")
    first.set(xlim=(-1.05, 1.05), ylim=(-1.15, 1.15))
    key = {
        "closed form": CLOSED,
        f"{power(choices.distinct(table['width'])[0])} random features": DRAWN,
        **{
            f"series to degree {degree}": SERIES | {"color": shade}
            for degree, shade in _degrees(table).items()
        },
    }
    if len(activations) % columns:
        free = figure.add_subplot(grid[rows - 1, len(activations) % columns :])
        free.axis("off")
        style.key(free, key, loc="center left", ncols=1)
    else:
        style.key(figure, key, ncols=3)
    last = figure.add_subplot(grid[rows, :])
    style.panel(last, LETTERS[len(activations)], "Truncation error of the series")
    label_ends({last: _draw_errors(last, table, activations)})
    return figure


def _degrees(table: pd.DataFrame) -> dict[int, str]:
    degrees = choices.distinct(table.loc[table["quantity"] == "series", "degree"])
    return {degree: SHADES[place % len(SHADES)] for place, degree in enumerate(degrees)}


def _draw_dual(axes: Axes, rows: pd.DataFrame):
    drawn = rows[rows["quantity"] == "monte_carlo"]
    axes.vlines(drawn["xi"], drawn["lower"], drawn["upper"], **DRAWN)
    axes.plot(drawn["xi"], drawn["centre"], "o", color=DRAWN["color"], markersize=1.8)
    closed = rows[rows["quantity"] == "closed"]
    axes.plot(closed["xi"], closed["centre"], **CLOSED)
    for degree, shade in _degrees(rows).items():
        series = rows[(rows["quantity"] == "series") & (rows["degree"] == degree)]
        axes.plot(series["xi"], series["centre"], color=shade, **SERIES)
    error = rows[rows["quantity"] == "error"].set_index("degree")["centre"]
    close = error.index[error < CLOSE]
    needed = f"degree {close.min()}" if len(close) else f"over {error.index.max()}"
    corner = {"transform": axes.transAxes, "ha": "right", "fontsize": 7.5}
    axes.text(0.97, 0.06, f"{100 * CLOSE:g} %: {needed}", **corner)


def _draw_errors(axes: Axes, table: pd.DataFrame, activations: list[str]) -> list[End]:
    ends = []
    for activation in activations:
        look = looks.activation(activation)
        rows = table[table["activation"] == activation].sort_values("degree")
        rows = rows.assign(centre=rows["centre"].clip(lower=FLOOR))
        error, left_out = (rows[rows["quantity"] == name] for name in ("error", "left_out"))
        marks = {"marker": look.marker, "markersize": 3, "markeredgewidth": 0}
        axes.plot(error["degree"], error["centre"], color=look.colour, linestyle="none", **marks)
        line = {"color": look.colour, "linestyle": look.dash, "linewidth": 1}
        axes.plot(left_out["degree"], left_out["centre"], **line)
        degree, value = error[["degree", "centre"]].iloc[-1]
        ends.append(End(float(degree), value, look.name, look.colour))
    axes.axhline(CLOSE, color=style.GREY, linewidth=0.8, linestyle=style.DOTTED)
    axes.set(yscale="log", xlabel="degree $N$ of the last term kept", ylabel="largest error")
    return ends


def caption(table: pd.DataFrame) -> str:
    count = table["activation"].nunique()
    drawn = table[table["quantity"] == "monte_carlo"]
    return (
        f"{LETTERS[0]} to {LETTERS[count - 1]}: each dual activation, times c so that it is 1 at"
        " correlation 1; its series, cut; averages over"
        f" {power(choices.distinct(table['width'])[0])} random pairs (dots and bars). Written: the"
        f" degree from which on the series is right to {100 * CLOSE:g} %."
        f"\n{LETTERS[count]}: largest difference between closed form and cut series over all"
        " correlations (markers), and the sum of the squared coefficients left out (lines); errors"
        f" below 10⁻¹⁶ are drawn there. {bands.caption(drawn, 'Dots')}"
    )


def finding(table: pd.DataFrame) -> str:
    errors = table[table["quantity"].isin(("error", "left_out"))]
    by_degree = errors.pivot(
        index=["activation", "degree"], columns="quantity", values="centre"
    ).astype(float)
    gap = (by_degree["error"] - by_degree["left_out"]).abs().max()
    highest = int(errors["degree"].max())
    last = by_degree["error"].xs(highest, level="degree")
    ends = words.listed(
        f"{_or_rounding(last[name])} for {looks.activation(name).name}"
        for name in dict.fromkeys((last.idxmax(), last.idxmin()))
    )
    return (
        "Over all activations and degrees, the measured truncation error differs from the sum of"
        f" the squared coefficients left out by at most {number(max(gap, FLOOR), 2)}. At degree"
        f" {highest} the error is {ends}."
    )


def _or_rounding(value: float) -> str:
    return number(value, 2) if value > 1e-14 else "rounding (below 10⁻¹⁴)"
