"""Step 5: several outputs share one kernel."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import power
from widelimit.tables.columns import (
    BAND,
    INPUT_T,
    METRIC,
    OUTPUT,
    SPLIT,
    STEP,
    WIDTH,
    Table,
    missing,
    real,
)

TITLE = "One kernel serves all outputs"

SAME, CROSS, TRAINED = "ntk_outputs_same", "ntk_outputs_cross", "rmse_outputs_vs_ntk"
LOOKS = {
    TRAINED: ("trained network\nvs prediction", style.NTK, "D"),
    SAME: ("same output,\noff the limit $K$", style.SKY),
    CROSS: ("two outputs,\noff zero", style.GREY, "s", "--"),
}
COLOURS = (style.ORANGE, style.GREEN, style.PURPLE)
MOST = len(COLOURS)

TABLE = Table(
    "figures/step5_outputs.parquet",
    "one distance at one width, or one output at one point",
    (
        METRIC.but(meaning="as in metrics.parquet; or network, ntk_corrected, target"),
        *missing((WIDTH,), "a target"),
        *missing(BAND, "one output"),
        *against_width.FIT,
        *missing((SPLIT, OUTPUT, INPUT_T), "not one output"),
        real("f", "output, prediction or target", "not one output"),
        STEP.but(null="at initialisation"),
    ),
)


def summarise(
    metrics: pd.DataFrame,
    slopes: pd.DataFrame,
    predictions: pd.DataFrame,
    points: pd.DataFrame,
    *,
    quantiles=(0.1, 0.9),
) -> pd.DataFrame:
    rows = metrics[metrics["metric"].isin(LOOKS)]
    step = choices.last_step(rows)
    rows = rows[rows["step"].isna() | rows["step"].eq(step)]
    fits = slopes[slopes["metric"].isin(LOOKS) & slopes["widths"].eq("all")]
    distances = against_width.summarise(rows, fits, ["metric", "step"], quantiles)
    test = points[points["split"] == "test"][["index", "t"]].astype({"index": "Int32"})
    fits = predictions.rename(columns={"model": "metric"}).merge(test, on="index")
    names = sorted(name for name in points.columns if name.startswith("y_"))
    samples = points[points["split"] == "train"].melt(
        id_vars="t", value_vars=names, var_name="output", value_name="f"
    )
    samples["output"] = samples["output"].str.removeprefix("y_").astype("Int16")
    samples = samples.assign(metric="target", split="train", step=step)
    return TABLE.arrange(pd.concat([distances, fits.assign(split="test"), samples]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    shown = table[table["output"].notna() & table["output"].lt(MOST)]
    title = f"Outputs of one network, $k$ = {power(int(shown['width'].max()))}"
    figure, (left, right) = style.row(3.2, title, "By width", width_ratios=(1.15, 1))
    ends = {left: [_draw_output(left, output, rows) for output, rows in shown.groupby("output")]}
    left.set(xlabel="input $t$", ylabel="output")
    right.set_ylabel("distance")
    curves = [Curve(table[table["metric"] == metric], *look) for metric, look in LOOKS.items()]
    label_ends(ends | against_width.draw({right: curves}))
    return figure


def _draw_output(axes: Axes, output: int, rows: pd.DataFrame) -> End:
    colour = COLOURS[int(output)]
    network, predicted, target = (
        rows[rows["metric"] == name].sort_values("t")
        for name in ("network", "ntk_corrected", "target")
    )
    theory = {"color": style.THEORY, "linewidth": 0.9, "linestyle": style.DASHED}
    axes.plot(network["t"], network["f"], color=colour, linewidth=2.2, alpha=0.55)
    axes.plot(predicted["t"], predicted["f"], **theory)
    axes.plot(target["t"], target["f"], "o", color=colour, markersize=3)
    t, f = network[["t", "f"]].iloc[-1]
    return End(t, f, f"output {int(output) + 1}", colour)


def caption(table: pd.DataFrame) -> str:
    outputs = int(table["output"].max()) + 1
    hidden = f" (the first {MOST} of {outputs})" * (outputs > MOST)
    return (
        f"a: outputs{hidden} of one network after {words.steps(choices.last_step(table))} and"
        " their predictions from the one kernel K (dashed). b: distance of networks from them,"
        " and blocks of the empirical NTK for one output and for two.\nThe prediction"
        " starts from the network's own f₀; distances are root mean squares. Blocks are those at"
        " initialisation, for one output minus K, relative to K ⊗ I (Frobenius norms)."
        f" {against_width.caption(table[table['seeds'].notna()])}"
    )


def finding(table: pd.DataFrame) -> str:
    outputs = int(table["output"].max()) + 1
    by_metric = dict(iter(table[table["seeds"].notna()].groupby("metric")))
    widest = {metric: against_width.widest(rows) for metric, rows in by_metric.items()}
    trained = by_metric[TRAINED]
    return (
        f"At width {power(int(by_metric[SAME]['width'].max()))} the empirical NTK of {outputs}"
        f" outputs is {widest[SAME]} off K on the blocks of one output and {widest[CROSS]} off zero"
        f" on those of two; networks of width {power(int(trained['width'].max()))} after"
        f" {words.steps(choices.last_step(trained))} are {widest[TRAINED]} from the prediction of"
        f" the one kernel (medians over {words.seeds(trained['seeds'])}"
        f"{against_width.slopes_over(table)})."
    )
