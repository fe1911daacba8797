"""Step 7: the numbers that a lecture on the NTK has published, beside those of this study."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from widelimit.data.lecture import PUBLISHED, WIDTH
from widelimit.report.figures import parts, style
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.schemas import Column, Table

TITLE = "A lecture's published numbers, recomputed"

REGRESSION, NETWORK, OWN = "test_rmse_ntk", "rmse_network_vs_ntk", "rmse_network_vs_empirical_ntk"

DISTANCES = {
    NETWORK: ("network_vs_ntk", "network vs limit NTK", style.INK, "o"),
    OWN: ("network_vs_empirical_ntk", "network vs own NTK", style.NTK, "s"),
}
"""Quantity, label, colour and marker of each distance."""

_ALONE = "no network is involved"

TABLE = Table(
    "figures/step7_lecture.parquet",
    "one mean squared distance over the test points, and what the lecture says it is",
    (
        Column(
            "quantity",
            pa.string(),
            "ntk_bias, ntk_no_bias (NTK regression from the target), network_vs_ntk,"
            " network_vs_empirical_ntk (network from the corrected prediction, same step)",
        ),
        Column("width", pa.int64(), "hidden units k", "count", null=_ALONE),
        Column("step", pa.int64(), "steps of gradient descent", "count", null=_ALONE),
        Column("value", pa.float64(), "the mean square, median over seeds"),
        Column("lower", pa.float64(), "lower quantile over seeds", null=_ALONE),
        Column("upper", pa.float64(), "upper quantile over seeds", null=_ALONE),
        Column("seeds", pa.int64(), "networks of the width", "count", null=_ALONE),
        Column("lower_level", pa.float64(), "order of the lower quantile", null=_ALONE),
        Column("upper_level", pa.float64(), "order of the upper quantile", null=_ALONE),
        Column("published", pa.float64(), "the lecture's number", null="it has none"),
        Column("below", pa.int64(), "seeds below the lecture's number", "count", null="as above"),
    ),
)


def summarise(
    metrics: pd.DataFrame, without: pd.DataFrame | None = None, *, quantiles=(0.1, 0.9)
) -> pd.DataFrame:
    """Squares of the root mean squares in the tables of the study and of its variant.

    without : metrics of the variant without a bias, where the study has it
    """
    rows = []
    for quantity, frame in (("ntk_bias", metrics), ("ntk_no_bias", without)):
        if frame is not None:
            limit = frame[(frame["metric"] == REGRESSION) & frame["step"].isna()]
            value = float(limit["value"].iloc[0]) ** 2
            rows.append({"quantity": quantity, "value": value, "published": PUBLISHED[quantity]})
    distances = metrics[metrics["metric"].isin(DISTANCES)]
    distances = distances[distances["step"] == parts.last_step(distances)]
    squares = distances.assign(value=distances["value"] ** 2)
    bands = parts.band(squares, ["metric", "width", "step"], quantiles)
    bands.insert(
        0, "quantity", bands["metric"].map({name: q for name, (q, *_) in DISTANCES.items()})
    )
    bands["published"] = bands["quantity"].map(PUBLISHED).where(bands["width"] == WIDTH)
    bands["below"] = [
        (squares["value"][squares["metric"].eq(row.metric) & squares["width"].eq(row.width)])
        .lt(row.published)
        .sum()
        if pd.notna(row.published)
        else pd.NA
        for row in bands.itertuples()
    ]
    bands = bands.rename(columns={"centre": "value"})
    return parts.arrange(pd.concat([pd.DataFrame(rows), bands]), TABLE)


@style.context()
def draw(table: pd.DataFrame):
    figure = style.figure(3.1)
    axes = figure.subplots()
    networks = table[table["width"].notna()]
    ends = []
    for quantity, label, colour, marker in DISTANCES.values():
        curve = networks[networks["quantity"] == quantity].sort_values("width")
        if curve.empty:
            continue
        x = curve["width"].astype(float)
        bounds = (curve[name].astype(float) for name in ("value", "lower", "upper"))
        style.band(axes, x, *bounds, colour, marker=marker)
        ends.append(style.End(x.iloc[-1], curve["value"].iloc[-1], label, colour))
        known = curve[curve["published"].notna()]
        axes.plot(
            known["width"].astype(float),
            known["published"],
            "*",
            color=style.ORANGE,
            markeredgecolor=style.INK,
            markeredgewidth=0.6,
            markersize=11,
            zorder=5,
            label="" if ends[1:] else "published, one network",
        )
    style.log_scale(axes)
    style.width_axis(axes, parts.integers(networks["width"]))
    if networks["width"].nunique() > 1:
        style.slope_guides(axes, -1, "slope −1")
    axes.set_ylabel("mean squared distance")
    if networks["published"].notna().any():
        axes.legend(loc="upper right")
    style.label_ends(axes, ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["width"].notna()]
    steps = parts.steps_words(parts.last_step(networks))
    star = " Stars: what the lecture found for its one network." * bool(
        networks["published"].notna().any()
    )
    return (
        "Mean square over the test points of network - corrected NTK prediction, both after"
        f" {steps}, with the limit kernel and with the network's own at initialisation;"
        f" {parts.band_words(networks)}; grey lines fall as one over the width.{star}"
    )


def finding(table: pd.DataFrame) -> str:
    kernel = table[table["width"].isna()].set_index("quantity")
    names = {"ntk_bias": "with the bias", "ntk_no_bias": "without it"}
    said = parts.listed(
        f"{fixed(row['value'], 6)} {names[quantity]} (published: {fixed(row['published'], 6)})"
        for quantity, row in kernel.iterrows()
    )
    text = f"NTK regression has a test mean squared error of {said}."
    for quantity, label, *_ in DISTANCES.values():
        rows = table[(table["quantity"] == quantity) & table["published"].notna()]
        for _, row in rows.iterrows():
            text += (
                f" At width {power(int(row['width']))} the mean squared distance, {label}, is"
                f" {number(row['value'], 3)} in the median; published is"
                f" {number(row['published'], 3)}, with {row['below']} of {row['seeds']} seeds below"
                " it."
            )
    return text
