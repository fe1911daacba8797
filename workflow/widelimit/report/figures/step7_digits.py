"""Step 7: networks and kernels that classify, by width."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import fixed, power
from widelimit.tables.schemas import Column, Table

TITLE = "Handwritten digits: networks of growing width, and kernels"

QUANTITIES = {
    "test_accuracy": "Test accuracy",
    "test_rmse": "Test error (root mean square)",
}

CURVES = {
    "network": ("", "networks", style.INK, "-", "o"),
    "ntk_corrected": ("_ntk_corrected", "their NTK predictions", style.NTK, "-", "s"),
}
"""Suffix of the metric, label, colour, dash and marker of what depends on the width."""

LINES = {
    "ntk": ("NTK regression", style.NTK, style.DASHED),
    "nngp": ("NNGP regression", style.NNGP, style.DASHED),
    "gaussian": ("Gaussian kernel", style.GREEN, style.DOTTED),
    "laplace": ("Laplace kernel", style.PURPLE, style.DOTTED),
}
"""Label, colour and dash of kernel regression in the limit of infinitely many steps."""

_KERNEL = "kernel regression"

TABLE = Table(
    "figures/step7_digits.parquet",
    "how well one model does on the test points, at one width or in the limit",
    (
        Column("quantity", pa.string(), "test_accuracy or test_rmse, as in metrics.parquet"),
        Column(
            "model",
            pa.string(),
            "network; its prediction ntk_corrected; ntk, nngp, gaussian,"
            " laplace: kernel regression",
        ),
        Column("width", pa.int64(), "hidden units k", "count", null=_KERNEL),
        Column("step", pa.int64(), "steps of gradient descent", "count", null=_KERNEL),
        Column("value", pa.float64(), "the number, median over seeds"),
        Column("lower", pa.float64(), "lower quantile over seeds", null=_KERNEL),
        Column("upper", pa.float64(), "upper quantile over seeds", null=_KERNEL),
        Column("seeds", pa.int64(), "networks of the width", "count", null=_KERNEL),
        Column("lower_level", pa.float64(), "order of the lower quantile", null=_KERNEL),
        Column("upper_level", pa.float64(), "order of the upper quantile", null=_KERNEL),
    ),
)


def summarise(metrics: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Networks and their predictions at the last step, and regression with each kernel."""
    step = parts.last_step(metrics[metrics["metric"] == "test_rmse"])
    found = []
    for quantity in QUANTITIES:
        for model, (suffix, *_) in CURVES.items():
            rows = metrics[metrics["metric"].eq(quantity + suffix) & metrics["step"].eq(step)]
            found.append(
                parts.band(rows, ["width", "step"], quantiles)
                .rename(columns={"centre": "value"})
                .assign(quantity=quantity, model=model)
            )
        for model in LINES:
            rows = metrics[metrics["metric"].eq(f"{quantity}_{model}") & metrics["step"].isna()]
            found.append(rows[["value"]].assign(quantity=quantity, model=model))
    return parts.arrange(pd.concat([rows for rows in found if len(rows)]), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.6)
    grid = figure.subplots(1, len(QUANTITIES))
    widths = parts.integers(table["width"])
    found = {}
    for axes, (quantity, title), letter in zip(grid, QUANTITIES.items(), "ab", strict=True):
        rows = table[table["quantity"] == quantity]
        ends = []
        for model, (_, label, colour, dash, marker) in CURVES.items():
            curve = rows[rows["model"] == model].sort_values("width")
            x = curve["width"].astype(float)
            bounds = (curve[name].astype(float) for name in ("value", "lower", "upper"))
            style.band(axes, x, *bounds, colour, linestyle=dash, marker=marker, markersize=3.5)
            ends.append(style.End(x.iloc[-1], curve["value"].iloc[-1], label, colour))
        style.width_axis(axes, widths)
        right = axes.get_xlim()[1]
        for model, (label, colour, dash) in LINES.items():
            for value in rows["value"][rows["model"] == model]:
                axes.axhline(value, color=colour, linestyle=dash, linewidth=1.2)
                ends.append(style.End(right, value, label, colour))
        axes.set_xlim(right=right)
        style.panel(axes, letter, title)
        found[axes] = ends
    style.log_scale(grid[1])
    for axes, ends in found.items():
        style.label_ends(axes, ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["model"] == "network"]
    steps = parts.steps_words(parts.last_step(networks))
    others = [label for model, (label, *_) in LINES.items() if model in set(table["model"])]
    return (
        "Share of test images whose largest output is that of their digit (a), and root mean square"
        f" of output - one-hot target (b). Networks after {steps}, and their NTK predictions at the"
        f" same step, corrected for the networks' start; {parts.band_words(networks)}. Horizontal"
        f" lines: {parts.listed(others)}, with infinitely many steps."
    )


def finding(table: pd.DataFrame) -> str:
    scores = table[table["quantity"] == "test_accuracy"]
    networks = scores[scores["model"] == "network"]
    steps = parts.steps_words(parts.last_step(networks))
    ends = parts.ends(networks["width"], networks["value"])
    ours = parts.listed(f"{_percent(value)} at width {power(k)}" for k, value in ends)
    last = scores[scores["model"].eq("ntk_corrected") & scores["width"].eq(ends[-1][0])]
    kernels = parts.listed(
        f"{_percent(value)} ({label})"
        for model, (label, *_) in LINES.items()
        for value in scores["value"][scores["model"] == model]
    )
    return (
        f"After {steps} the median network classifies {ours} of the test images rightly, its NTK"
        f" prediction {_percent(last['value'].iloc[0])} at that last width; the kernels, with"
        f" infinitely many steps, {kernels}."
    )


def _percent(share: float) -> str:
    return f"{fixed(100 * share, 1)} %"
