"""Step 5: the linearised network, its prediction with f_0, and the prediction without."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, bands, choices, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.report.numbers import at_most, number, power
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table

TITLE = "The linearised network, and what ignoring f₀ costs"

LINEARISED = "rmse_linearised_vs_empirical_ntk"
NETWORK = "rmse_network_vs_empirical_ntk"
UNCORRECTED = "rmse_network_vs_empirical_ntk_uncorrected"
TRAINED = (LINEARISED, NETWORK, UNCORRECTED)
COST, COST_TRAIN = "rmse_ignoring_f0", "rmse_ignoring_f0_train"

TABLE = Table(
    "figures/step5_linearised.parquet",
    "one distance at one step and width, over seeds; that of a limit has no width",
    (METRIC, STEP, WIDTH.but(null="the limit"), *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Distances of networks at their last step; the cost of f_0 at the widest, at all steps."""
    trained = metrics[metrics["metric"].isin(TRAINED)]
    trained = trained[trained["step"] == choices.last_step(trained)]
    cost = metrics[metrics["metric"].str.startswith(COST)]
    cost = cost[cost["width"].isna() | cost["width"].eq(trained["width"].max())]
    fits = slopes[slopes["metric"].isin(TRAINED) & slopes["widths"].eq("all")]
    rows, by = pd.concat([trained, cost]), ["metric", "step"]
    return TABLE.arrange(against_width.summarise(rows, fits, by, quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    by_metric = {name: rows.sort_values("step") for name, rows in table.groupby("metric")}
    titles = (
        f"After {words.steps(choices.last_step(by_metric[NETWORK]))}",
        f"Cost of ignoring $f_0$, $k$ = {power(int(table['width'].max()))}",
    )
    figure, (left, right) = style.row(3.2, *titles)
    without, own = "network vs\nprediction without $f_0$", "network vs\nprediction with $f_0$"
    linear = "linearised network vs\nprediction with $f_0$"
    curves = [
        Curve(by_metric[UNCORRECTED], without, style.NNGP, dash="--"),
        Curve(by_metric[NETWORK], own, style.NTK),
        Curve(by_metric[LINEARISED], linear, style.GREEN, "s"),
    ]
    left.set_ylabel("distance (root mean square)")
    ends = against_width.draw({left: curves}, guide=None, slopes=False)
    top = by_metric[COST]["upper"].max()
    floor = max(by_metric[f"{COST_TRAIN}_limit"]["centre"].min() / 3, top / 1e5)
    style.log_scale(right, "xy")
    _draw_cost(right, by_metric, COST, floor, ("test points", style.NNGP, "o", (0, 8)))
    train = ("training points", style.ORANGE, "s", (-8, 0))
    _draw_cost(right, by_metric, COST_TRAIN, floor, train)
    right.set(ylim=(floor, 2 * top), xlabel="training steps")
    label_ends(ends)
    return figure


def _draw_cost(axes: Axes, by_metric: dict[str, pd.DataFrame], cost: str, floor: float, look):
    """Band over seeds, root mean square over them, and the limit of the latter."""
    name, colour, marker, place = look
    rows, ensemble, limit = (by_metric[cost + end] for end in ("", "_ensemble", "_limit"))
    steps = rows["step"].astype(float)
    edges = (rows[edge].astype(float) for edge in ("lower", "upper"))
    axes.fill_between(steps, *edges, color=colour, alpha=bands.ALPHA, linewidth=0)
    axes.plot(steps, ensemble["centre"], marker, color=colour)
    axes.plot(steps, limit["centre"], color=style.THEORY, linewidth=1)
    last = ensemble[ensemble["centre"] > 4 * floor].iloc[-1]
    beside = {"textcoords": "offset points", "ha": "right", "va": "center", "fontsize": 7.5}
    axes.annotate(name, (float(last["step"]), last["centre"]), place, color=colour, **beside)


def caption(table: pd.DataFrame) -> str:
    rows = table[table["metric"].isin((*TRAINED, COST, COST_TRAIN))]
    return (
        "a: distance of networks and their linearisations from the prediction of their own"
        " empirical NTK, with f₀ and with 0 for it. b: distance between these two predictions at"
        " the widest width; black: the same at infinite width.\nRoot mean squares over test points;"
        f" markers in b: over seeds; black: the ensemble's deviation. {bands.caption(rows)}"
    )


def finding(table: pd.DataFrame) -> str:
    by_metric = dict(iter(table.groupby("metric")))
    largest = by_metric[LINEARISED]["upper"].max()
    network, uncorrected = (against_width.widest(by_metric[m]) for m in (NETWORK, UNCORRECTED))
    ensemble, limit = (by_metric[COST + end].sort_values("step") for end in ("_ensemble", "_limit"))
    width = power(int(table["width"].max()))
    return (
        f"After {words.steps(choices.last_step(by_metric[NETWORK]))} the linearised networks are"
        f" {at_most(largest)} from the prediction of their own NTK; networks of width {width} are"
        f" {network} from it and {uncorrected} from the prediction without f₀ (medians over"
        f" {words.seeds(by_metric[NETWORK]['seeds'])}{against_width.slopes_over(table)}). On the"
        " test points f₀ still counts for"
        f" {number(ensemble['centre'].iloc[-1], 2)} after"
        f" {words.steps(choices.last_step(limit))} (root mean square over seeds at that width;"
        f" {number(limit['centre'].iloc[-1], 2)} at infinite width)."
    )
