"""Step 5: the linearised network, its prediction with f_0, and the prediction without."""

from __future__ import annotations

import pandas as pd

from widelimit.report.figures import parts, style
from widelimit.report.figures import step5_common as common
from widelimit.report.numbers import at_most, number, power
from widelimit.tables.schemas import Table

TITLE = "The linearised network, and what ignoring f₀ costs"

LINEARISED = "rmse_linearised_vs_empirical_ntk"
NETWORK = "rmse_network_vs_empirical_ntk"
UNCORRECTED = "rmse_network_vs_empirical_ntk_uncorrected"
COST, COST_TRAIN = "rmse_ignoring_f0", "rmse_ignoring_f0_train"
ENSEMBLE, ENSEMBLE_TRAIN = "rmse_ignoring_f0_ensemble", "rmse_ignoring_f0_train_ensemble"
LIMIT, LIMIT_TRAIN = "rmse_ignoring_f0_limit", "rmse_ignoring_f0_train_limit"

TABLE = Table(
    "figures/step5_linearised.parquet",
    "one distance at one step and width, over seeds; that of a limit has no width",
    (common.METRIC, parts.STEP, parts.WIDTH, *parts.BAND, *common.SLOPE),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Distances of networks at their last step; the cost of f_0 at the widest, at all steps."""
    trained = metrics[metrics["metric"].isin((LINEARISED, NETWORK, UNCORRECTED))]
    trained = trained[trained["step"] == parts.last_step(trained)]
    cost = (COST, COST_TRAIN, ENSEMBLE, ENSEMBLE_TRAIN, LIMIT, LIMIT_TRAIN)
    rows = metrics[metrics["metric"].isin(cost)]
    rows = rows[rows["width"].isna() | rows["width"].eq(trained["width"].max())]
    names = [LINEARISED, NETWORK, UNCORRECTED, *cost]
    table = common.curves(pd.concat([trained, rows]), slopes, names, "step", quantiles)
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.2)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    step = parts.last_step(table[table["metric"] == NETWORK])
    ends = []
    for metric, text, colour, look in (
        (UNCORRECTED, "network vs\nprediction without $f_0$", style.NNGP, {"linestyle": "--"}),
        (NETWORK, "network vs\nprediction with $f_0$", style.NTK, {}),
        (LINEARISED, "linearised network vs\nprediction with $f_0$", style.GREEN, {"marker": "s"}),
    ):
        end = common.draw_band(left, table[table["metric"] == metric], colour, **look)
        ends.append(style.End(end.x, end.y, text, colour))
    style.log_scale(left)
    style.width_axis(left, parts.integers(table["width"]), most=5)
    left.set_ylabel("distance (root mean square)")
    style.panel(left, "a", f"After {parts.steps_words(step)}")
    width = table["width"].max()
    of = {name: rows.sort_values("step") for name, rows in table.groupby("metric")}
    top = of[COST]["upper"].max()
    floor = max(of[LIMIT_TRAIN]["centre"].min() / 3, top / 1e5)
    for metric, ensemble, limit, text, colour, marker, place in (
        (COST, ENSEMBLE, LIMIT, "test points", style.NNGP, "o", (0, 8)),
        (COST_TRAIN, ENSEMBLE_TRAIN, LIMIT_TRAIN, "training points", style.ORANGE, "s", (-8, 0)),
    ):
        steps = of[metric]["step"].astype(float)
        bounds = (of[metric][name].astype(float) for name in ("lower", "upper"))
        right.fill_between(steps, *bounds, color=colour, alpha=style.BAND_ALPHA, linewidth=0)
        right.plot(steps, of[ensemble]["centre"], marker, color=colour)
        right.plot(steps, of[limit]["centre"], color=style.THEORY, linewidth=1)
        last = of[ensemble][of[ensemble]["centre"] > 4 * floor].iloc[-1]
        right.annotate(
            text,
            (float(last["step"]), last["centre"]),
            place,
            textcoords="offset points",
            color=colour,
            fontsize=7.5,
            ha="right",
            va="center",
        )
    style.log_scale(right, "xy")
    right.set_ylim(floor, 2 * top)
    right.set_xlabel("training steps")
    style.panel(right, "b", f"Cost of ignoring $f_0$, $k$ = {power(int(width))}")
    style.label_ends(left, ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    bands = table[table["metric"].isin((LINEARISED, NETWORK, UNCORRECTED, COST, COST_TRAIN))]
    return (
        "a: root mean square distance, over the test points, of networks and of their"
        " linearisations from the prediction of the network's own empirical NTK, once from f₀, once"
        " with f₀ set to zero. b: distance between those two predictions at the widest width, on"
        " test and on training points, over the steps; markers are root mean squares over seeds,"
        " black lines the same at infinite width, which is the standard deviation of the ensemble."
        f" In a, {parts.band_words(bands)}; the bands of b are the same quantiles."
    )


def finding(table: pd.DataFrame) -> str:
    of = dict(iter(table.groupby("metric")))
    largest = of[LINEARISED]["upper"].max()
    said = {}
    for metric in (NETWORK, UNCORRECTED):
        row = common.last(of[metric])
        slope = parts.slope_words(row)
        said[metric] = f"{number(row['centre'], 2)}" + f" ({slope})" * bool(slope)
    step, width = parts.last_step(of[NETWORK]), int(table["width"].max())
    longest = parts.last_step(of[LIMIT])
    cost, limit = (
        number(common.last(of[metric], "step")["centre"], 2) for metric in (ENSEMBLE, LIMIT)
    )
    return (
        f"After {parts.steps_words(step)} the linearised networks are {at_most(largest)} from the"
        f" prediction of their own NTK; the trained networks of width {power(width)} are, in the"
        f" median, {said[NETWORK]} from it, and {said[UNCORRECTED]} from the prediction without f₀."
        f" On the test points f₀ still counts for {cost} after {parts.steps_words(longest)}"
        f" (root mean square; {limit} at infinite width)."
    )
