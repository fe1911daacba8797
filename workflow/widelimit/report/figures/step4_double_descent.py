"""Step 4: test and training error of the last layer against width, through interpolation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.measure.features.turning_points import INTERPOLATED
from widelimit.report.figures import parts, style
from widelimit.report.figures.style import End
from widelimit.report.numbers import number
from widelimit.tables.schemas import Column, Table

TITLE = "Double descent"

TEST, TRAIN = style.INK, style.SKY
LIMITS = {"network": ("NNGP", style.NNGP), "fourier": ("Gaussian", style.GREEN)}
NAMES = {"network": "Network features", "fourier": "Random Fourier features"}

TABLE = Table(
    "figures/step4_double_descent.parquet",
    "one error, rank or turning point of one kind of features",
    (
        Column("features", pa.string(), "network or fourier"),
        Column("points", pa.string(), "sphere or circle"),
        Column(
            "quantity",
            pa.string(),
            "test, train: rms error of ridgeless least squares on width features; rank: of the"
            " features, as a share of n; limit: test error of their kernel; zero_test, zero_train:"
            " errors of predicting 0; interpolation, peak, classical, critical_first,"
            " critical_last: the width where the medians have it, with the test error there",
        ),
        parts.WIDTH,
        Column("ratio", pa.float64(), "width / n", null="not of one width"),
        *(replace(column, null="not of that quantity") for column in parts.BAND),
        Column("n_train", pa.int64(), "training points n", "count"),
    ),
)


def summarise(
    double_descent: pd.DataFrame, turning_points: pd.DataFrame, *, quantiles=(0.1, 0.9)
) -> pd.DataFrame:
    """Bands over seeds, the limits and errors of predicting 0, and where the medians turn."""
    n = int(double_descent["n_train"].iloc[0])
    fits = double_descent[double_descent["model"] == "features"]
    fits = fits.rename(columns={"test_rmse": "test", "train_rmse": "train"})
    long = fits.assign(rank=fits["rank"].astype(float) / n).melt(
        ["features", "points", "width"], ["test", "train", "rank"], var_name="quantity"
    )
    frames = [parts.band(long, ["features", "points", "quantity", "width"], quantiles)]
    turns = turning_points.rename(columns={"place": "quantity", "test_rmse": "centre"})
    for (features, points), rows in double_descent.groupby(["features", "points"], sort=False):
        kind = {"features": features, "points": points}
        frames.append(_without_width(rows).assign(**kind))
        frames.append(turns[turns["features"].eq(features) & turns["points"].eq(points)])
    table = pd.concat(frames, ignore_index=True)
    return parts.arrange(table.assign(ratio=table["width"].astype(float) / n, n_train=n), TABLE)


def _without_width(rows: pd.DataFrame) -> pd.DataFrame:
    """The errors of predicting 0 and of the limit, those on test points where there are some."""
    zero, limit = (rows[rows["model"] == model].iloc[0] for model in ("zero", "limit"))
    errors = {
        "zero_train": zero["train_rmse"],
        "zero_test": zero["test_rmse"],
        "limit": limit["test_rmse"],
    }
    return pd.DataFrame(errors.items(), columns=["quantity", "centre"]).dropna()


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(5.6)
    grid = figure.subplot_mosaic([["a", "b"], ["c", "d"]], height_ratios=(1.55, 1))
    ends = []
    for letter, features in zip("ab", LIMITS, strict=True):
        axes, rows = grid[letter], _of(table, features, "sphere")
        ends.append(_draw_errors(axes, rows, *LIMITS[features]))
        style.panel(axes, letter, f"{NAMES[features]}, on the sphere")
    grid["a"].set_ylabel("root mean square error")
    grid["b"].sharey(grid["a"])
    others = [
        [
            _draw_points(grid[letter], _of(table, "network", points), quantity, points)
            for points in ("sphere", "circle")
        ]
        for letter, quantity in (("c", "rank"), ("d", "train"))
    ]
    style.panel(grid["c"], "c", "Rank of the features")
    grid["c"].set_ylabel("rank / $n$")
    style.panel(grid["d"], "d", "Training error, sphere and circle")
    grid["d"].set_ylabel("training error (rms)")
    for axes in grid.values():
        axes.set_xscale("log")
        axes.set_xlabel("features per training point, $k/n$")
    for axes, labels in zip(grid.values(), [*ends, *others], strict=True):
        style.label_ends(axes, labels)
    return figure


def _of(table: pd.DataFrame, features: str, points: str) -> pd.DataFrame:
    return table[(table["features"] == features) & (table["points"] == points)]


def _curve(rows: pd.DataFrame, quantity: str) -> pd.DataFrame:
    return rows[rows["quantity"] == quantity].sort_values("width")


def _value(rows: pd.DataFrame, quantity: str, column: str = "centre") -> float | None:
    found = rows.loc[rows["quantity"] == quantity, column]
    return float(found.iloc[0]) if len(found) else None


def _draw_errors(axes: Axes, rows: pd.DataFrame, limit_name: str, limit_colour: str) -> list[End]:
    """Both errors over their bands, the limit, and the regimes between measured widths."""
    test, train = _curve(rows, "test"), _curve(rows, "train")
    floor = 10 * INTERPOLATED * _value(rows, "zero_train")
    x = test["ratio"]
    shown = train[train["centre"] > floor]
    style.band(axes, x, *_bounds(test), TEST, marker="o", markersize=2.6)
    style.band(axes, shown["ratio"], *_bounds(shown, 1e-9), TRAIN, marker="s", markersize=2.6)
    limit = _value(rows, "limit")
    axes.axhline(limit, color=limit_colour, linestyle=style.DASHED, linewidth=1.3, zorder=1.9)
    zero = _value(rows, "zero_test")
    axes.axhline(zero, color=style.GREY, linestyle=style.DOTTED, linewidth=0.9)
    style.log_scale(axes)
    low = min(limit, test["lower"].min(), shown["lower"].min() if len(shown) else limit)
    axes.set_ylim(0.6 * low, 4 * test["centre"].max())
    _mark_regimes(axes, rows, x)
    far = x.iloc[-1]
    ends = [
        End(far, test["centre"].iloc[-1], "test", TEST),
        End(far, limit, limit_name, limit_colour),
        End(far, zero, "predicting 0", style.GREY),
    ]
    if len(shown):
        # Its line ends inside the panel, where it has fallen to rounding.
        axes.text(
            0.03, 0.04, "training", transform=axes.transAxes, color=TRAIN, fontsize=7.5, ha="left"
        )
    return ends


def _bounds(curve: pd.DataFrame, floor: float = 0.0):
    return (curve[name].clip(lower=floor) for name in ("centre", "lower", "upper"))


def _mark_regimes(axes: Axes, rows: pd.DataFrame, ratios: pd.Series):
    """The measured interpolation threshold, and the critical regime shaded about it."""
    edges = np.sqrt(ratios.to_numpy()[1:] * ratios.to_numpy()[:-1])
    first, last = (_value(rows, f"critical_{end}", "ratio") for end in ("first", "last"))
    threshold = _value(rows, "interpolation", "ratio")
    left, right = ratios.iloc[0], ratios.iloc[-1]
    inner = [threshold, threshold]
    if first is not None:
        below, above = edges[edges < first], edges[edges > last]
        inner = [below[-1] if below.size else left, above[0] if above.size else right]
        axes.axvspan(*inner, color=style.GREY, alpha=0.13, linewidth=0)
    if threshold is not None:
        axes.axvline(threshold, color=style.GREY, linewidth=0.8)
    names = {}
    if threshold is not None:
        names = {"classical": (left, inner[0]), "over-parametrised": (inner[1], right)}
    if first is not None:
        names["critical"] = inner
    for name, span in names.items():
        if span[0] >= span[1] and name != "critical":
            continue
        axes.text(
            np.sqrt(span[0] * span[1]),
            0.93 if name == "critical" else 0.985,
            name,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize=7,
            color=style.GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _draw_points(axes: Axes, rows: pd.DataFrame, quantity: str, points: str) -> End:
    colour, dash, marker = {
        "sphere": (style.INK, "-", "o"),
        "circle": (style.PURPLE, style.DASHED, "s"),
    }[points]
    curve = _curve(rows, quantity)
    bounds = (curve[name].astype(float) for name in ("centre", "lower", "upper"))
    style.band(axes, curve["ratio"], *bounds, colour, linestyle=dash, marker=marker, markersize=2.4)
    threshold = _value(rows, "interpolation", "ratio")
    if threshold is not None:
        axes.axvline(threshold, color=colour, linewidth=0.6, linestyle=dash)
    return End(float(curve["ratio"].iloc[-1]), float(curve["centre"].iloc[-1]), points, colour)


def caption(table: pd.DataFrame) -> str:
    n = int(table["n_train"].iloc[0])
    bands = table[table["quantity"].isin(("test", "train", "rank"))]
    return (
        f"Ridgeless least squares of minimum norm on k random features, fitted to n = {n} noisy"
        f" training points; {parts.band_words(bands)}, which vary the features alone. a, b: error"
        " on the noisy training points and on test points without noise; dashed, the limit kernel;"
        " dotted, the test error of predicting 0. The vertical line is the smallest width from"
        " which on the median training error is 0 but for rounding (not drawn from there on);"
        " shaded, the widths around the peak whose median test error exceeds that of predicting 0."
        " c, d: rank of network features and training error, for the same points and for as many"
        " points on the circle with the same targets; vertical lines as in a."
    )


def finding(table: pd.DataFrame) -> str:
    said = []
    for features in LIMITS:
        rows = _of(table, features, "sphere")
        test = _curve(rows, "test")
        where = _value(rows, "interpolation", "width")
        reached = "is not reached" if where is None else f"lies at k = {where:.0f}"
        text = f"{NAMES[features]}: the interpolation threshold {reached}"
        text += f" (n = {int(rows['n_train'].iloc[0])})"
        classical = _value(rows, "classical")
        if classical is not None:
            text += (
                f"; the median test error is {number(classical, 2)} at its best before"
                f" (k = {_value(rows, 'classical', 'width'):.0f})"
            )
        text += (
            f", {number(_value(rows, 'peak'), 2)} at its peak"
            f" (k = {_value(rows, 'peak', 'width'):.0f}),"
            f" {number(test['centre'].iloc[-1], 2)} at the largest width, and"
            f" {number(_value(rows, 'limit'), 2)} in the limit."
        )
        said.append(text)
    circle = _of(table, "network", "circle")
    where = _value(circle, "interpolation", "width")
    at_n = _curve(circle, "rank")
    nearest = at_n.iloc[(at_n["ratio"] - 1).abs().argmin()]
    reached = "is not reached" if where is None else f"comes at k = {where:.0f}"
    said.append(
        f"On the circle the features of k = {int(nearest['width'])} units have rank"
        f" {number(nearest['centre'], 2)} n, and interpolation {reached}."
    )
    return " ".join(said)
