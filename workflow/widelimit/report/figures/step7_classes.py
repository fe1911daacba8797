"""Step 7: networks and kernels that classify, by width."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, bands, choices, paired, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends, level
from widelimit.report.numbers import percent
from widelimit.tables.columns import BAND, STEP, WIDTH, Table, missing, text

TITLE = "Classes: networks of growing width, and kernels"

QUANTITIES = {
    "test_accuracy": "Test accuracy",
    "test_rmse": "Test error (root mean square)",
}

CURVES = {
    "network": ("", "networks", style.INK, "o"),
    "ntk_corrected": ("_ntk_corrected", "their NTK predictions", style.NTK, "s"),
}
"""Suffix of the metric, label, colour and marker of what depends on the width."""

LINES = {
    "ntk": ("NTK regression", style.NTK, style.DASHED),
    "nngp": ("NNGP regression", style.NNGP, style.DASHED),
    "gaussian": ("Gaussian kernel", style.GREEN, style.DOTTED),
    "laplace": ("Laplace kernel", style.PURPLE, style.DOTTED),
}
"""Label, colour and dash of kernel regression in the limit of infinitely many steps."""

_percent = partial(percent, decimals=1)

TABLE = Table(
    "figures/step7_classes.parquet",
    "how well one model does on the test points, at one width or in the limit",
    (
        text("quantity", "test_accuracy or test_rmse, as in metrics.parquet"),
        text(
            "model",
            "network; its prediction ntk_corrected; ntk, nngp, gaussian,"
            " laplace: kernel regression",
        ),
        *missing((WIDTH, STEP), "kernel regression"),
        BAND[0],
        *missing(BAND[1:], "kernel regression"),
        *missing(paired.COLUMNS, "model is not network, or quantity not test_accuracy"),
    ),
)


def summarise(metrics: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Networks and their predictions at the last step, and regression with each kernel."""
    step = choices.last_step(metrics[metrics["metric"] == "test_rmse"])
    frames = []
    for quantity in QUANTITIES:
        for model, (suffix, *_) in CURVES.items():
            rows = metrics[metrics["metric"].eq(quantity + suffix) & metrics["step"].eq(step)]
            band = bands.summarise(rows, ["width", "step"], quantiles)
            if (quantity, model) == ("test_accuracy", "network"):
                band = paired.beside(band, metrics, "ntk", ["width", "step"])
            frames.append(band.assign(quantity=quantity, model=model))
        for model in LINES:
            rows = metrics[metrics["metric"].eq(f"{quantity}_{model}") & metrics["step"].isna()]
            limit = rows[["value"]].rename(columns={"value": "centre"})
            frames.append(limit.assign(quantity=quantity, model=model))
    return TABLE.arrange(pd.concat([rows for rows in frames if len(rows)]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, grid = style.row(3.6, *QUANTITIES.values())
    ends = {}
    for axes, quantity in zip(grid, QUANTITIES, strict=True):
        models = dict(iter(table[table["quantity"] == quantity].groupby("model")))
        curves = [
            Curve(models[model], label, colour, marker)
            for model, (_, label, colour, marker) in CURVES.items()
        ]
        log = quantity == "test_rmse"
        ends |= against_width.draw({axes: curves}, log=log, guide=None)
        axes.set_xlim(axes.get_xlim())
        ends[axes] += [
            level(axes, value, label, colour, linestyle=dash, linewidth=1.2)
            for model, (label, colour, dash) in LINES.items()
            if model in models
            for value in models[model]["centre"]
        ]
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["model"] == "network"]
    others = [label for model, (label, *_) in LINES.items() if model in set(table["model"])]
    return (
        "Networks, their NTK predictions and kernel regression on test points, by width. a: share"
        " of points whose largest output is that of their class. b: root mean square of"
        f" output − one-hot target.\nNetworks after {words.steps(choices.last_step(networks))};"
        " their predictions at the same step, from the networks' start."
        f" {bands.caption(networks)} Horizontal: {words.listed(others)}, with infinitely many"
        " steps."
    )


def finding(table: pd.DataFrame) -> str:
    scores = table[table["quantity"] == "test_accuracy"]
    by_model = dict(iter(scores.groupby("model")))
    networks = by_model["network"]
    widest = networks.sort_values("width").iloc[-1]
    kernels = words.listed(
        f"{_percent(value)} ({label})"
        for model, (label, *_) in LINES.items()
        if model in by_model
        for value in by_model[model]["centre"]
    )
    return (
        f"After {words.steps(choices.last_step(networks))} the median network of"
        f" {words.seeds(networks['seeds'])} classifies"
        f" {words.by_width(networks['width'], networks['centre'], _percent)} of the test points"
        f" correctly{_own(by_model, widest)}; the kernels, with infinitely many steps, {kernels}."
    )


def _own(by_model: dict[str, pd.DataFrame], widest: pd.Series) -> str:
    """What the predictions of the widest networks classify; nothing where they have diverged."""
    if "ntk_corrected" not in by_model:
        return ""
    share = by_model["ntk_corrected"].sort_values("width")["centre"].iloc[-1]
    more = paired.written(widest)
    errors = f", where the mean error of networks is {more} (± standard error)" * bool(more)
    return f", its NTK prediction {_percent(share)} at that last width{errors}"
