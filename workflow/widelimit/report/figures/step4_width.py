"""Step 4: kernels of random features against their limits, by width."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import parts, style
from widelimit.report.figures import step4_common as common
from widelimit.report.figures.style import End
from widelimit.report.numbers import fixed
from widelimit.tables.schemas import Column, Table

TITLE = "Kernels of random features against their limits, by width"

METRICS = ("nngp_deviation", "fourier_deviation")

TABLE = Table(
    "figures/step4_width.parquet",
    "one relative distance at one width, over seeds, beside the slope fitted to its curve",
    (
        Column("features", pa.string(), "activation phi, or fourier: random cosines"),
        parts.WIDTH,
        *parts.BAND,
        *parts.SLOPE,
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    kept, fits = (
        frame[frame["metric"].isin(METRICS)].assign(
            features=frame["activation"].fillna(common.FOURIER)
        )
        for frame in (metrics, parts.over(slopes, "widest"))
    )
    table = parts.band(kept, ["features", "width"], quantiles)
    table = parts.with_slopes(table, fits, ["features"])
    # Widest deviation first, the Fourier features last.
    last = table.groupby("features")["centre"].transform("last")
    table = table.assign(last=last.mask(table["features"] == common.FOURIER, -1.0))
    table = table.sort_values(["last", "width"], ascending=[False, True], kind="stable")
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.9)
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    curves = list(table.groupby("features", sort=False))
    ends = [_draw_curve(left, name, curve) for name, curve in curves]
    style.log_scale(left)
    style.width_axis(left, parts.integers(table["width"]))
    if table["width"].nunique() > 1:
        style.slope_guides(left, -0.5, "slope −1/2")
    left.set_ylabel("relative distance of the kernel from its limit")
    style.panel(left, "a", "Distance, Frobenius norm")
    _draw_slopes(right, curves)
    style.panel(right, "b", "Fitted slopes")
    style.label_ends(left, ends)
    return figure


def _draw_curve(axes: Axes, name: str, curve: pd.DataFrame) -> End:
    look = common.look(name)
    x = curve["width"].astype(float)
    bounds = (curve[column].astype(float) for column in ("centre", "lower", "upper"))
    style.band(axes, x, *bounds, look.colour, linestyle=look.dash, marker=look.marker, markersize=3)
    return End(x.iloc[-1], curve["centre"].iloc[-1], common.label(name), look.colour)


def _draw_slopes(axes: Axes, curves: list):
    """Slope and interval of each curve, in the order of the labels."""
    axes.axvline(-0.5, color=style.THEORY, linewidth=0.9, linestyle=style.DASHED)
    for place, (name, curve) in enumerate(curves):
        look, fit = common.look(name), curve.iloc[0]
        if pd.isna(fit["slope"]):
            continue
        axes.plot([fit["slope_low"], fit["slope_high"]], [place, place], color=look.colour)
        axes.plot(fit["slope"], place, look.marker, color=look.colour, markersize=4.5)
        axes.annotate(
            f"{fixed(fit['slope'])} ± {(fit['slope_high'] - fit['slope_low']) / 2:.2f}",
            (fit["slope"], place),
            (0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
        )
    axes.set_yticks(range(len(curves)), [common.label(name) for name, _ in curves])
    axes.set_ylim(len(curves) - 0.5, -0.8)
    axes.grid(False, axis="y")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -0.6) - 0.02, max(high, -0.4) + 0.02)
    axes.set_xlabel("slope, log against log")


def caption(table: pd.DataFrame) -> str:
    return (
        "a: Frobenius distance between the kernel of k random features and its limit (the NNGP"
        " kernel of the activation; for the Fourier features the Gaussian kernel), on the training"
        f" points, relative to the norm of the limit; {parts.band_words(table)}."
        f" b: slopes with Student's 95 % interval, dashed at −1/2.{parts.fit_words(table)}"
    ).replace(" (filled markers)", "")


def finding(table: pd.DataFrame) -> str:
    fits = table.drop_duplicates("features").dropna(subset="slope")
    if fits.empty:
        return "No slope was fitted."
    within = int((fits["slope"] + 0.5).abs().le(0.1).sum())
    said = parts.listed(
        f"{fixed(row['slope'])} ({fixed(row['slope_low'])} to"
        f" {fixed(row['slope_high'])}) for {common.label(row['features'])}"
        for _, row in fits.sort_values("slope").iloc[sorted({0, len(fits) - 1})].iterrows()
    )
    return f"{within} of {len(fits)} slopes lie within 0.1 of −1/2; the extremes are {said}."
