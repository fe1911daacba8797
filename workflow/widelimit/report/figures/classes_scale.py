"""Classes: the test error of networks against the scale of their output."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import bands, choices, paired, scales, style, words
from widelimit.report.figures.labels import label_ends, level
from widelimit.report.numbers import percent, power
from widelimit.tables.columns import BAND, WIDTH, Table, missing, text
from widelimit.tables.scale import G

TITLE = "Lazy and rich networks on classes"

METRIC = "test_accuracy"

TABLE = Table(
    "figures/classes_scale.parquet",
    "the share of test points classified wrong by networks of one width and scale, or by a kernel",
    (
        text("model", "network; ntk: kernel regression with the NTK on the same points"),
        *missing((G, WIDTH), "kernel regression"),
        BAND[0],
        *missing((*BAND[1:], *paired.COLUMNS), "kernel regression"),
    ),
)


def summarise(limits: pd.DataFrame, metrics: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    """Networks after their last step, and NTK regression with infinitely many."""
    rows = scales.with_g(metrics)
    rows = rows[rows["width"].notna()]
    rows = rows[rows["step"].eq(rows.groupby("g")["step"].transform("max"))]
    scores = rows[rows["metric"] == METRIC]
    networks = bands.summarise(scores.assign(value=1 - scores["value"]), ["g", "width"], quantiles)
    networks = paired.beside(networks, rows, "regression", ["g", "width"])
    ntk = limits[limits["metric"].eq(f"{METRIC}_ntk") & limits["step"].isna()]
    kernel = pd.DataFrame({"model": "ntk", "centre": 1 - ntk["value"]})
    return TABLE.arrange(
        pd.concat([networks.assign(model="network").sort_values(["width", "g"]), kernel])
    )


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    networks, ntk = table[table["model"] == "network"], table[table["model"] == "ntk"]
    widths = choices.distinct(networks["width"])
    figure = style.figure(2.8)
    axes = figure.subplots()
    style.log_scale(axes, "x")
    percent = networks.assign(
        **{name: 100 * networks[name] for name in ("centre", "lower", "upper")}
    )
    ends = []
    for width, rows in percent.groupby("width"):
        colour = style.width_colour(width, widths)
        name = f"networks, $k$ = {power(width)}"
        ends += bands.draw(axes, rows, colour, along="g", name=name, marker="o")
    axes.set_xlim(axes.get_xlim())
    for value in ntk["centre"]:
        ends.append(level(axes, 100 * value, "NTK regression", style.NTK, linestyle=style.DASHED))
    axes.set(xlabel=r"$g = \alpha \sqrt{k}$: rich to lazy", ylabel="wrong on test points, %")
    label_ends({axes: ends})
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "Share of test points that networks α(f − f₀) classify wrong after their last step, over"
        " α√k. Dashed: kernel regression with the NTK on the same training points, with infinitely"
        f" many steps. {bands.caption(table)} The error of a difference is for test points drawn"
        " anew: only those count that one of the two alone gets wrong (McNemar 1947)."
    )


def finding(table: pd.DataFrame) -> str:
    networks = table[table["model"] == "network"]
    widest = networks[networks["width"] == networks["width"].max()].sort_values("g")
    errors = words.listed(
        f"{percent(row['centre'], 1)} where α√k = {scales.written(row['g'])}{_beside(row)}"
        for _, row in choices.ends(widest).iterrows()
    )
    ntk = table.loc[table["model"] == "ntk", "centre"]
    kernel = words.listed(percent(value, 1) for value in ntk)
    return (
        f"NTK regression gets {kernel} of the test points wrong; networks of width"
        f" {power(int(widest['width'].iloc[0]))} get {errors}. ± is the standard error of the"
        " difference."
    )


def _beside(row: pd.Series) -> str:
    more = paired.written(row)
    return f" ({more})" * bool(more)
