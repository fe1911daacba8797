"""Step 5: discrete gradient descent against gradient flow, over steps."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.figures import step5_common as common
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Discrete gradient descent against gradient flow"

DISCRETE, FLOW = "rmse_network_vs_empirical_ntk", "rmse_network_vs_empirical_ntk_flow"
THEORY = "rmse_descent_vs_flow"
ORDER = "descent_vs_flow_order"

TABLE = Table(
    "figures/step5_flow.parquet",
    "one distance after one number of steps",
    (
        Column(
            "metric",
            pa.string(),
            f"as in metrics.parquet; {THEORY}: the two predictions from the limit NTK and f_0 = 0",
        ),
        Column(
            "relative_learning_rate",
            pa.float64(),
            "eta / (2 / lambda_max)",
            null="that of the trained networks",
        ),
        Column("time", pa.float64(), "eta T", null="networks"),
        Column("step", pa.int64(), "steps T", "count", null="has none"),
        parts.WIDTH,
        *parts.BAND,
    ),
)


def summarise(metrics: pd.DataFrame, flow: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Both predictions at every learning rate, and networks of the greatest width against both."""
    rows = metrics[metrics["metric"].isin((DISCRETE, FLOW))]
    rows = rows[rows["width"] == rows["width"].max()]
    networks = parts.band(rows, ["metric", "step", "width"], quantiles)
    order = metrics[metrics["metric"] == ORDER]
    lower, upper = quantiles
    exact = pd.concat([flow.assign(metric=THEORY, value=flow["rmse"]), order])
    exact = exact.assign(
        centre=exact["value"],
        lower=exact["value"],
        upper=exact["value"],
        seeds=1,
        lower_level=lower,
        upper_level=upper,
    )
    return parts.arrange(pd.concat([exact, networks]), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.1)
    left, right = figure.subplots(1, 2)
    theory = table[table["metric"] == THEORY]
    rates = sorted(theory["relative_learning_rate"].unique())
    for rate, rows in theory.groupby("relative_learning_rate"):
        colour = style.step_colour(rate / rates[0], [other / rates[0] for other in rates])
        left.plot(rows["time"], rows["centre"], color=colour, label=f"{rate:g}")
    style.log_scale(left, "xy")
    peaks = theory.groupby("relative_learning_rate")["centre"].max()
    left.set_ylim(peaks.min() / 30, peaks.max() * 3)
    # The curves fall to the right: its upper corner is free.
    left.legend(
        title=r"$\eta\,\lambda_{\max}/2$", title_fontsize=7.5, loc="upper right", reverse=True
    )
    left.set_xlabel("time $\\eta T$")
    left.set_ylabel("distance (root mean square)")
    style.panel(left, "a", "Steps against flow, by learning rate")
    labels = []
    for metric, text, colour, look in (
        (FLOW, "network vs\ngradient flow", style.NNGP, {"linestyle": "--", "marker": "s"}),
        (DISCRETE, "network vs\ndiscrete steps", style.NTK, {}),
    ):
        rows = table[table["metric"] == metric]
        end = common.draw_band(right, rows, colour, x="step", **look)
        labels.append(style.End(end.x, end.y, text, colour))
    width = int(table["width"].max())
    style.log_scale(right, "xy")
    right.set_xlabel("training steps $T$")
    style.panel(right, "b", f"Trained networks, $k$ = {power(width)}")
    style.label_ends(right, labels)
    return figure


def caption(table: pd.DataFrame) -> str:
    rows = table[table["metric"].isin((DISCRETE, FLOW))]
    return (
        "a: root mean square difference over the test points between the prediction for T discrete"
        " steps and that of gradient flow for the time ηT, both from the limit NTK and f₀ = 0, for"
        " several learning rates in units of the stability bound"
        " 2/λmax. b: distance of trained networks from the two predictions of their own NTK and"
        f" f₀, at the same step; {parts.band_words(rows)}."
    )


def finding(table: pd.DataFrame) -> str:
    largest = table[table["metric"] == THEORY].groupby("relative_learning_rate")["centre"].max()
    order = table.loc[table["metric"] == ORDER, "centre"].iloc[0]
    both = table[table["metric"].isin((DISCRETE, FLOW))]
    wide = both.pivot(index="step", columns="metric", values="centre")
    ratio = wide[FLOW] / wide[DISCRETE]
    step = int(ratio.astype(float).idxmax())
    tops = parts.listed(
        f"{number(value, 2)} at {rate:g} of the bound"
        for rate, value in ((rate, largest[rate]) for rate in largest.index[[0, -1]])
    )
    discrete, flow = (number(wide.loc[step, metric], 2) for metric in (DISCRETE, FLOW))
    return (
        f"The two predictions differ by at most {tops}; between the two smallest learning rates"
        f" that grows as η to the power {fixed(order)}. After {parts.steps_words(step)} trained"
        f" networks are {discrete} from the prediction for discrete steps and {flow} from that of"
        " the flow (medians)."
    )
