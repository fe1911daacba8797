"""Step 7: the ensemble over initialisations against theory, bias and spread apart."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, study_points, style, words
from widelimit.report.figures.labels import End, label_ends, level
from widelimit.report.numbers import number, power
from widelimit.tables.columns import INDEX, SEEDS, STEP, WIDTH, Table, large_count, real, text

TITLE = "The ensemble over initialisations: bias and spread"

TABLE = Table(
    "figures/step7_ensemble.parquet",
    "one number of the ensemble or of theory, at the last step",
    (
        text(
            "quantity",
            "mean or std at one test point (theory's where width is missing), or bias_squared,"
            " variance, theory_variance: their means over the test points; bias_paired and"
            " bias_paired_error: as in metrics.parquet; movement: predicted_distance_movement of"
            " metrics.parquet",
        ),
        STEP,
        WIDTH.but(null="theory"),
        INDEX.but(null="a mean over the test points"),
        *study_points.POSITION,
        real("value", "the number; output 0 at one test point"),
        SEEDS.but(meaning="networks in the ensemble", null="theory"),
        large_count("outputs", "outputs that a network of the study has"),
    ),
)

MEANS = {
    "ensemble_bias_squared": "bias_squared",
    "ensemble_variance": "variance",
    "ensemble_bias_paired": "bias_paired",
    "ensemble_bias_paired_error": "bias_paired_error",
    "predicted_distance_movement": "movement",
}
"""What the metrics are called here."""

PANELS = 3
"""Widths at most that are shown point by point."""
NETWORKS = style.NTK
"""The colour of networks, at every width: here they differ from theory, not from each other."""
LOOKS = {
    "bias_squared": ("bias²", {"marker": "o"}),
    "variance": ("variance", {"marker": "s", "markerfacecolor": "white", "linewidth": 1}),
}
"""Names and markers of the two parts of the distance."""


def summarise(
    data: pd.DataFrame,
    predictions: pd.DataFrame,
    theory: pd.DataFrame,
    metrics: pd.DataFrame,
) -> pd.DataFrame:
    """Mean and standard deviation of some widths; bias and variance of all.

    Test points without an order of their own are placed by theory's mean.
    """
    networks = predictions[predictions["model"] == "network"]
    step = study_points.last_finite_step(predictions)
    networks = networks[(networks["step"] == step) & networks["f"].notna()]
    limit = theory[(theory["model"] == "ntk") & (theory["step"] == step)]
    first = limit[limit["output"] == 0]
    pointwise = pd.concat([_ensemble(networks), _melted(first)])
    points = study_points.locate_tests(data)
    if points["axis"].eq("none").any():
        position = points["index"].map(first.set_index("index")["mean"])
        points = points.assign(axis="mean", position=position)
    pointwise = pointwise.merge(points, on="index").sort_values(["quantity", "width", "position"])
    metrics = study_points.of_study(metrics)
    means = metrics[metrics["step"].eq(step) & metrics["metric"].isin(MEANS)].sort_values("width")
    means = means[["width", "value"]].assign(quantity=means["metric"].map(MEANS))
    spread = pd.DataFrame({"quantity": ["theory_variance"], "value": [np.mean(limit["std"] ** 2)]})
    table = pd.concat([pointwise, means, spread]).fillna({"axis": "none"})
    seeds = table["width"].map(networks.groupby("width")["seed"].nunique())
    return TABLE.arrange(table.assign(step=step, seeds=seeds, outputs=study_points.outputs(data)))


def _ensemble(networks: pd.DataFrame) -> pd.DataFrame:
    # The standard deviation of one network is missing, not 0.
    chosen = networks["width"].isin(choices.thin(networks["width"], PANELS))
    each = networks[chosen & networks["output"].eq(0)].groupby(["width", "index"])["f"]
    return _melted(pd.DataFrame({"mean": each.mean(), "std": each.std()}).reset_index())


def _melted(wide: pd.DataFrame) -> pd.DataFrame:
    keys = [name for name in ("width", "index") if name in wide]
    return wide.melt(keys, ["mean", "std"], var_name="quantity").dropna(subset="value")


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    pointwise = table[table["quantity"].isin(("mean", "std"))]
    widths = choices.distinct(pointwise["width"])
    figure = style.figure(5.0)
    above, below = figure.subfigures(2, 1, height_ratios=(1.12, 1))
    grid = above.subplots(1, len(widths), sharex=True, sharey=True, squeeze=False)[0]
    curves = pointwise.pivot(index=["width", "index"], columns="quantity", values="value")
    curves = curves.reindex(columns=["mean", "std"])
    points = pointwise.drop_duplicates("index").set_index("index")
    axis = points["axis"].iloc[0]
    theory = curves.loc[np.nan].join(points["position"]).sort_values("position")
    shape = _points if axis == "mean" else _band
    for axes, width, letter in zip(grid, widths, "abc", strict=False):
        ensemble = curves.loc[width].reindex(theory.index)
        bias = ensemble["mean"] - theory["mean"]
        x = theory["position"]
        shape(axes, x, 0 * bias, theory["std"], style.THEORY, "theory", style.DASHED)
        shape(axes, x, bias, ensemble["std"], NETWORKS, "networks", "-")
        axes.set_xlabel(study_points.AXIS_LABELS[axis])
        style.panel(axes, letter, f"$k$ = {power(width)}")
    grid[0].set_ylabel("output − theory's mean")
    handles, labels = grid[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside upper center", ncols=len(handles))
    _decompose(below.subplots(), table, "abcd"[len(widths)])
    return figure


def _band(axes: Axes, x, mean, std, colour, name, dash):
    width = 1.2 if dash != "-" else 1.5
    axes.plot(x, mean, color=colour, linestyle=dash, linewidth=width, label=f"mean of {name}")
    if std.notna().any():
        look = {"color": colour, "alpha": 0.22, "linewidth": 0}
        axes.fill_between(x, mean - std, mean + std, label="± std", **look)


def _points(axes: Axes, x, mean, std, colour, name, dash):
    if dash == "-":
        axes.plot(x, mean, "o", color=colour, markersize=2, label=f"mean of {name}")
    else:
        axes.axhline(0, color=colour, linestyle=dash, linewidth=1.2, label=f"mean of {name}")
    if std.notna().any():
        look = {"color": colour, "alpha": 0.35, "linewidth": 0.8}
        axes.vlines(x, mean - std, mean + std, label="± std", **look)


def _decompose(axes: Axes, table: pd.DataFrame, letter: str):
    """Bias and variance against width, with what theory says of the second."""
    ends = []
    for quantity, (name, look) in LOOKS.items():
        curve = table[(table["quantity"] == quantity) & (table["value"] > 0)]
        if len(curve):
            x = curve["width"].astype(float)
            axes.plot(x, curve["value"], color=NETWORKS, markersize=3.5, **look)
            ends.append(End(x.iloc[-1], curve["value"].iloc[-1], name, NETWORKS))
    style.log_scale(axes)
    against_width.width_axis(axes, choices.distinct(table["width"]))
    expected, seeds = _expected(table), int(table["seeds"].max())
    movement = table[table["quantity"] == "movement"].sort_values("width")
    bias = movement["value"] ** 2 + expected / seeds
    dashed = {"color": style.THEORY, "linestyle": style.DASHED, "linewidth": 1.1}
    axes.plot(movement["width"].astype(float), bias, **dashed)
    levels = [(expected, "theory's variance", style.THEORY, style.DASHED)]
    if seeds > 1:
        levels.append((expected / seeds, f"theory's variance / {seeds}", style.GREY, style.DOTTED))
    for value, name, colour, dash in levels:
        if value > 0:
            line = {"linewidth": 1.1, "zorder": 1.5, "linestyle": dash}
            ends.append(level(axes, value, name, colour, **line))
    axes.set_ylabel("mean over test points")
    style.panel(axes, letter, "Squared distance from theory's mean")
    label_ends({axes: ends})


def _expected(table: pd.DataFrame) -> float:
    return table.loc[table["quantity"] == "theory_variance", "value"].iloc[0]


def caption(table: pd.DataFrame) -> str:
    widths = choices.distinct(table.loc[table["quantity"] == "mean", "width"])
    panels = "a" if len(widths) == 1 else f"a to {'abc'[len(widths) - 1]}"
    seeds = table["seeds"].dropna()
    lines = ""
    if seeds.max() > 1:
        lines += "; dotted: the squared bias that as many unbiased ones have by chance"
    if table["quantity"].eq("movement").any():
        lines += "; dashed: theory, for the squared bias the predicted movement² and chance"
    output = " of output 0" if table["outputs"].iloc[0] > 1 else ""
    return (
        f"Networks from {words.seeds(seeds)} beside infinitely wide ones after"
        f" {words.steps(choices.last_step(table))}.\n{panels}: mean and standard deviation over"
        f" initialisations{output}, less theory's mean. {'abcd'[len(widths)]}:"
        " squared distance from theory's mean, averaged over seeds and test points, as the sum of"
        f" the ensemble mean's squared bias and the variance about it{lines}."
    )


def _paired(table: pd.DataFrame) -> str:
    """What is left of the bias without the noise of the start, and how sure it is."""
    bias, error = (
        table[table["quantity"] == name].set_index("width")["value"]
        for name in ("bias_paired", "bias_paired_error")
    )
    if bias.empty or (width := bias.index.max()) not in error.index:
        return ""
    sure, seeds = bias[width] / error[width], int(table["seeds"].max())
    return (
        f" Each network less its own corrected prediction, which takes the noise of the start away,"
        f" leaves a mean of {number(bias[width], 2)} ± {number(error[width], 2)} at width"
        f" {power(int(width))}: {number(sure, 2)} standard errors of {words.seeds([seeds])}. The"
        " kernel's movement makes it; it shrinks with the width, not with more seeds."
    )


def finding(table: pd.DataFrame) -> str:
    def root(square: float) -> str:
        return number(square**0.5, 2)

    bias = table[table["quantity"] == "bias_squared"]
    text = (
        f"After {words.steps(choices.last_step(table))} the mean of the networks is"
        f" {words.by_width(bias['width'], bias['value'], root)} from theory's mean"
    )
    variance = table[(table["quantity"] == "variance") & (table["seeds"] > 1)]
    if variance.empty:
        return text + "."
    # The variance divides by the number of seeds S: S / (S - 1) makes it comparable to theory's.
    unbiased = variance["value"] * variance["seeds"] / (variance["seeds"] - 1)
    expected, seeds = _expected(table), int(variance["seeds"].max())
    return (
        f"{text}, where chance alone leaves {root(expected / seeds)} with {seeds} seeds, and their"
        f" standard deviation is {words.by_width(variance['width'], unbiased, root)}, where theory"
        f" says {root(expected)} (root mean squares over test points).{_paired(table)}"
    )
