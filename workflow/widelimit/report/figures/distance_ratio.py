"""Distance: measured over predicted, start and movement apart, by width and step."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from widelimit.report.figures import against_width, choices, style, words
from widelimit.report.figures.study_points import of_study
from widelimit.report.numbers import fixed, power
from widelimit.tables.columns import SEEDS, STEP, WIDTH, Table, real, text

TITLE = "Measured over predicted"

START, MOVEMENT = "start", "movement"
PANELS = {START: "Kernel at the start", MOVEMENT: "Movement of the kernel"}
WIDEST_MARGIN = 0.5
LIMITS = 0.4, 2.5

TABLE = Table(
    "figures/distance_ratio.parquet",
    "one ratio of measured to predicted at one width and step",
    (
        text(
            "quantity",
            "start: root mean square over seeds and test points; movement: mean over seeds of"
            " movement_along_predicted",
        ),
        STEP,
        WIDTH,
        real("ratio", "measured / predicted"),
        real(
            "margin",
            "two standard errors: of the mean over seeds, and of the theory's sampling",
            "fewer than two seeds",
        ),
        SEEDS.but(meaning="networks behind it"),
    ),
)


def summarise(metrics: pd.DataFrame) -> pd.DataFrame:
    """Both ratios with two standard errors; none of a movement for which theory has no number."""
    rows, by = of_study(metrics), ["step", "width"]

    def of_metric(name: str) -> pd.Series:
        return rows[rows["metric"] == name].set_index(by)["value"].astype(float)

    along = of_metric("movement_along_predicted").groupby(by)
    sampling = of_metric("predicted_distance_movement_error").div(
        of_metric("predicted_distance_movement")
    )
    seeds = along.count()
    error = np.hypot(along.std() / np.sqrt(seeds), sampling.reindex(seeds.index))
    movement = pd.DataFrame({"ratio": along.mean(), "margin": 2 * error})
    start = pd.DataFrame({"ratio": of_metric("start_over_predicted")})
    # Of single networks there is no error.
    start["margin"] = 2 * of_metric("start_over_predicted_error")
    table = pd.concat({START: start, MOVEMENT: movement}, names=["quantity"]).reset_index()
    networks = of_metric("distance_start").groupby(by).count().rename("seeds")
    return TABLE.arrange(table.join(networks, on=by))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, panels = style.row(3.4, *PANELS.values(), sharey=True)
    steps = choices.distinct(table["step"])
    for axes, quantity in zip(panels, PANELS, strict=True):
        _draw(axes, table[table["quantity"] == quantity], steps)
        against_width.width_axis(axes, choices.distinct(table["width"]))
    panels[0].set_ylabel("measured / predicted")
    looks = {
        words.steps(step): {"color": style.step_colour(step, steps), "marker": "o", "markersize": 3}
        for step in steps
    }
    style.key(figure, looks)
    return figure


def _draw(axes: Axes, table: pd.DataFrame, steps: list[int]):
    axes.set_yscale("log")
    ticks = [0.5, 0.75, 1, 1.33, 2]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(*LIMITS)
    axes.axhspan(0.9, 1.1, color=style.LIGHT, zorder=0)
    axes.axhline(1, color=style.THEORY, linestyle=style.DASHED, linewidth=1.1)
    if told(table).empty:
        words_there = {"transform": axes.transAxes, "ha": "center", "color": style.GREY}
        axes.text(0.5, 0.8, f"no ratio is known to ± {WIDEST_MARGIN}", **words_there)
    for place, step in enumerate(steps):
        rows = told(table[table["step"] == step])
        # Side by side, so that bars do not hide each other.
        x = rows["width"].astype(float) * 2 ** (0.16 * (place - (len(steps) - 1) / 2))
        look = {"color": style.step_colour(step, steps), "linewidth": 0.9, "markersize": 2.6}
        margin = rows["margin"].fillna(0.0)
        low = np.minimum(margin, rows["ratio"] - LIMITS[0] / 2)
        axes.errorbar(x, rows["ratio"], (low, margin), fmt="o", **look)


def told(table: pd.DataFrame) -> pd.DataFrame:
    """The ratios that the networks of the study can tell from 0 and from 2, or nearly so."""
    return table[~(table["margin"] > WIDEST_MARGIN) & (table["ratio"] > 0)]


def caption(table: pd.DataFrame) -> str:
    left = len(table) - len(told(table))
    omitted = f" {left} ratios known to no better than ± {WIDEST_MARGIN} are not drawn."
    return (
        "a: root mean square over seeds and test points. b: the part of the networks' mean movement"
        f" that lies along the predicted curve. Bars: two standard errors of"
        f" {words.seeds(table['seeds'])}; grey: within a tenth.\nIn b sign and shape must agree"
        f" too.{omitted * bool(left)}"
    )


def finding(table: pd.DataFrame) -> str:
    parts = []
    for quantity, name in ((START, "the start"), (MOVEMENT, "the movement")):
        known = told(table[table["quantity"] == quantity]).dropna(subset="margin")
        if len(known):
            last = known.sort_values(["step", "width"]).iloc[-1]
            near = int(((known["ratio"] - 1).abs() <= known["margin"].clip(lower=0.1)).sum())
            parts.append(
                f"{fixed(last['ratio'])} ± {fixed(last['margin'])} for {name} at width"
                f" {power(int(last['width']))} after {words.steps(last['step'])} ({near} of"
                f" {len(known)} ratios are 1 within a tenth or two standard errors)"
            )
    if not parts:
        return "There are too few networks to compare theory with."
    return f"Measured over predicted is {words.listed(parts)}."
