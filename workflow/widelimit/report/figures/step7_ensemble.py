"""Step 7: the ensemble over initialisations against theory, bias and spread apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "The ensemble over initialisations: bias and spread"

TABLE = Table(
    "figures/step7_ensemble.parquet",
    "one number of the ensemble or of theory, at the last step",
    (
        Column(
            "quantity",
            pa.string(),
            "mean or std at one test point (theory's where width is missing), or bias_squared,"
            " variance, theory_variance: their means over the test points",
        ),
        parts.STEP,
        parts.WIDTH,
        parts.INDEX,
        *parts.POSITION,
        Column("value", pa.float64(), "the number; output 0 at one test point"),
        Column("seeds", pa.int64(), "networks in the ensemble", "count", null="theory"),
        Column("outputs", pa.int64(), "outputs that a network of the study has", "count"),
    ),
)


def summarise(
    data: pd.DataFrame,
    predictions: pd.DataFrame,
    theory: pd.DataFrame,
    metrics: pd.DataFrame,
    *,
    panels: int = 3,
) -> pd.DataFrame:
    """Mean and standard deviation of at most ``panels`` widths; bias and variance of all.

    Test points without an order of their own are placed by theory's mean.
    """
    networks = predictions[predictions["model"] == "network"]
    step = parts.last_finite_step(predictions)
    networks = networks[(networks["step"] == step) & networks["f"].notna()]
    limit = theory[(theory["model"] == "ntk") & (theory["step"] == step)]
    pointwise = pd.concat([_ensemble(networks, panels), _melted(limit[limit["output"] == 0])])
    points = parts.locate(data)
    points = points[points["split"] == "test"][["index", "axis", "position"]]
    if points["axis"].eq("none").any():
        mean = limit[limit["output"] == 0].set_index("index")["mean"]
        points = points.assign(axis="mean", position=points["index"].map(mean))
    pointwise = pointwise.merge(points, on="index").sort_values(["quantity", "width", "position"])
    metrics = parts.of_study(metrics)
    found = metrics[metrics["step"] == step].replace(
        {"metric": {"ensemble_bias_squared": "bias_squared", "ensemble_variance": "variance"}}
    )
    found = found[found["metric"].isin(("bias_squared", "variance"))].sort_values("width")
    found = found[["metric", "width", "value"]].rename(columns={"metric": "quantity"})
    spread = pd.DataFrame({"quantity": ["theory_variance"], "value": [np.mean(limit["std"] ** 2)]})
    table = pd.concat([pointwise, found, spread]).fillna({"axis": "none"})
    seeds = networks.groupby("width")["seed"].nunique()
    outputs = sum(name.startswith("y_") for name in data.columns)
    table = table.assign(step=step, seeds=table["width"].map(seeds), outputs=outputs)
    return parts.arrange(table, TABLE)


def _ensemble(networks: pd.DataFrame, panels: int) -> pd.DataFrame:
    # The standard deviation of one network is missing, not 0.
    chosen = networks["width"].isin(parts.thin(networks["width"], panels))
    each = networks[chosen & networks["output"].eq(0)].groupby(["width", "index"])["f"]
    return _melted(pd.DataFrame({"mean": each.mean(), "std": each.std()}).reset_index())


def _melted(wide: pd.DataFrame) -> pd.DataFrame:
    keys = [name for name in ("width", "index") if name in wide]
    long = wide.melt(keys, ["mean", "std"], var_name="quantity", value_name="value")
    return long[long["value"].notna()]


PARTS = {"bias_squared": ("bias²", style.PURPLE, "o"), "variance": ("variance", style.GREEN, "s")}
"""Name, colour and marker of the two parts of the distance."""


@style.context()
def draw(table: pd.DataFrame):
    pointwise = table[table["quantity"].isin(("mean", "std"))]
    widths = parts.integers(pointwise["width"])
    figure = style.figure(5.0)
    above, below = figure.subfigures(2, 1, height_ratios=(1.12, 1))
    grid = above.subplots(1, len(widths), squeeze=False)[0]
    curves = pointwise.pivot(index=["width", "index"], columns="quantity", values="value")
    curves = curves.reindex(columns=["mean", "std"])
    points = pointwise.drop_duplicates("index").set_index("index")
    theory = curves.loc[np.nan].join(points["position"]).sort_values("position")
    shape = _points if points["axis"].iloc[0] == "mean" else _band
    for axes, width, letter in zip(grid, widths, "abc", strict=False):
        ensemble = curves.loc[width].reindex(theory.index)
        bias = ensemble["mean"] - theory["mean"]
        x, colour = theory["position"], style.width_colour(width, widths)
        shape(axes, x, 0 * bias, theory["std"], style.THEORY, "theory", style.DASHED)
        shape(axes, x, bias, ensemble["std"], colour, "networks", "-")
        axes.set_xlabel(parts.AXIS_LABELS[points["axis"].iloc[0]])
        style.panel(axes, letter, f"$k$ = {power(width)}")
    grid[0].set_ylabel("output − theory's mean")
    handles, labels = grid[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    _decompose(below.subplots(), table, "abcd"[len(widths)])
    return figure


def _band(axes, x, mean, std, colour, name, dash):
    width = 1.2 if dash != "-" else 1.5
    axes.plot(x, mean, color=colour, linestyle=dash, linewidth=width, label=f"mean of {name}")
    if std.notna().any():
        bounds = (mean - std, mean + std)
        axes.fill_between(x, *bounds, color=colour, alpha=0.22, linewidth=0, label="± std")


def _points(axes, x, mean, std, colour, name, dash):
    if dash == "-":
        axes.plot(x, mean, "o", color=colour, markersize=2, label=f"mean of {name}")
    else:
        axes.axhline(0, color=colour, linestyle=dash, linewidth=1.2, label=f"mean of {name}")
    if std.notna().any():
        bounds = (mean - std, mean + std)
        axes.vlines(x, *bounds, color=colour, alpha=0.35, linewidth=0.8, label="± std")


def _decompose(axes, table: pd.DataFrame, letter: str):
    """Bias and variance against width, with what theory says of the second."""
    ends, every = [], parts.integers(table["width"])
    for quantity, (name, colour, marker) in PARTS.items():
        curve = table[(table["quantity"] == quantity) & (table["value"] > 0)]
        if len(curve):
            x = curve["width"].astype(float)
            axes.plot(x, curve["value"], marker=marker, markersize=3.5, color=colour)
            ends.append(style.End(x.iloc[-1], curve["value"].iloc[-1], name, colour))
    style.log_scale(axes)
    style.width_axis(axes, every, most=6)
    expected = table.loc[table["quantity"] == "theory_variance", "value"].iloc[0]
    seeds = int(table["seeds"].max())
    levels = [(expected, "theory's variance", style.THEORY, style.DASHED)]
    if seeds > 1:
        levels.append((expected / seeds, f"theory's variance / {seeds}", style.GREY, style.DOTTED))
    for value, name, colour, dash in levels:
        if value > 0:
            axes.axhline(value, linewidth=1.1, zorder=1.5, color=colour, linestyle=dash)
            ends.append(style.End(axes.get_xlim()[1], value, name, colour))
    axes.set_ylabel("mean over test points")
    style.panel(axes, letter, "Squared distance from theory's mean")
    style.label_ends(axes, ends)


def caption(table: pd.DataFrame) -> str:
    widths = parts.integers(table.loc[table["quantity"] == "mean", "width"])
    panels = "a" if len(widths) == 1 else f"a to {'abc'[len(widths) - 1]}"
    seeds = table["seeds"].dropna()
    chance = ", and the dotted line is the squared bias that so many unbiased ones have by chance"
    output = " of output 0" if table["outputs"].iloc[0] > 1 else ""
    return (
        f"{panels}: mean and standard deviation over initialisations{output} after"
        f" {parts.steps_words(parts.last_step(table))}, less theory's mean; each panel has"
        f" its own scale. {'abcd'[len(widths)]}: mean over seeds and test points of (network -"
        " theory's mean)², as the sum of the squared bias of the ensemble's mean and the variance"
        f" about it. Ensembles have {parts.count_words(seeds)}{chance * int(seeds.max() > 1)}."
    )


def finding(table: pd.DataFrame) -> str:
    step = parts.steps_words(parts.last_step(table))
    bias = table[table["quantity"] == "bias_squared"]
    text = parts.listed(
        f"{number(value**0.5, 2)} at width {power(width)}"
        for width, value in parts.ends(bias["width"], bias["value"])
    )
    text = f"After {step} the mean of the networks is {text} from theory's mean"
    variance = table[(table["quantity"] == "variance") & (table["seeds"] > 1)]
    if variance.empty:
        return text + "."
    # The variance divides by the number of seeds S: S / (S - 1) makes it comparable to theory's.
    unbiased = variance["value"] * variance["seeds"] / (variance["seeds"] - 1)
    spread = parts.listed(
        f"{number(value**0.5, 2)} at width {power(width)}"
        for width, value in parts.ends(variance["width"], unbiased)
    )
    expected = table.loc[table["quantity"] == "theory_variance", "value"].iloc[0]
    seeds = int(variance["seeds"].max())
    alone = (expected / seeds) ** 0.5
    return (
        f"{text}, where {seeds} seeds alone leave {number(alone, 2)}, and their standard deviation"
        f" is {spread}, where theory says {number(expected**0.5, 2)} (root mean squares over test"
        " points)."
    )
