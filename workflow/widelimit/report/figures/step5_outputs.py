"""Step 5: several outputs share one kernel."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.report.figures import parts, style
from widelimit.report.figures import step5_common as common
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "One kernel serves all outputs"

SAME, CROSS, TRAINED = "ntk_outputs_same", "ntk_outputs_cross", "rmse_outputs_vs_ntk"
CURVES = {
    TRAINED: ("trained network\nvs prediction", style.NTK, {"marker": "D"}),
    SAME: ("same output,\noff the limit $K$", style.SKY, {}),
    CROSS: ("two outputs,\noff zero", style.GREY, {"marker": "s", "linestyle": "--"}),
}
COLOURS = (style.ORANGE, style.GREEN, style.PURPLE)
MOST = len(COLOURS)

TABLE = Table(
    "figures/step5_outputs.parquet",
    "one distance at one width, or one output at one point",
    (
        Column("metric", pa.string(), "as in metrics.parquet; or network, ntk_corrected, target"),
        parts.WIDTH,
        *(Column(c.name, c.type, c.meaning, c.unit, "one output") for c in parts.BAND),
        *common.SLOPE,
        Column("split", pa.string(), "train or test", null="not one output"),
        Column("output", pa.int16(), "number of the output", "count", null="not one output"),
        Column("t", pa.float64(), "position before the lift", null="not one output"),
        Column("f", pa.float64(), "output, prediction or target", null="not one output"),
        parts.STEP,
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
    rows = metrics[metrics["metric"].isin(CURVES)]
    step = parts.last_step(rows)
    rows = rows[rows["step"].isna() | rows["step"].eq(step)]
    distances = common.curves(rows, slopes, list(CURVES), "step", quantiles)
    test = points[points["split"] == "test"][["index", "t"]].astype({"index": "Int32"})
    fits = predictions.rename(columns={"model": "metric"}).merge(test, on="index")
    names = sorted(name for name in points.columns if name.startswith("y_"))
    samples = points[points["split"] == "train"].melt(
        id_vars="t", value_vars=names, var_name="output", value_name="f"
    )
    samples["output"] = samples["output"].str.removeprefix("y_").astype("Int16")
    table = pd.concat(
        [
            distances,
            fits.assign(split="test"),
            samples.assign(metric="target", split="train", step=step),
        ]
    )
    return parts.arrange(table, TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.2)
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    shown = table[table["output"].notna() & table["output"].lt(MOST)]
    ends = []
    for output, rows in shown.groupby("output"):
        colour = COLOURS[int(output)]
        of = {name: part.sort_values("t") for name, part in rows.groupby("metric")}
        left.plot(of["network"]["t"], of["network"]["f"], color=colour, linewidth=2.2, alpha=0.55)
        left.plot(
            of["ntk_corrected"]["t"],
            of["ntk_corrected"]["f"],
            color=style.THEORY,
            linewidth=0.9,
            linestyle=style.DASHED,
        )
        left.plot(of["target"]["t"], of["target"]["f"], "o", color=colour, markersize=3)
        end = of["network"].iloc[-1]
        ends.append(style.End(end["t"], end["f"], f"output {int(output) + 1}", colour))
    left.set_xlabel("input $t$")
    left.set_ylabel("output")
    width = int(shown["width"].max())
    style.panel(left, "a", f"Outputs of one network, $k$ = {power(width)}")
    others = []
    for metric, (text, colour, look) in CURVES.items():
        rows = table[table["metric"] == metric]
        end = common.draw_band(right, rows, colour, **look)
        slope = parts.slope_words(common.last(rows))
        others.append(style.End(end.x, end.y, f"{text}\n{slope}".strip(), colour))
    style.log_scale(right)
    style.width_axis(right, parts.integers(table["width"]), most=5)
    if table["width"].nunique() > 1:
        style.slope_guides(right, -0.5, "slope −1/2")
    right.set_ylabel("distance")
    style.panel(right, "b", "By width")
    style.label_ends(left, ends)
    style.label_ends(right, others)
    return figure


def caption(table: pd.DataFrame) -> str:
    outputs = int(table["output"].max()) + 1
    hidden = f" (the first {MOST} of {outputs})" * (outputs > MOST)
    rows = table[table["seeds"].notna()]
    return (
        f"a: the outputs{hidden} of one network after"
        f" {parts.steps_words(parts.last_step(table))} (colour), the prediction for each from the"
        " one kernel K and the network's own f₀ (black, dashed), and the training points. b: blocks"
        " of the empirical NTK at initialisation for one and the same output, minus K, and for two"
        " different outputs, in Frobenius norm relative to that of K ⊗ I; and the root mean square"
        " distance of trained networks from the prediction, over test points and outputs."
        f" In b, {parts.band_words(rows)}.{common.FIT_WORDS}"
    )


def finding(table: pd.DataFrame) -> str:
    outputs = int(table["output"].max()) + 1
    said = {}
    for metric in CURVES:
        row = common.last(table[table["metric"] == metric])
        slope = parts.slope_words(row)
        said[metric] = f"{number(row['centre'], 2)}" + f" ({slope})" * bool(slope)
    width = power(int(table["width"].max()))
    return (
        f"At width {width}, in the median, the empirical NTK of {outputs} outputs is"
        f" {said[SAME]} off K on the blocks of the same output and {said[CROSS]} off zero on those"
        " of different ones; the trained networks are"
        f" {said[TRAINED]} from the prediction of the one kernel."
    )
