"""Step 1: where gradient descent ends up, against its learning rate, for several spectra."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.figures.descent_axes import clipped, distance_axis
from widelimit.report.numbers import number
from widelimit.tables.linear_regression import TABLES

TITLE = "The threshold of the learning rate"

TABLE = TABLES["threshold"].but(
    path="figures/step1_threshold.parquet",
    columns=(*TABLES["threshold"].columns, *TABLES["spectra"].pick("lower", "upper")),
)

OTHERS = {
    "gaussian": (style.GREEN, "Gaussian points"),
    "deficient": (style.PURPLE, "rank-deficient"),
}


def summarise(threshold: pd.DataFrame, spectra: pd.DataFrame) -> pd.DataFrame:
    ranges = spectra[["spectrum", "lower", "upper"]]
    return TABLE.arrange(threshold.merge(ranges, on="spectrum", validate="many_to_one"))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    last = table[table["step"] == choices.last_step(table)]
    looks, shown = _looks(last), _second(table)
    titles = (
        f"{words.steps(choices.last_step(table))}, several spectra",
        f"{looks[shown][1]}, more and more steps",
    )
    figure, (left, right) = style.row(3.7, *titles, sharey=True)
    for name, rows in last.groupby("spectrum", sort=False):
        _draw_curve(left, rows, looks[name][0])
    rows = table[table["spectrum"] == shown]
    steps = choices.distinct(rows["step"])
    colours = {step: style.step_colour(step, steps) for step in steps}
    for step, colour in colours.items():
        _draw_curve(right, rows[rows["step"] == step], colour)
    for axes in (left, right):
        distance_axis(axes)
        axes.set_xlim(table["relative_learning_rate"].min(), table["relative_learning_rate"].max())
        axes.set_xlabel(r"learning rate times largest eigenvalue, $\eta\,\sigma_1^2$")
        for end in (0, 2):
            axes.axvline(end, color=style.THEORY, linewidth=1, linestyle=style.DASHED)
    left.set_ylabel(r"distance $|w_T - X^+y| \, / \, |X^+y|$")
    by_step = {words.steps(step): {"color": colour} for step, colour in colours.items()}
    style.key(right, by_step, loc="upper center", ncols=1)
    marks = {"marker": "o", "markersize": 2.5}
    style.key(figure, {label: {"color": c} | marks for c, label in looks.values()}, ncols=4)
    return figure


def _draw_curve(axes: Axes, rows: pd.DataFrame, colour):
    """Closed form as a line, what the steps gave as dots."""
    x = rows["relative_learning_rate"]
    axes.plot(x, clipped(rows["closed_form"]), color=colour, linewidth=1)
    axes.plot(x, clipped(rows["distance"]), "o", color=colour, markersize=1.8)


def _looks(table: pd.DataFrame) -> dict[str, tuple]:
    """Colour and label of each spectrum."""
    kappas = table.drop_duplicates("spectrum").set_index("spectrum")["condition_number"]
    family = kappas[~kappas.index.isin(OTHERS)]
    return {
        name: OTHERS.get(name)
        or (style.shade(kappa, family), rf"$\sigma_1^2/\sigma_d^2$ = {number(kappa)}")
        for name, kappa in kappas.items()
    }


def _second(table: pd.DataFrame) -> str:
    """The spectrum of panel b: the second smallest condition number, or the only one."""
    family = table[~table["spectrum"].isin(OTHERS)].drop_duplicates("spectrum")
    names = family.sort_values("condition_number")["spectrum"].tolist()
    return names[min(1, len(names) - 1)]


def caption(table: pd.DataFrame) -> str:
    steps = choices.distinct(table["step"])
    kappa = table.drop_duplicates("spectrum").set_index("spectrum")["condition_number"]
    return (
        "Distance of gradient descent from the minimum-norm solution against the learning rate in"
        " units of the largest eigenvalue. Dots: step by step from 0; lines: closed form; dashed: 0"
        f" and 2.\na: {len(kappa)} spectra after {words.steps(steps[-1])}: eigenvalues even in the"
        " logarithm, Gaussian points (condition number"
        f" {number(kappa['gaussian'], 3)}), a matrix of half the rank. b: one spectrum after"
        f" {words.listed(f'{step}' for step in steps)} steps."
    )


def finding(table: pd.DataFrame) -> str:
    ranges = table.drop_duplicates("spectrum")
    step = choices.last_step(table)
    last = table[table["step"] == step]
    inside = last["relative_learning_rate"].gt(0) & last["relative_learning_rate"].lt(2)
    outside = last["relative_learning_rate"].lt(0) | last["relative_learning_rate"].gt(2)
    nearer = (last.loc[inside, "distance"] < 1).sum()
    low, high = (float(np.abs(ranges[n] - at).max()) for n, at in (("lower", 0), ("upper", 2)))
    return (
        f"After {words.steps(step)}, {nearer} of {inside.sum()} runs with 0 < ησ₁² < 2 are nearer"
        f" to the solution than at the start, and {(last.loc[outside, 'distance'] > 1).sum()} of"
        f" {outside.sum()} runs outside are farther away. Bisection on the steps themselves finds"
        f" the ends of the stable range within {number(low, 2)} of 0 and {number(high, 2)} of 2,"
        f" for all {len(ranges)} spectra."
    )
