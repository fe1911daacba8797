"""Step 7: the numbers that a lecture on the NTK has published, beside those of this study."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.data.lecture import PUBLISHED
from widelimit.data.lecture import WIDTH as LECTURE_WIDTH
from widelimit.report.figures import against_width, bands, choices, style, words
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.report.numbers import fixed, number, power
from widelimit.tables.columns import BAND, STEP, WIDTH, Table, large_count, missing, real, text

TITLE = "A lecture's published numbers, recomputed"

REGRESSION = "test_rmse_ntk"

DISTANCES = {
    "network_vs_ntk": ("network vs limit NTK", style.INK, "o"),
    "network_vs_empirical_ntk": ("network vs own NTK", style.NTK, "s"),
}
"""Label, colour and marker of each distance; its root mean square is the metric rmse_..."""

TABLE = Table(
    "figures/step7_lecture.parquet",
    "one mean squared distance over the test points, and what the lecture says it is",
    (
        text(
            "quantity",
            "ntk_bias, ntk_no_bias (NTK regression from the target), network_vs_ntk,"
            " network_vs_empirical_ntk (network from the corrected prediction, same step)",
        ),
        *missing((WIDTH, STEP), "no network is involved"),
        BAND[0].but(meaning="the mean square, median over seeds"),
        *missing(BAND[1:], "no network is involved"),
        real("published", "the lecture's number", "it has none"),
        large_count("below", "seeds below the lecture's number", "as above"),
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
            known = {"published": PUBLISHED.get(quantity)}
            rows.append({"quantity": quantity, "centre": value} | known)
    distances = metrics.assign(quantity=metrics["metric"].str.removeprefix("rmse_"))
    distances = distances[distances["quantity"].isin(DISTANCES)]
    distances = distances[distances["step"] == choices.last_step(distances)]
    squares = distances.assign(value=distances["value"] ** 2)
    by = ["quantity", "width", "step"]
    table = bands.summarise(squares, by, quantiles)
    table["published"] = table["quantity"].map(PUBLISHED).where(table["width"] == LECTURE_WIDTH)
    each = squares.merge(table[[*by, "published"]], on=by)
    below = each["value"].lt(each["published"]).groupby([each[name] for name in by]).sum()
    table = table.merge(below.rename("below").reset_index(), on=by)
    table["below"] = table["below"].where(table["published"].notna())
    return TABLE.arrange(pd.concat([pd.DataFrame(rows), table]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.1)
    axes = figure.subplots()
    networks = dict(iter(table[table["width"].notna()].groupby("quantity")))
    curves = [Curve(networks[name], *look) for name, look in DISTANCES.items() if name in networks]
    axes.set_ylabel("mean squared distance")
    ends = against_width.draw({axes: curves}, guide=-1.0)
    known = table[table["width"].notna() & table["published"].notna()]
    if len(known):
        star = {"markeredgecolor": style.INK, "markeredgewidth": 0.6, "markersize": 11, "zorder": 5}
        x, label = known["width"].astype(float), "published, one network"
        axes.plot(x, known["published"], "*", color=style.ORANGE, label=label, **star)
        axes.legend(loc="upper right")
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["width"].notna()]
    stars = " Stars: what the lecture found for its one network."
    return (
        "Mean squared distance of networks from the corrected NTK prediction over the test points,"
        f" both after {words.steps(choices.last_step(networks))}, by width: with the limit kernel,"
        f" and with the network's own at initialisation. {bands.caption(networks)} Grey lines fall"
        f" as 1/k.{stars * bool(networks['published'].notna().any())}"
    )


def finding(table: pd.DataFrame) -> str:
    kernel = table[table["width"].isna()].set_index("quantity")
    names = {"ntk_bias": "with the bias", "ntk_no_bias": "without it"}
    errors = words.listed(
        f"{fixed(row['centre'], 6)} {names[quantity]}"
        + f" (published: {fixed(row['published'], 6)})" * pd.notna(row["published"])
        for quantity, row in kernel.iterrows()
    )
    text = f"NTK regression has a test mean squared error of {errors}."
    for quantity, (label, *_) in DISTANCES.items():
        rows = table[(table["quantity"] == quantity) & table["published"].notna()]
        for _, row in rows.iterrows():
            text += (
                f" At width {power(int(row['width']))} the mean squared distance, {label}, is"
                f" {number(row['centre'], 3)} in the median; published is"
                f" {number(row['published'], 3)}, with {row['below']} of"
                f" {words.seeds([row['seeds']])} below it."
            )
    return text
