"""Output scale: the drift of the kernel over width and scale, and where it equals the kernel."""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, scales, style, words
from widelimit.tables.columns import SEEDS, WIDTH, Table, missing, real, text
from widelimit.tables.scale import G

TITLE = "Where lazy turns into rich"

TABLE = Table(
    "figures/scale_phases.parquet",
    "one width and output scale",
    (
        text("quantity", "ntk_drift; crossover_scale: where the drift is 1"),
        G.but(null="crossover_scale"),
        WIDTH,
        scales.ALPHA,
        real("value", "ntk_drift, median over seeds", "crossover_scale"),
        SEEDS.but(meaning="seeds that the median is over"),
        *missing(against_width.FIT, "not fitted"),
    ),
)


def summarise(metrics: pd.DataFrame, slopes: pd.DataFrame) -> pd.DataFrame:
    """Median drift by scale and width, and the median crossover of each width with its slope."""
    drift = scales.with_g(metrics)
    medians = {"value": ("value", "median"), "seeds": ("seed", "nunique")}
    drift = drift[drift["metric"] == "ntk_drift"].groupby(["g", "width"]).agg(**medians)
    drift = scales.with_alpha(drift.reset_index()).assign(quantity="ntk_drift")
    crossover = metrics[metrics["metric"] == "crossover_scale"].groupby("width").agg(**medians)
    crossover = crossover.rename(columns={"value": "alpha"}).reset_index()
    crossover = crossover.assign(quantity="crossover_scale")
    fits = slopes[slopes["metric"].eq("crossover_scale") & slopes["widths"].eq("all")]
    for column in against_width.FIT:
        crossover[column.name] = fits[column.name].iloc[0] if len(fits) else np.nan
    return TABLE.arrange(pd.concat([part for part in (drift, crossover) if len(part)]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    drift = table[table["quantity"] == "ntk_drift"]
    crossover = table[table["quantity"] == "crossover_scale"].sort_values("width")
    figure = style.figure(3.6)
    axes = figure.subplots()
    style.log_scale(axes)
    against_width.width_axis(axes, drift["width"])
    values = drift["value"].astype(float)
    span = max(values.max(), 1 / values.min(), 10.0)
    cells = axes.scatter(
        drift["width"].astype(float),
        drift["alpha"],
        c=values,
        norm=LogNorm(1 / span, span),
        cmap="PuOr_r",
        s=230,
        marker="s",
        edgecolors=style.INK,
        linewidths=0.4,
    )
    figure.colorbar(cells, ax=axes, label="drift of the NTK, relative to itself")
    if len(crossover):
        k, alpha = crossover["width"].astype(float), crossover["alpha"]
        axes.plot(k, alpha, color=style.INK, marker="D", markersize=3.5, linewidth=1.2)
        text = f"drift 1\n{against_width.slope(crossover.iloc[0])}".strip()
        beside = {"textcoords": "offset points", "va": "center", "fontsize": 7.5}
        axes.annotate(text, (k.iloc[-1], alpha.iloc[-1]), (14, 0), **beside)
    look = {"fontsize": 10, "fontstyle": "italic", "color": style.GREY}
    look |= {"transform": axes.transAxes}
    axes.text(0.02, 0.04, "rich", ha="left", va="bottom", **look)
    axes.text(0.98, 0.96, "lazy", ha="right", va="top", **look)
    axes.margins(0.1, 0.12)
    axes.set_ylabel(r"output scale $\alpha$")
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Each square is a width k and an output scale α; its colour is how far training moves the"
        " network's own NTK, relative to the kernel's norm at the start (median over seeds). Orange"
        " networks are rich, purple ones lazy.\nLine: where the drift is 1, interpolated between"
        " scales in logarithms for each seed; medians. The NTK limit goes to the right along a"
        " horizontal line, the mean-field limit down along the diagonal α√k = const."
    )


def finding(table: pd.DataFrame) -> str:
    crossover = table[table["quantity"] == "crossover_scale"].sort_values("width")
    if crossover.empty:
        return "The drift does not cross 1 at any width of this study."
    g = crossover["alpha"] * np.sqrt(crossover["width"].astype(float))
    text = (
        f"The drift of the kernel at the last step is 1 at α√k = {scales.written(g.min())} to"
        f" {scales.written(g.max())} at all widths (medians over"
        f" {words.seeds(crossover['seeds'])})"
    )
    fit = crossover.iloc[0]
    if pd.isna(fit["slope"]):
        return f"{text}."
    return (
        f"{text}: that α has slope {against_width.interval(fit)} against k, over"
        f" {against_width.fitted_widths(crossover)}, where theory says −1/2."
    )
