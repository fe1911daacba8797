"""Step 7: why the inputs are lifted to the circle, shown by the raw interval, which fails."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import parts, style
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "The raw interval is no sphere"

LOOKS = {
    "raw": {
        "color": style.ORANGE,
        "marker": "s",
        "size": 5.5,
        "face": "none",
        "name": "raw interval",
    },
    "study": {
        "color": style.GREEN,
        "marker": "o",
        "size": 3.5,
        "face": style.GREEN,
        "name": "unit sphere",
    },
}
"""How the two kinds of inputs are drawn and called."""

TABLE = Table(
    "figures/step7_interval.parquet",
    "one number about the networks on the raw interval, or about those of the study",
    (
        Column("inputs", pa.string(), "raw: the interval; study: the points of the main study"),
        Column(
            "quantity",
            pa.string(),
            "eigenvalue (of the NTK Gram matrix, relative to the largest, those above the cut-off),"
            " network, target and train (functions of t), train_loss (median over seeds) or"
            " least_loss (that no function in the range of the Gram matrix falls below)",
        ),
        parts.WIDTH,
        parts.SEED,
        parts.STEP,
        parts.INDEX,
        Column("t", pa.float64(), "input before any lift", null="not a function of t"),
        Column("value", pa.float64(), "the number"),
        Column("lower", pa.float64(), "lower quantile over seeds", null="not a loss"),
        Column("upper", pa.float64(), "upper quantile over seeds", null="not a loss"),
        Column("seeds", pa.int64(), "networks of the width", "count", null="no network"),
        Column("n_train", pa.int64(), "training points", "count"),
        Column("activation", pa.string(), "of the networks and the NTK"),
    ),
)


def summarise(
    data: pd.DataFrame,
    kernels: pd.DataFrame,
    metrics: pd.DataFrame,
    predictions: pd.DataFrame,
    interval_data: pd.DataFrame,
    interval_kernels: pd.DataFrame,
    interval_metrics: pd.DataFrame,
    interval_predictions: pd.DataFrame,
    *,
    quantiles=(0.1, 0.9),
) -> pd.DataFrame:
    """Spectra, fits and losses of the widest networks that both studies have."""
    widths = [set(parts.integers(frame["width"])) for frame in (predictions, interval_predictions)]
    shared = set.intersection(*widths)
    width = [max(shared or each) for each in widths]
    study = parts.of_study(metrics)
    study = _one("study", data, kernels, study, predictions, width[0], quantiles)
    raw = _one(
        "raw",
        interval_data,
        interval_kernels,
        interval_metrics,
        interval_predictions,
        width[1],
        quantiles,
    )
    if not _same_problem(data, interval_data):
        # Drawn over each other, two different functions of t would only mislead.
        study = study[~study["quantity"].isin(("network", "target", "train"))]
    return parts.arrange(pd.concat([raw, study]), TABLE)


def _same_problem(data: pd.DataFrame, other: pd.DataFrame) -> bool:
    one, two = (
        frame.sort_values(["split", "index"])[["t", "y_0"]].to_numpy() for frame in (data, other)
    )
    return one.shape == two.shape and np.allclose(one, two)


def _one(inputs, data, kernels, metrics, predictions, width, quantiles) -> pd.DataFrame:
    """The rows about one of the two studies."""
    train = data[data["split"] == "train"].sort_values("index")
    ntk = kernels[kernels["kernel"] == "ntk"].iloc[0]
    relative = ntk["eigenvalues"][: ntk["rank"]] / ntk["lambda_max"]
    least = metrics.loc[metrics["metric"] == "least_loss_ntk", "value"].iloc[0]
    networks = predictions[(predictions["model"] == "network") & (predictions["width"] == width)]
    networks = networks[networks["step"] == parts.last_finite_step(predictions)]
    networks = networks[networks["output"].eq(0) & networks["f"].notna()]
    test = data[data["split"] == "test"]
    loss = metrics[(metrics["metric"] == "train_loss") & (metrics["width"] == width)]
    loss = parts.band(loss[loss["step"] > 0], ["width", "step"], quantiles)
    rows = {
        "eigenvalue": pd.DataFrame({"index": np.arange(len(relative)), "value": relative}),
        "least_loss": pd.DataFrame({"value": [least]}),
        "train": train[["index", "t"]].assign(value=train["y_0"]),
        "target": test[["index", "t"]].assign(value=test["y_0"]).sort_values("t"),
        "network": networks.merge(test[["index", "t"]], on="index")
        .rename(columns={"f": "value"})
        .sort_values(["seed", "t"]),
        "train_loss": loss.rename(columns={"centre": "value"}),
    }
    table = pd.concat([frame.assign(quantity=name) for name, frame in rows.items()])
    return table.assign(inputs=inputs, n_train=len(train), activation=ntk["activation"])


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(2.9)
    spectrum, fits, losses = figure.subplots(1, 3, width_ratios=(1, 1.45, 1.1))
    _draw_spectra(spectrum, table)
    _draw_fits(fits, table)
    style.panel(spectrum, "a", "Spectrum of the NTK")
    style.panel(fits, "b", f"Networks, $k$ = {power(parts.integers(table['width'])[-1])}")
    style.panel(losses, "c", "Training loss")
    _draw_losses(losses, table)
    return figure


def _rows(table: pd.DataFrame, quantity: str):
    """(look, rows) of the quantity for each kind of inputs that has it."""
    for inputs, look in LOOKS.items():
        rows = table[(table["inputs"] == inputs) & (table["quantity"] == quantity)]
        if len(rows):
            yield look, rows


def _draw_spectra(axes, table):
    for line, (look, rows) in enumerate(_rows(table, "eigenvalue")):
        axes.plot(
            rows["index"].astype(int) + 1,
            rows["value"],
            color=look["color"],
            marker=look["marker"],
            markersize=look["size"],
            markerfacecolor=look["face"],
            zorder=3 - line,
        )
        axes.text(
            0.05,
            0.13 - 0.08 * line,
            f"{look['name']}: rank {len(rows)}",
            color=look["color"],
            fontsize=7.5,
            transform=axes.transAxes,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    style.log_scale(axes)
    axes.set_ylim(bottom=axes.get_ylim()[0] / 20)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_xlabel("number of the eigenvalue")
    axes.set_ylabel("eigenvalue / largest")


def _draw_fits(axes, table):
    target, train = (
        table[(table["quantity"] == name) & (table["inputs"] == "raw")]
        for name in ("target", "train")
    )
    axes.plot(target["t"], target["value"], color=style.GREY, linestyle=style.DOTTED, linewidth=1.1)
    for look, rows in _rows(table, "network"):
        for _, curve in rows.groupby("seed"):
            axes.plot(curve["t"], curve["value"], color=look["color"], linewidth=0.8, alpha=0.8)
    axes.plot(
        train["t"],
        train["value"],
        "o",
        color="white",
        markeredgecolor=style.INK,
        markeredgewidth=0.7,
        markersize=3.4,
    )
    axes.set_xlabel(parts.AXIS_LABELS["t"])
    axes.set_ylabel("output")


def _draw_losses(axes, table):
    ends = []
    for look, rows in _rows(table, "train_loss"):
        rows = rows[rows["value"] > 0]
        if rows.empty:
            continue
        x, *band = (rows[name].astype(float) for name in ("step", "value", "lower", "upper"))
        style.band(axes, x, *band, look["color"])
        ends.append(style.End(x.iloc[-1], band[0].iloc[-1], look["name"], look["color"]))
    style.log_scale(axes, "xy")
    axes.set_xlabel("training steps")
    axes.set_ylabel("training loss (half the sum of squares)")
    least = _least(table)
    if least > 0:
        axes.axhline(least, color=style.THEORY, linestyle=style.DASHED, linewidth=1.1)
        ends.append(style.End(axes.get_xlim()[1], least, "least loss, raw", style.THEORY))
    style.label_ends(axes, ends)


def _least(table: pd.DataFrame) -> float:
    raw = table[(table["inputs"] == "raw") & (table["quantity"] == "least_loss")]
    return float(raw["value"].iloc[0])


def _rank(table: pd.DataFrame, inputs: str) -> int:
    return int(((table["inputs"] == inputs) & (table["quantity"] == "eigenvalue")).sum())


def caption(table: pd.DataFrame) -> str:
    networks = table[table["quantity"] == "network"]
    lines = (
        "two half-lines through 0"
        if _rank(table, "raw") <= 2
        else f"of {_rank(table, 'raw')} degrees of freedom"
    )
    return (
        "The same targets learnt from the raw input t in one dimension (orange) and from the points"
        " of the study on the unit sphere (green). a: eigenvalues of the NTK on the"
        f" {table['n_train'].iloc[0]} training points, those above the cut-off. b: networks after"
        f" {parts.steps_words(parts.last_step(networks))}, one line a seed, with the target"
        " (dotted) and the training points; without a bias, what can be learnt from raw inputs is"
        f" {lines}. c: training loss, median and quantiles over seeds; dashed, the least loss of"
        f" any function in the range of the raw kernel.{_activations(table)}"
    )


def _activations(table: pd.DataFrame) -> str:
    raw, study = (table.loc[table["inputs"] == name, "activation"].iloc[0] for name in LOOKS)
    if raw == study:
        return ""
    return f" Networks have activation {raw} on the interval and {study} on the sphere."


def finding(table: pd.DataFrame) -> str:
    loss = table[table["quantity"] == "train_loss"].sort_values("step")
    last = {inputs: rows.iloc[-1] for inputs, rows in loss.groupby("inputs")}
    said = parts.listed(
        f"{number(last[inputs]['value'], 2)} on the {LOOKS[inputs]['name']}" for inputs in LOOKS
    )
    rank, n_train = _rank(table, "raw"), table["n_train"].iloc[0]
    points = "1 point" if n_train == 1 else f"{n_train} points"
    least = f", so that no training loss below {number(_least(table), 2)} is in its reach"
    return (
        f"On the raw interval the NTK has rank {rank} on {points}{least if rank < n_train else ''};"
        f" the median loss of the networks ends at {said}, where the rank is"
        f" {_rank(table, 'study')}."
    )
