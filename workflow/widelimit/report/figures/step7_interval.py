"""Step 7: why the inputs are lifted to the circle, shown by the raw interval, which fails."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import bands, choices, looks, style, words
from widelimit.report.figures.labels import label_ends, level
from widelimit.report.figures.study_points import AXIS_LABELS, last_finite_step, of_study
from widelimit.report.numbers import number, power
from widelimit.tables.columns import (
    ACTIVATION,
    BAND,
    INDEX,
    INPUT_T,
    SEED,
    STEP,
    WIDTH,
    Table,
    large_count,
    missing,
    real,
    text,
)

TITLE = "The raw interval is no sphere"

NAMES = {"raw": "raw interval", "study": "unit sphere"}
COLOURS = {"raw": style.ORANGE, "study": style.GREEN}
MARKERS = {
    "raw": {"marker": "s", "markersize": 5.5, "markerfacecolor": "none"},
    "study": {"marker": "o", "markersize": 3.5},
}
"""How the two kinds of inputs are called and drawn."""

TABLE = Table(
    "figures/step7_interval.parquet",
    "one number about the networks on the raw interval, or about those of the study",
    (
        text("inputs", "raw: the interval; study: the points of the main study"),
        text(
            "quantity",
            "eigenvalue (of the NTK Gram matrix, relative to the largest, those above the cut-off),"
            " network, target and train (functions of t), train_loss (median over seeds) or"
            " least_loss (that no function in the range of the Gram matrix falls below)",
        ),
        *missing((WIDTH, SEED, STEP, INDEX), "of none"),
        INPUT_T.but(null="not a function of t"),
        real("value", "the number"),
        *missing(BAND[1:], "not a loss"),
        large_count("n_train", "training points"),
        ACTIVATION,
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
    raw = (interval_data, interval_kernels, interval_metrics, interval_predictions)
    study = (data, kernels, of_study(metrics), predictions)
    each = [set(choices.distinct(tables[-1]["width"])) for tables in (raw, study)]
    widths = [max(set.intersection(*each) or own) for own in each]
    raw, study = (
        _one(*tables, width, quantiles) for tables, width in zip((raw, study), widths, strict=True)
    )
    if not _same_problem(data, interval_data):
        # Drawn over each other, two different functions of t would only mislead.
        study = study[~study["quantity"].isin(("network", "target", "train"))]
    return TABLE.arrange(pd.concat([raw.assign(inputs="raw"), study.assign(inputs="study")]))


def _same_problem(data: pd.DataFrame, other: pd.DataFrame) -> bool:
    one, two = (
        frame.sort_values(["split", "index"])[["t", "y_0"]].to_numpy() for frame in (data, other)
    )
    return one.shape == two.shape and np.allclose(one, two)


def _one(data, kernels, metrics, predictions, width: int, quantiles) -> pd.DataFrame:
    """The rows about one of the two studies."""
    train = data[data["split"] == "train"].sort_values("index")
    ntk = kernels[kernels["kernel"] == "ntk"].iloc[0]
    relative = ntk["eigenvalues"][: ntk["rank"]] / ntk["lambda_max"]
    least = metrics.loc[metrics["metric"] == "least_loss_ntk", "value"].iloc[0]
    networks = predictions[(predictions["model"] == "network") & (predictions["width"] == width)]
    networks = networks[networks["step"] == last_finite_step(predictions)]
    networks = networks[networks["output"].eq(0) & networks["f"].notna()]
    test = data[data["split"] == "test"]
    networks = networks.merge(test[["index", "t"]], on="index").sort_values(["seed", "t"])
    loss = metrics[(metrics["metric"] == "train_loss") & (metrics["width"] == width)]
    loss = bands.summarise(loss[loss["step"] > 0], ["width", "step"], quantiles)
    rows = {
        "eigenvalue": pd.DataFrame({"index": np.arange(len(relative)), "value": relative}),
        "least_loss": pd.DataFrame({"value": [least]}),
        "train": train[["index", "t"]].assign(value=train["y_0"]),
        "target": test[["index", "t"]].assign(value=test["y_0"]).sort_values("t"),
        "network": networks.rename(columns={"f": "value"}),
        "train_loss": loss.rename(columns={"centre": "value"}),
    }
    table = pd.concat([frame.assign(quantity=name) for name, frame in rows.items()])
    return table.assign(n_train=len(train), activation=ntk["activation"])


def _each(table: pd.DataFrame, quantity: str) -> dict[str, pd.DataFrame]:
    """The rows of the quantity for each kind of inputs that has it."""
    rows = table[table["quantity"] == quantity]
    return {
        inputs: rows[rows["inputs"] == inputs] for inputs in NAMES if inputs in set(rows["inputs"])
    }


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    width = power(choices.distinct(table["width"])[-1])
    titles = ("Spectrum of the NTK", f"Networks, $k$ = {width}", "Training loss")
    figure, (spectra, fits, losses) = style.row(2.9, *titles, width_ratios=(1, 1.45, 1.1))
    _draw_spectra(spectra, table)
    _draw_fits(fits, table)
    _draw_losses(losses, table)
    return figure


def _draw_spectra(axes: Axes, table: pd.DataFrame):
    for line, (inputs, rows) in enumerate(_each(table, "eigenvalue").items()):
        colour, place = COLOURS[inputs], rows["index"].astype(int) + 1
        axes.plot(place, rows["value"], color=colour, zorder=3 - line, **MARKERS[inputs])
        look = {"transform": axes.transAxes, "fontsize": 7.5, "bbox": style.ON_WHITE}
        text = f"{NAMES[inputs]}: rank {len(rows)}"
        axes.text(0.05, 0.13 - 0.08 * line, text, color=colour, **look)
    style.log_scale(axes)
    axes.set_ylim(bottom=axes.get_ylim()[0] / 20)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set(xlabel="number of the eigenvalue", ylabel="eigenvalue / largest")


def _draw_fits(axes: Axes, table: pd.DataFrame):
    target, train = (_each(table, name)["raw"] for name in ("target", "train"))
    axes.plot(target["t"], target["value"], **looks.TARGET)
    for inputs, rows in _each(table, "network").items():
        for _, curve in rows.groupby("seed"):
            line = {"color": COLOURS[inputs], "linewidth": 0.8, "alpha": 0.8}
            axes.plot(curve["t"], curve["value"], **line)
    axes.plot(train["t"], train["value"], **looks.TRAINING_POINTS)
    axes.set(xlabel=AXIS_LABELS["t"], ylabel="output")


def _draw_losses(axes: Axes, table: pd.DataFrame):
    style.log_scale(axes, "xy")
    ends = []
    for inputs, rows in _each(table, "train_loss").items():
        look = {"along": "step", "name": NAMES[inputs], "centre": "value"}
        ends += bands.draw(axes, rows, COLOURS[inputs], **look)
    axes.set(xlabel="training steps", ylabel="training loss (half the sum of squares)")
    least = _least(table)
    if least > 0:
        ends.append(level(axes, least, "least loss, raw", **looks.THEORY))
    label_ends({axes: ends})


def _least(table: pd.DataFrame) -> float:
    return float(_each(table, "least_loss")["raw"]["value"].iloc[0])


def _rank(table: pd.DataFrame, inputs: str) -> int:
    return len(_each(table, "eigenvalue")[inputs])


def caption(table: pd.DataFrame) -> str:
    networks = table[table["quantity"] == "network"]
    rank = _rank(table, "raw")
    lines = "two half-lines through 0" if rank <= 2 else f"of {rank} degrees of freedom"
    raw, study = (table.loc[table["inputs"] == inputs, "activation"].iloc[0] for inputs in NAMES)
    activations = f" Networks have activation {raw} on the interval and {study} on the sphere."
    return (
        "The same targets learnt from the raw input t (orange) and from points on the unit sphere"
        f" (green).\na: eigenvalues of the NTK on {table['n_train'].iloc[0]} training points, those"
        f" above the cut-off. b: networks after {words.steps(choices.last_step(networks))}, target"
        f" (dotted), training points; without a bias, raw inputs allow {lines}. c: training loss;"
        " dashed: the least of any function in the range of the raw kernel."
        f" {bands.caption(table[table['quantity'] == 'train_loss'])}{activations * (raw != study)}"
    )


def finding(table: pd.DataFrame) -> str:
    losses = _each(table, "train_loss")
    last = {inputs: rows.sort_values("step").iloc[-1] for inputs, rows in losses.items()}
    ends = words.listed(
        f"{number(row['value'], 2)} on the {NAMES[inputs]} ({words.seeds([row['seeds']])} of width"
        f" {power(int(row['width']))}, {words.steps(row['step'])})"
        for inputs, row in last.items()
    )
    rank, n_train = _rank(table, "raw"), table["n_train"].iloc[0]
    least = f", so it cannot bring the training loss below {number(_least(table), 2)}"
    return (
        f"On the raw interval the NTK has rank {rank} on {words.counted(n_train, 'point')}"
        f"{least if rank < n_train else ''}; the median loss of the networks ends at {ends}, where"
        f" the rank is {_rank(table, 'study')}."
    )
