"""Step 5: discrete gradient descent against gradient flow, over steps."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import bands, style, words
from widelimit.report.figures.labels import label_ends
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table
from widelimit.tables.tangent import TABLES

TITLE = "Discrete gradient descent against gradient flow"

DISCRETE, FLOW = "rmse_network_vs_empirical_ntk", "rmse_network_vs_empirical_ntk_flow"
THEORY = "rmse_descent_vs_flow"
ORDER = "descent_vs_flow_order"

RATE, TIME = TABLES["flow"].pick("relative_learning_rate", "time")

TABLE = Table(
    "figures/step5_flow.parquet",
    "one distance after one number of steps",
    (
        METRIC.but(
            meaning=f"as in metrics.parquet; {THEORY}: the two predictions from the limit NTK and"
            " f_0 = 0"
        ),
        RATE.but(null="that of the trained networks"),
        TIME.but(null="networks"),
        STEP.but(null="has none"),
        WIDTH.but(null="has none"),
        *BAND,
    ),
)


def summarise(metrics: pd.DataFrame, flow: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Both predictions at every learning rate, and networks of the greatest width against both."""
    rows = metrics[metrics["metric"].isin((DISCRETE, FLOW))]
    rows = rows[rows["width"] == rows["width"].max()]
    theory = flow.assign(metric=THEORY, value=flow["rmse"])
    rows = pd.concat([theory, metrics[metrics["metric"] == ORDER], rows])
    by = ["metric", "relative_learning_rate", "time", "step", "width"]
    return TABLE.arrange(bands.summarise(rows, by, quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    width = power(int(table["width"].max()))
    titles = ("Steps against flow, by learning rate", f"Trained networks, $k$ = {width}")
    figure, (left, right) = style.row(3.1, *titles)
    theory = table[table["metric"] == THEORY]
    rates = sorted(theory["relative_learning_rate"].unique())
    for rate, rows in theory.groupby("relative_learning_rate"):
        colour = style.step_colour(rate / rates[0], [other / rates[0] for other in rates])
        left.plot(rows["time"], rows["centre"], color=colour, label=number(rate))
    peaks = theory.groupby("relative_learning_rate")["centre"].max()
    left.set_ylim(peaks.min() / 30, peaks.max() * 3)
    # The curves fall to the right: its upper corner is free.
    title = r"$\eta\,\lambda_{\max}/2$"
    left.legend(title=title, title_fontsize=7.5, loc="upper right", reverse=True)
    left.set(xlabel="time $\\eta T$", ylabel="distance (root mean square)")
    right.set_xlabel("training steps $T$")
    for axes in (left, right):
        style.log_scale(axes, "xy")
    ends = []
    for metric, name, colour, look in (
        (FLOW, "network vs\ngradient flow", style.NNGP, {"linestyle": "--", "marker": "s"}),
        (DISCRETE, "network vs\ndiscrete steps", style.NTK, {"marker": "o"}),
    ):
        rows = table[table["metric"] == metric]
        ends += bands.draw(right, rows, colour, along="step", name=name, **look)
    label_ends({right: ends})
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["metric"].isin((DISCRETE, FLOW))]
    return (
        "Difference between T discrete steps and gradient flow for the time ηT, root mean squares"
        " over the test points.\na: of the two predictions from the limit NTK and f₀ = 0, for"
        " learning rates in units of the stability bound 2/λmax. b: of trained networks from the"
        f" two predictions of their own NTK and f₀, at the same step. {bands.caption(networks)}"
    )


def finding(table: pd.DataFrame) -> str:
    largest = table[table["metric"] == THEORY].groupby("relative_learning_rate")["centre"].max()
    order = table.loc[table["metric"] == ORDER, "centre"].iloc[0]
    networks = table[table["metric"].isin((DISCRETE, FLOW))]
    medians = networks.pivot(index="step", columns="metric", values="centre").astype(float)
    step = int((medians[FLOW] / medians[DISCRETE]).idxmax())
    ends = words.listed(
        f"{number(value, 2)} at {number(rate)} of the bound"
        for rate, value in largest.iloc[[0, -1]].items()
    )
    discrete, flow = (number(medians.loc[step, metric], 2) for metric in (DISCRETE, FLOW))
    return (
        f"The two predictions differ by at most {ends}; between the two smallest learning rates"
        f" that grows as η to the power {fixed(order)}. After {words.steps(step)} networks of width"
        f" {power(int(networks['width'].max()))} are {discrete} from the prediction for discrete"
        f" steps and {flow} from that of the flow (medians over"
        f" {words.seeds(networks['seeds'])})."
    )
