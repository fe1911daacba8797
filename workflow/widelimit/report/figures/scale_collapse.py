"""Output scale: what networks do against alpha, and the same against alpha sqrt(k)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import bands, choices, scales, style, words
from widelimit.report.numbers import number, power
from widelimit.tables.columns import BAND, METRIC, STEP, WIDTH, Table
from widelimit.tables.scale import G

TITLE = "Lazy and rich: nearly one curve for all widths"

QUANTITIES = {
    "ntk_drift": ("drift of the NTK", True),
    "weight_movement": ("movement of weights", True),
    "rmse_network_vs_ntk": ("distance to NTK\nprediction", True),
    "test_rmse": ("test error", False),
    "kernel_target_alignment": ("kernel-target\nalignment", False),
}
"""Name, and whether on a logarithmic axis."""

SHARED = "ensemble_ntk_drift"
"""Drawn beside ntk_drift: what is left of it without the chance of each network."""
ERROR = f"{SHARED}_error"

SIDES = {"alpha": r"output scale $\alpha$", "g": r"$g = \alpha \sqrt{k}$"}

TABLE = Table(
    "figures/scale_collapse.parquet",
    "one number at one output scale and width, last step, over seeds",
    (METRIC, G, WIDTH, STEP, scales.ALPHA, *BAND),
)


def summarise(metrics: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Medians of each quantity at the last step, by scale and width."""
    rows = scales.with_g(metrics)
    rows = rows[rows["metric"].isin((*QUANTITIES, SHARED, ERROR)) & rows["width"].notna()]
    last = scales.last_steps(rows)
    rows = rows[rows["step"].isna() | rows["step"].eq(rows["g"].map(last))]
    table = scales.with_alpha(bands.summarise(rows, ["metric", "g", "width"], quantiles))
    table = _with_errors(table)
    table = table.assign(step=table["g"].map(last))
    return TABLE.arrange(table.sort_values(["metric", "width", "g"]))


def _with_errors(table: pd.DataFrame) -> pd.DataFrame:
    """What all seeds share is one number of them, between its standard errors; left out where it is
    less than twice the error."""
    table = table.set_index(["g", "width"])
    shared = table[table["metric"] == SHARED]
    error = table.loc[table["metric"] == ERROR, "centre"].reindex(shared.index)
    shared = shared.assign(
        lower=shared["centre"] - error,
        upper=shared["centre"] + error,
        seeds=table["seeds"].groupby(level=["g", "width"]).max().reindex(shared.index),
    )
    others = table[~table["metric"].isin((SHARED, ERROR))]
    return pd.concat([others, shared[shared["centre"] >= 2 * error]]).reset_index()


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    widths = choices.distinct(table["width"])
    shown = [name for name in QUANTITIES if name in set(table["metric"])]
    figure = style.figure(0.6 + 1.35 * len(shown))
    grid = figure.subplots(len(shown), 2, sharex="col", sharey="row", squeeze=False)
    for row, name in zip(grid, shown, strict=True):
        label, log = QUANTITIES[name]
        for axes, along in zip(row, SIDES, strict=True):
            style.log_scale(axes, "xy" if log else "x")
            _draw(axes, table[table["metric"] == name], along, widths)
            if name == "ntk_drift":
                _draw_shared(axes, table[table["metric"] == SHARED], along, widths)
        row[0].set_ylabel(label)
    for axes, label in zip(grid[-1], SIDES.values(), strict=True):
        axes.set_xlabel(label)
    style.panel(grid[0, 0], "a", r"Against $\alpha$")
    style.panel(grid[0, 1], "b", r"Against $\alpha \sqrt{k}$")
    looks = {
        f"$k$ = {power(width)}": {"color": style.width_colour(width, widths)} for width in widths
    }
    style.key(figure, looks)
    if not table[table["metric"] == SHARED].empty:
        shared = {"color": style.GREY, "linestyle": style.DASHED, "linewidth": 0.9}
        style.key(
            grid[list(shown).index("ntk_drift"), 1],
            {"shared by all seeds": shared},
            loc="upper right",
        )
    return figure


def _draw(axes: Axes, table: pd.DataFrame, along: str, widths: list[int]):
    for width, rows in table.groupby("width"):
        colour = style.width_colour(width, widths)
        bands.draw(axes, rows, colour, along=along, marker="o", markersize=2.6, linewidth=1.1)


def _draw_shared(axes: Axes, table: pd.DataFrame, along: str, widths: list[int]):
    for width, rows in bands.drawable(axes, table).sort_values(along).groupby("width"):
        colour = style.width_colour(width, widths)
        axes.plot(rows[along], rows["centre"], color=colour, linestyle=style.DASHED, linewidth=0.9)


def caption(table: pd.DataFrame) -> str:
    return (
        "Networks α(f − f₀) at the last step, for each width k over the output scale α (a) and over"
        " α√k (b).\nDrift: |NTK at the end − at the start| / |at the start|; dashed: the part of it"
        " that all seeds share, where it is at least twice its standard error; movement: |change| /"
        " |start| of all weights; distance and test error: root mean squares over test points;"
        f" alignment: y·Ky / (|K| |y|²), K the network's own NTK at the end. {bands.caption(table)}"
    )


def finding(table: pd.DataFrame) -> str:
    drift = table[table["metric"] == "ntk_drift"]
    error = table[table["metric"] == "test_rmse"]
    if drift.empty or error.empty:
        return "The networks' own kernels are too large to be kept."
    each = scales.scales(drift)
    ends = dict.fromkeys((each[0], each[-1]))
    drifts = words.listed(
        f"by {words.by_width(rows['width'], rows['centre'])} where α√k = {scales.written(g)}"
        for g in ends
        for rows in (drift[drift["g"] == g],)
    )
    widest = error[error["width"] == error["width"].max()].set_index("g")
    errors = words.listed(
        f"{number(widest['centre'][g], 2)} ({number(widest['lower'][g], 2)} to"
        f" {number(widest['upper'][g], 2)}) where α√k = {scales.written(g)}"
        for g in ends
    )
    return (
        f"{scales.after(table)} the kernel has drifted, relative to itself, {drifts}. At width"
        f" {power(int(error['width'].max()))} the test error is {errors} (medians over"
        f" {words.seeds(table['seeds'])}, and their quantiles)."
    )
