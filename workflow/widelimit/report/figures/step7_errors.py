"""Step 7: the two errors that make up the distance from the NTK prediction, by width and step."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, style, words
from widelimit.report.figures.labels import label_ends
from widelimit.report.figures.study_points import of_study
from widelimit.report.numbers import number, power
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table

TITLE = "The error of the kernel at the start, and that of its movement"

START, MOVEMENT = "distance_start", "rmse_network_vs_empirical_ntk"
PANELS = {
    START: "The kernel's error at the start: own NTK − limit",
    MOVEMENT: "The kernel's movement: network − own NTK",
}
PREDICTED = {START: "predicted_distance_start", MOVEMENT: "predicted_distance_movement"}

TABLE = Table(
    "figures/step7_errors.parquet",
    "one of the two errors at one step and width, over seeds",
    (METRIC, STEP, WIDTH, *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Both errors at some steps, with their slopes over the widest widths, and what
    theory predicts of them, where it does."""
    metrics, slopes = of_study(metrics), of_study(slopes).query("widths == 'widest'")
    rows = metrics[metrics["metric"].isin([*PANELS, *PREDICTED.values()]) & metrics["step"].gt(0)]
    rows = rows.assign(seed=rows["seed"].fillna(0))
    if len(rows):
        rows = rows[rows["step"].isin(choices.decades(rows["step"]))]
    by = ["metric", "step"]
    return TABLE.arrange(against_width.summarise(rows, slopes, by, quantiles))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure, panels = style.row(3.9, *PANELS.values(), sharey=True)
    curves = {
        axes: against_width.by_step(table[table["metric"] == metric])
        for axes, metric in zip(panels, PANELS, strict=True)
    }
    panels[0].set_ylabel("distance (root mean square over test points)")
    ends = against_width.draw(curves)
    for axes, metric in zip(panels, PREDICTED.values(), strict=True):
        against_width.draw_theory(axes, table[table["metric"] == metric])
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    predicted = table["metric"].isin(PREDICTED.values())
    theory = "; dashed: predicted without training" * bool(predicted.any())
    return (
        "The two parts of the distance between network and NTK prediction. a: prediction of the"
        " network's own NTK at the start minus that of the limit NTK. b: network minus the"
        f" prediction of its own NTK{theory}.\nOne curve for each training time; root mean squares"
        " over test points. Theory gives the root mean square over initialisations of the first"
        " and the mean of the second, without the chance in it that shows early."
        f" {against_width.caption(table[~predicted])}"
    )


def finding(table: pd.DataFrame) -> str:
    if table.empty:
        return "This study keeps no empirical kernels: its points times outputs are too many."
    networks = table[table["metric"].isin(PANELS)]
    widest = networks[networks["width"] == networks["width"].max()].set_index(["metric", "step"])
    ends = [choices.distinct(table["step"])[place] for place in (0, -1)]
    early, late = (
        [number(widest.loc[(metric, step), "centre"], 2) for metric in PANELS] for step in ends
    )
    fits = [widest.loc[(metric, ends[-1])] for metric in PANELS]
    text = (
        f"At width {power(int(table['width'].max()))} the error of the kernel at the start is"
        f" {early[0]} and that of its movement {early[1]} after {words.steps(ends[0])}, and"
        f" {late[0]} and {late[1]} after {words.steps(ends[1])} (root mean squares over"
        f" test points, medians over {words.seeds(widest['seeds'])})"
    )
    if any(pd.isna(fit["slope"]) for fit in fits):
        return text + "."
    start, movement = (against_width.interval(fit) for fit in fits)
    return (
        f"{text}; their slopes against width after {words.steps(ends[-1])}, over"
        f" {against_width.fitted_widths(table)}, are {start} and {movement}."
    )
