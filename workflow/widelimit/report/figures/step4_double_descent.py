"""Step 4: test and training error of the last layer against width, through interpolation."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.measure.features.turning_points import INTERPOLATED
from widelimit.report.figures import bands, looks, style, words
from widelimit.report.figures.labels import End, label_ends, level
from widelimit.report.numbers import number
from widelimit.tables.columns import BAND, WIDTH, Table, count, missing, real, text
from widelimit.tables.features import FEATURES, POINTS

TITLE = "Double descent"

TEST, TRAIN = style.ORANGE, style.SKY
LIMITS = {"network": ("NNGP", style.NNGP), "fourier": ("Gaussian", style.GREEN)}
NAMES = {"network": "Network features", "fourier": "Random Fourier features"}
MEAN = {"color": style.THEORY, "linestyle": "none", "marker": "o", "markersize": 3.2}
MEAN |= {"markerfacecolor": "white", "markeredgewidth": 0.8}
POINT_LOOKS = {
    "sphere": {"colour": style.INK, "marker": "o"},
    "circle": {"colour": style.PURPLE, "marker": "s", "linestyle": style.DASHED},
}

TABLE = Table(
    "figures/step4_double_descent.parquet",
    "one error, rank or turning point of one kind of features",
    (
        FEATURES,
        POINTS,
        text(
            "quantity",
            "test, train: rms error of ridgeless least squares on width features; rank: of the"
            " features, as a share of n; limit: test error of their kernel; zero_test, zero_train:"
            " errors of predicting 0; interpolation, peak, classical, critical_first,"
            " critical_last: the width where the medians have it, with the test error there; mean:"
            " root mean square of the test error over fresh data sets, without width of the limit"
            " kernel's; theory: the same, predicted",
        ),
        WIDTH.but(null="not of one width"),
        real("ratio", "width / n", "not of one width"),
        *missing(BAND, "not of that quantity"),
        count("n_train", "training points n"),
    ),
)


def summarise(
    double_descent: pd.DataFrame,
    turning_points: pd.DataFrame,
    data_sets: pd.DataFrame,
    *,
    quantiles=(0.1, 0.9),
) -> pd.DataFrame:
    """Bands over seeds, the limits and errors of predicting 0, where the medians turn, and means
    over data sets beside theory."""
    n = int(double_descent["n_train"].iloc[0])
    fits = double_descent[double_descent["model"] == "features"]
    fits = fits.rename(columns={"test_rmse": "test", "train_rmse": "train"})
    long = fits.assign(rank=fits["rank"].astype(float) / n).melt(
        ["features", "points", "width"], ["test", "train", "rank"], var_name="quantity"
    )
    band = bands.summarise(long, ["features", "points", "quantity", "width"], quantiles)
    turns = turning_points.rename(columns={"place": "quantity", "test_rmse": "centre"})
    parts = [band, *_without_width(double_descent), turns, _over_data_sets(data_sets)]
    table = pd.concat(parts, ignore_index=True)
    return TABLE.arrange(table.assign(ratio=table["width"].astype(float) / n, n_train=n))


def _without_width(double_descent: pd.DataFrame):
    """The errors of predicting 0 and of the limit, those on test points where there are some."""
    for quantity, model, error in (
        ("zero_train", "zero", "train_rmse"),
        ("zero_test", "zero", "test_rmse"),
        ("limit", "limit", "test_rmse"),
    ):
        rows = double_descent[double_descent["model"] == model].dropna(subset=error)
        rows = rows.rename(columns={error: "centre"})[["features", "points", "centre"]]
        yield rows.assign(quantity=quantity)


def _over_data_sets(data_sets: pd.DataFrame):
    """Root mean squares over data sets, and what theory says of them."""
    data_sets = data_sets.assign(square=data_sets["test_rmse"].astype(float) ** 2)
    means = data_sets.groupby(["features", "width"], dropna=False).agg(
        mean=("square", lambda squares: squares.mean() ** 0.5),
        theory=("theory", "first"),
        seeds=("square", "size"),
    )
    long = means.reset_index().melt(
        ["features", "width", "seeds"], ["mean", "theory"], "quantity", "centre"
    )
    return long.assign(points="sphere").dropna(subset="centre")


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(5.6)
    grid = figure.subplot_mosaic([["a", "b"], ["c", "d"]], height_ratios=(1.55, 1))
    ends = {}
    for letter, features in zip("ab", LIMITS, strict=True):
        axes = grid[letter]
        axes.set_xscale("log")
        ends[axes] = _draw_errors(axes, _of(table, features, "sphere"), *LIMITS[features])
        style.panel(axes, letter, f"{NAMES[features]}, on the sphere")
    key = {"many data sets": MEAN, "their mean in theory": looks.THEORY}
    style.key(figure, {"one data set": {"color": TEST}} | key)
    grid["b"].sharey(grid["a"])
    for letter, quantity in (("c", "rank"), ("d", "train")):
        axes = grid[letter]
        axes.set_xscale("log")
        ends[axes] = []
        for points, look in POINT_LOOKS.items():
            ends[axes] += _draw_points(
                axes, _of(table, "network", points), quantity, points, **look
            )
    style.panel(grid["c"], "c", "Rank of the features")
    style.panel(grid["d"], "d", "Training error, sphere and circle")
    for letter, label in (
        ("a", "root mean square error"),
        ("c", "rank / $n$"),
        ("d", "training error (rms)"),
    ):
        grid[letter].set_ylabel(label)
    for axes in grid.values():
        axes.set_xlabel("features per training point, $k/n$")
    label_ends(ends)
    return figure


def _of(table: pd.DataFrame, features: str, points: str) -> pd.DataFrame:
    return table[(table["features"] == features) & (table["points"] == points)]


def _curve(rows: pd.DataFrame, quantity: str) -> pd.DataFrame:
    return rows[rows["quantity"] == quantity].sort_values("width")


def _value(rows: pd.DataFrame, quantity: str, column: str = "centre") -> float | None:
    values = rows.loc[rows["quantity"] == quantity, column]
    return float(values.iloc[0]) if len(values) else None


def _draw_errors(axes: Axes, rows: pd.DataFrame, limit_name: str, limit_colour: str) -> list[End]:
    """Both errors over their bands, the limit, and the regimes between measured widths."""
    style.log_scale(axes)
    test, train = _curve(rows, "test"), _curve(rows, "train")
    train = train[train["centre"] > 10 * INTERPOLATED * _value(rows, "zero_train")]
    # A band that reaches 0 would not be drawn at all.
    train = train.assign(lower=train["lower"].clip(lower=1e-9))
    ends = bands.draw(axes, test, TEST, along="ratio", name="one data set", linewidth=1.2)
    bands.draw(axes, train, TRAIN, along="ratio", marker="s", markersize=2.6)
    for part in _branches(_curve(rows, "theory").dropna(subset="width")):
        axes.plot(part["ratio"], part["centre"], **looks.THEORY)
    mean = _curve(rows, "mean").dropna(subset="width")
    mean = mean[mean["ratio"] != 1]
    axes.plot(mean["ratio"], mean["centre"], **MEAN)
    limit, zero = _value(rows, "limit"), _value(rows, "zero_test")
    low = min(limit, test["lower"].min(), *train["lower"])
    axes.set_ylim(0.6 * low, 4 * test["centre"].max())
    _mark_regimes(axes, rows, test["ratio"].to_numpy())
    dashed = {"x": ends[0].x, "linestyle": style.DASHED, "linewidth": 1.3, "zorder": 1.9}
    ends.append(level(axes, limit, limit_name, limit_colour, **dashed))
    dotted = {"x": ends[0].x, "linestyle": style.DOTTED, "linewidth": 0.9}
    ends.append(level(axes, zero, "predicting 0", style.GREY, **dotted))
    if len(train):
        # Its line ends inside the panel, where it has fallen to rounding.
        axes.text(0.03, 0.04, "training", transform=axes.transAxes, color=TRAIN, fontsize=7.5)
    return ends


def _branches(theory: pd.DataFrame) -> list[pd.DataFrame]:
    """Below and beyond k = n, where theory's mean is infinite."""
    return [theory[theory["ratio"] < 1], theory[theory["ratio"] > 1]]


def _mark_regimes(axes: Axes, rows: pd.DataFrame, ratios: np.ndarray):
    """The measured interpolation threshold, and the critical regime shaded about it."""
    threshold = _value(rows, "interpolation", "ratio")
    first, last = (_value(rows, f"critical_{end}", "ratio") for end in ("first", "last"))
    spans = {}
    if first is not None:
        # Half way to the widths on either side, which are not critical.
        edges = np.sqrt(ratios[1:] * ratios[:-1])
        inner = (
            max(edges[edges < first], default=ratios[0]),
            min(edges[edges > last], default=ratios[-1]),
        )
        axes.axvspan(*inner, color=style.GREY, alpha=0.13, linewidth=0)
        spans["critical"] = inner
    if threshold is not None:
        axes.axvline(threshold, color=style.GREY, linewidth=0.8)
        left, right = spans.get("critical", (threshold, threshold))
        spans |= {"classical": (ratios[0], left), "over-parametrised": (right, ratios[-1])}
    look = {"transform": axes.get_xaxis_transform(), "color": style.GREY, "fontsize": 7}
    look |= {"ha": "center", "va": "top", "bbox": style.ON_WHITE | {"pad": 1}}
    for name, (left, right) in spans.items():
        if left < right or name == "critical":
            height = 0.93 if name == "critical" else 0.985
            axes.text(np.sqrt(left * right), height, name, **look)


def _draw_points(axes: Axes, rows: pd.DataFrame, quantity: str, points: str, *, colour, **look):
    threshold = _value(rows, "interpolation", "ratio")
    if threshold is not None:
        dash = look.get("linestyle", "-")
        axes.axvline(threshold, color=colour, linewidth=0.6, linestyle=dash)
    curve = _curve(rows, quantity)
    return bands.draw(axes, curve, colour, along="ratio", name=points, markersize=2.4, **look)


def caption(table: pd.DataFrame) -> str:
    n = int(table["n_train"].iloc[0])
    errors = table[table["quantity"].isin(("test", "train", "rank"))]
    return (
        f"Error of ridgeless least squares on k random features, fitted to n = {n} noisy points, by"
        " k/n. a, b: training and test error, the limit kernel's (dashed) and that of predicting 0"
        " (dotted); black: many data sets, and theory.\nTest points are without noise. Line: the"
        " width from which on the median training error is 0 but for rounding (not drawn from there"
        " on); shaded: around the peak, where the median"
        " test error exceeds that of predicting 0. c, d: rank and training error of network"
        " features on the sphere and on the circle, with the same targets. Open circles: root mean"
        f" squares over {_data_sets(table)}, each with points, noise and features of its own;"
        " dashed black: what the eigenframework of random features says of them, without a fit."
        f" {_thresholds(table)} {bands.caption(errors)}"
    )


def finding(table: pd.DataFrame) -> str:
    sentences = []
    for features, name in NAMES.items():
        rows = _of(table, features, "sphere")
        near = rows[rows["width"].isna()].set_index("quantity")["centre"]
        sentences.append(
            f"{name}: the median test error is {_at(rows, 'peak')} at its peak and"
            f" {number(_value(rows, 'limit'), 2)} in the limit; over {_data_sets(table)} the limit"
            f" has {number(near['mean'], 2)}, in theory {number(near['theory'], 2)}."
        )
    return " ".join(sentences)


def _thresholds(table: pd.DataFrame) -> str:
    """Where the median training error becomes 0, on the sphere and on the circle."""
    sphere = words.listed(
        f"{_threshold(_of(table, features, 'sphere'))} ({name[0].lower()}{name[1:]})"
        for features, name in NAMES.items()
    )
    circle = _threshold(_of(table, "network", "circle"))
    return f"Interpolation threshold on the sphere: {sphere}; on the circle: {circle}."


def _threshold(rows: pd.DataFrame) -> str:
    width = _value(rows, "interpolation", "width")
    return "not reached" if width is None else f"k = {width:.0f}"


def _data_sets(table: pd.DataFrame) -> str:
    count = table.loc[table["quantity"] == "mean", "seeds"].iloc[0]
    return words.counted(count, "data set")


def _at(rows: pd.DataFrame, place: str) -> str:
    return f"{number(_value(rows, place), 2)} (k = {_value(rows, place, 'width'):.0f})"
