"""The figure: what each method costs, and how the circle engine's cost grows with the width."""

import pandas as pd

from benchmarks.cases import FIRST_STEPS, MANY_STEPS
from widelimit.report.figures import against_width, style
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import fixed, power

METHODS = {
    "numpy": ("NumPy by hand", style.GREY, "D"),
    "pytorch": ("PyTorch SGD", style.ORANGE, "s"),
    "jax": ("JAX fori_loop", style.GREEN, "^"),
    "neural_tangents": ("neural-tangents", style.GREEN, "v"),
    "scikit_learn": ("scikit-learn", style.ORANGE, "P"),
    "gemm": ("DGEMM alone", style.GREY, "|"),
    "product": ("X X' alone", style.GREY, "x"),
    "write": ("writing alone", style.GREY, "_"),
    "dense": ("dense engine", style.PURPLE, "o"),
    "circle": ("circle engine", style.SKY, "o"),
    "widelimit": ("widelimit's Gram", style.PURPLE, "s"),
}
"""Name, colour and marker."""

POINTS = ((style.SKY, "o"), (style.PURPLE, "s"))


def case_words(row) -> str:
    """2¹², n = 20, d = 2; a Gram matrix by its kernel."""
    if row.experiment == "gram_gaussian":
        return f"Gaussian kernel, n = {power(row.points)}"
    if row.experiment == "gram_ntk":
        name = {"relu": "ReLU", "gelu": "GELU"}.get(row.activation, row.activation)
        layers = "" if row.depth == 1 else f" of {int(row.depth)} layers"
        return f"{name} NTK{layers}, n = {power(row.points)}"
    kind = "" if row.activation == "relu" else f", {row.activation}"
    return f"k = {power(int(row.width))}, n = {row.points}, d = {row.dimension}{kind}"


@style.context()
def draw(costs: pd.DataFrame, widths: pd.DataFrame, exponents: pd.DataFrame):
    figure = style.figure(5.2)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _draw_costs(left, costs)
    _draw_widths(right, widths, exponents)
    return figure


def _draw_costs(axes, costs: pd.DataFrame):
    words = [case_words(row) for row in costs.itertuples()]
    names = list(dict.fromkeys(words))
    at = pd.Series([names.index(name) for name in words], index=costs.index)
    axes.axvline(1, color=style.INK, linewidth=0.8, zorder=1)
    for method, (label, colour, marker) in METHODS.items():
        rows = costs[costs["method"] == method]
        for long, fill in ((False, colour), (True, "white")):
            dots = rows[rows["long"] == long]
            if dots.empty:
                continue
            axes.plot(
                dots["centre"],
                at[dots.index],
                marker,
                color=colour,
                markerfacecolor=fill,
                markersize=5,
                label=label + ", mean of 10⁵ steps" * long,
            )
            axes.hlines(at[dots.index], dots["lower"], dots["upper"], color=colour, linewidth=1)
    style.log_scale(axes, "x")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("cost of a step, in multiples of widelimit's own")
    style.panel(axes, "a", "What a step, or a Gram matrix, costs")
    figure = axes.get_figure()
    figure.legend(loc="outside lower left", ncols=4)


def _draw_widths(axes, widths: pd.DataFrame, exponents: pd.DataFrame):
    ends = []
    for (colour, marker), (points, rows) in zip(POINTS, widths.groupby("points"), strict=False):
        for steps, line in ((FIRST_STEPS, style.DASHED), (MANY_STEPS, "-")):
            curve = rows[rows["steps"] == steps].sort_values("width")
            axes.plot(curve["width"], curve["cost"], marker, linestyle=line, color=colour)
            text = f"n = {points}, {power(steps)}"
            fit = exponents.query("points == @points and steps == @steps")
            if len(fit):
                text += f"\nslope {fixed(fit['slope'].iloc[0])}"
            ends.append(End(*curve[["width", "cost"]].iloc[-1], text, colour))
    style.log_scale(axes)
    against_width.width_axis(axes, widths["width"])
    axes.set_ylabel("cost of a step, relative")
    style.panel(axes, "b", "Circle engine against width")
    against_width.slope_guides(axes, 0.5, "slope 1/2")
    label_ends({axes: ends}, size=7)
