"""Step 7: how far weights and kernel move, which is why the limit is a kernel machine."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, choices, style, words
from widelimit.report.figures.study_points import of_study
from widelimit.report.numbers import power
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table

TITLE = "How far weights and kernel move"

PANELS = {
    "weight_movement": (
        "Movement of the weights",
        "weights move by",
        "all weights from their start, after",
    ),
    "ntk_deviation": (
        "NTK at the start, from its limit",
        "the NTK at the start is off its limit by",
        "the NTK on the training points at the start from its limit",
    ),
    "ntk_drift": (
        "Drift of the NTK in training",
        "the NTK drifts by",
        "the NTK after training from the NTK before",
    ),
}
"""Title of the panel, words of the finding and of the caption, for each metric."""
PREDICTED = {
    "weight_movement": (
        "predicted_weight_movement",
        "for the weights, the way that the limit's residuals lead them",
    ),
    "ntk_deviation": ("ntk_deviation_expected", "for the start, what k units leave"),
    "ntk_drift": (
        "predicted_ntk_drift",
        "for the drift, the mean field of finite_width.md, where it applies",
    ),
}
"""What theory says of each: metric, and words of the caption."""

TABLE = Table(
    "figures/step7_movement.parquet",
    "one relative distance at one width, over seeds",
    (METRIC, STEP.but(null="of no step"), WIDTH, *BAND, *against_width.FIT),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """The three distances, that of the weights at the last step, and theory's for them."""
    metrics, slopes = of_study(metrics), of_study(slopes).query("widths == 'widest'")
    predicted = [metric for metric, _ in PREDICTED.values()]
    kept = metrics[metrics["metric"].isin([*PANELS, *predicted])]
    kept = kept.assign(seed=kept["seed"].fillna(0))
    kept = kept[kept["step"].isna() | kept["step"].eq(choices.last_step(kept))]
    return TABLE.arrange(against_width.summarise(kept, slopes, ["metric", "step"], quantiles))


def _shown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {name: table[table["metric"] == name] for name in PANELS if name in set(table["metric"])}


def _theory(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    return table[table["metric"] == PREDICTED[metric][0]]


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(2.9)
    curves = [
        against_width.Curve(rows, style.lettered(letter, PANELS[metric][0]), style.NTK)
        for letter, (metric, rows) in zip("abc", _shown(table).items(), strict=False)
    ]
    ylabel = "relative distance (norm / norm)"
    against_width.small_multiples(figure, curves, columns=len(curves), ylabel=ylabel)
    for axes, metric in zip(figure.axes, _shown(table), strict=True):
        against_width.draw_theory(axes, _theory(table, metric))
    return figure


def caption(table: pd.DataFrame) -> str:
    shown = _shown(table)
    panels = [PANELS[metric][2] for metric in shown]
    panels[0] += f" {words.steps(choices.last_step(table))}"
    listed = "; ".join(f"{letter}: {text}" for letter, text in zip("abc", panels, strict=False))
    lines = [PREDICTED[metric][1] for metric in shown if len(_theory(table, metric))]
    theory = "\n"
    if lines:
        theory = f" Dashed: theory.\nIt has no free parameter, and is, {'; '.join(lines)}. "
    networks = against_width.caption(table[table["metric"].isin(PANELS)])
    return f"Distances relative to the norm, by width. {listed}.{theory}{networks}"


def finding(table: pd.DataFrame) -> str:
    distances = words.listed(
        f"{PANELS[metric][1]} {against_width.widest(rows)}"
        for metric, rows in _shown(table).items()
    )
    networks = table[table["metric"].isin(PANELS)]
    widest = networks[networks["width"] == networks["width"].max()]
    return (
        f"At width {power(int(widest['width'].iloc[0]))} and after"
        f" {words.steps(choices.last_step(table))}, relative to the norm and in the median over"
        f" {words.seeds(widest['seeds'])}, {distances}{against_width.slopes_over(table)}."
    )
