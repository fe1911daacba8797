"""Step 7, the headline: how far networks are from the NTK prediction, by width and step."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.report.figures.study_points import of_study
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table

TITLE = "Distance of networks from the NTK prediction, by width and step"

NETWORK, OWN, LAST_LAYER = (
    "rmse_network_vs_ntk",
    "rmse_network_vs_empirical_ntk",
    "rmse_last_layer_vs_nngp",
)

PREDICTED = "predicted_distance"
PARTS = [f"{PREDICTED}_start", f"{PREDICTED}_movement"]
"""Of the predicted distance: its root mean squares add up as squares."""

TABLE = Table(
    "figures/step7_convergence.parquet",
    "one distance at one step and width, over seeds",
    (METRIC, STEP, WIDTH, *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Network against NTK at some steps and what theory predicts of it, where it does; the other
    two distances at the last step."""
    metrics, slopes = of_study(metrics), of_study(slopes).query("widths == 'widest'")
    distances = metrics[metrics["metric"].isin((NETWORK, OWN, LAST_LAYER)) & metrics["step"].gt(0)]
    steps = choices.decades(distances["step"])
    kept = distances["step"].isin(steps) & distances["metric"].eq(NETWORK)
    kept |= distances["step"].eq(steps[-1])
    by = ["metric", "step"]
    predicted = _predicted(metrics[metrics["step"].isin(steps)])
    shown = pd.concat([distances[kept], predicted])
    return TABLE.arrange(against_width.summarise(shown, slopes, by, quantiles))


def _predicted(metrics: pd.DataFrame) -> pd.DataFrame:
    parts = metrics[metrics["metric"].isin(PARTS)]
    squares = parts.assign(value=parts["value"] ** 2, metric=PREDICTED, seed=0)
    table = squares.groupby(["metric", "step", "width", "seed"], as_index=False)["value"].sum()
    return table.assign(value=table["value"] ** 0.5)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    by_metric = dict(iter(table.groupby("metric")))
    steps = choices.distinct(by_metric[NETWORK]["step"])
    titles = (
        "Network against NTK prediction, at the same step",
        f"{'Three' if OWN in by_metric else 'Two'} distances after {words.steps(steps[-1])}",
    )
    figure, (left, right) = style.row(3.9, *titles, width_ratios=(1.7, 1), sharey=True)
    by_step = against_width.by_step(by_metric[NETWORK])
    last = by_step[-1]
    distances = [
        Curve(last.rows, "network vs limit NTK", last.colour),
        Curve(by_metric[LAST_LAYER], "last layer vs NNGP", style.NNGP, "D", "--"),
    ]
    if OWN in by_metric:  # where networks are small enough to keep their kernels
        distances.insert(1, Curve(by_metric[OWN], "network vs own NTK", style.NTK, "s"))
    left.set_ylabel("distance (root mean square over test points)")
    ends = against_width.draw({left: by_step, right: distances})
    colours = dict(zip(steps, (curve.colour for curve in by_step), strict=True))
    against_width.draw_theory(left, by_metric.get(PREDICTED, table.iloc[:0]), colours)
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    predicted = table["metric"] == PREDICTED
    own = " from that of its own NTK, and" * bool(table["metric"].eq(OWN).any())
    theory = "; dashed: predicted without training" * bool(predicted.any())
    return (
        "Distance of networks from predictions at the same step. a: from the NTK prediction"
        f"{theory}. b: after {words.steps(choices.last_step(table))}, also{own} of the last"
        " layer alone from NNGP.\nRoot mean squares over test points;"
        " predictions start where the network does, and the dashed lines are root mean squares over"
        " initialisations"
        f" too. {against_width.caption(table[~predicted])}"
    )


def finding(table: pd.DataFrame) -> str:
    network = table[table["metric"] == NETWORK]
    step = choices.last_step(network)
    last = network[network["step"] == step]
    text = (
        f"After {words.steps(step)} the distance between network and NTK prediction is"
        f" {words.by_width(last['width'], last['centre'])} (root mean square over test points,"
        f" median over {words.seeds(last['seeds'])})"
    )
    fits = network[network["slope"].notna()].drop_duplicates("step").sort_values("step")
    if fits.empty:
        return text + "."
    slopes = words.listed(
        f"{against_width.interval(fit)} at {words.steps(fit['step'])}"
        for _, fit in choices.ends(fits).iterrows()
    )
    over = against_width.fitted_widths(network)
    return f"{text}; its slope against width, over {over}, is {slopes}."
