"""Step 4: kernels of random features against their limits, by width."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, looks, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.tables.columns import BAND, WIDTH, Table, text

TITLE = "Kernels of random features against their limits, by width"

METRICS = ("nngp_deviation", "fourier_deviation")

FOURIER = "fourier"

TABLE = Table(
    "figures/step4_width.parquet",
    "one relative distance at one width, over seeds, beside the slope fitted to its curve",
    (
        text("features", "activation phi, or fourier: random cosines"),
        WIDTH,
        *BAND,
        *against_width.FIT,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    rows, fits = (
        frame[frame["metric"].isin(METRICS)].assign(features=frame["activation"].fillna(FOURIER))
        for frame in (metrics, slopes[slopes["widths"] == "widest"])
    )
    table = against_width.summarise(rows, fits, ["features"], quantiles)
    # Widest deviation first, the Fourier features last.
    last = table.groupby("features")["centre"].transform("last")
    table = table.assign(last=last.mask(table["features"] == FOURIER, -1.0))
    order = {"by": ["last", "width"], "ascending": [False, True], "kind": "stable"}
    return TABLE.arrange(table.sort_values(**order))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("Distance, Frobenius norm", "Fitted slopes")
    figure, (left, right) = style.row(3.9, *titles, width_ratios=(1.5, 1))
    curves = [
        Curve(rows, *looks.activation(features))
        for features, rows in table.groupby("features", sort=False)
    ]
    left.set_ylabel("relative distance of the kernel from its limit")
    ends = against_width.draw({left: curves}, slopes=False)
    against_width.draw_slopes(right, curves, values=True)
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Distance of the kernel of k random features from its limit, by width. a: Frobenius norms"
        " on the training points, relative to the limit. b: slopes with 95 % intervals; dashed:"
        " −1/2.\nThe limit is the NNGP kernel of the activation, for the Fourier features the"
        " Gaussian kernel."
        f" {against_width.caption(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    fits = table.drop_duplicates("features").dropna(subset="slope")
    if fits.empty:
        return "No slope was fitted."
    slopes = against_width.compared(fits, lambda fit: looks.activation(fit["features"]).name)
    return (
        f"Over {against_width.fitted_widths(fits)} ({words.seeds(table['seeds'])} each), {slopes}."
    )
