"""Step 5: the empirical NTK against its closed form, for every activation."""

import math

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, looks, style, words
from widelimit.report.numbers import number, power
from widelimit.tables.columns import ACTIVATION, BAND, WIDTH, Table

TITLE = "The empirical NTK against its closed form, by width"

DEVIATION = "ntk_deviation"
COLUMNS = 4

TABLE = Table(
    "figures/step5_ntk.parquet",
    "the distance of the empirical NTK from its limit, at one width and activation",
    (ACTIVATION, WIDTH, *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    rows = metrics[metrics["metric"] == DEVIATION]
    fits = slopes[slopes["metric"].eq(DEVIATION) & slopes["widths"].eq("all")]
    return TABLE.arrange(against_width.summarise(rows, fits, ["activation"], quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    curves = [
        against_width.Curve(rows, looks.activation(name).name, style.NTK)
        for name, rows in table.groupby("activation", sort=False)
    ]
    fitted = bool(table["slope"].notna().any())
    figure = style.figure(0.55 + 1.75 * math.ceil((len(curves) + fitted) / COLUMNS))
    options = {"columns": COLUMNS, "ylabel": "relative distance", "more": int(fitted)}
    rest = against_width.small_multiples(figure, curves, **options)
    if fitted:
        axes = figure.add_subplot(rest[0])
        axes.set_title("all slopes")
        against_width.draw_slopes(axes, curves, values=False)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Distance of the empirical NTK at initialisation from its closed form, by width: Frobenius"
        " norms on the training points, relative to that of the closed form."
        f" {against_width.caption(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    wide = table[table["width"] == table["width"].max()].sort_values("centre")
    ends = " and ".join(
        f"{number(row['centre'], 2)} ({looks.activation(row['activation']).name})"
        for _, row in wide.iloc[[0, -1]].iterrows()
    )
    text = (
        f"At width {power(int(wide['width'].iloc[0]))} the median distance over"
        f" {words.seeds(wide['seeds'])} is between {ends}"
    )
    fits = table.dropna(subset="slope").drop_duplicates("activation")
    if fits.empty:
        return text + "."
    slopes = against_width.compared(fits, lambda fit: looks.activation(fit["activation"]).name)
    return f"{text}; over {against_width.fitted_widths(fits)}, {slopes}."
