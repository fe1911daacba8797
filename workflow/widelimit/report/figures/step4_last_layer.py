"""Step 4: the last layer trained alone is gradient descent with the finite-width kernel."""

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import bands, choices, style, words
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import number, power
from widelimit.tables.columns import BAND, Table, real, text
from widelimit.tables.features import TABLES

TITLE = "Training the last layer alone is kernel regression, step by step"

TABLE = Table(
    "figures/step4_last_layer.parquet",
    "one number about networks of one width at one step, over seeds",
    (
        text(
            "quantity",
            "network: distance of the trained network from its limit; kernel: the same of the"
            " closed form; difference: the largest between the two, per unit of the targets",
        ),
        *TABLES["last_layer"].pick("width", "step"),
        *BAND,
        real("condition_number", "of the kernel, median over seeds"),
    ),
)

FLOOR = 1e-10
"""Distances below it are drawn there."""

QUANTITIES = {"to_limit": "network", "kernel_to_limit": "kernel", "difference": "difference"}


def summarise(last_layer: pd.DataFrame, *, quantiles=(0.1, 0.9)) -> pd.DataFrame:
    long = last_layer.rename(columns=QUANTITIES).melt(
        ["width", "seed", "step", "condition_number"],
        list(QUANTITIES.values()),
        var_name="quantity",
    )
    table = bands.summarise(long, ["quantity", "width", "step"], quantiles)
    conditions = last_layer.groupby("width")["condition_number"].median()
    table = table.assign(condition_number=table["width"].map(conditions).astype(float))
    return TABLE.arrange(table)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("Distance from the limit of infinitely many steps", "Network less closed form")
    figure, (left, right) = style.row(3.2, *titles)
    widths = choices.distinct(table["width"])
    for axes in (left, right):
        axes.set(xscale="log", yscale="log", xlabel="training steps")
    ends = {left: [], right: []}
    for width, rows in table[table["step"].notna()].groupby("width"):
        colour, name = style.width_colour(width, widths), f"$k$ = {power(width)}"
        by_quantity = dict(iter(rows.groupby("quantity")))
        steps = by_quantity["kernel"]["step"].astype(float)
        kernel, network = (
            by_quantity[quantity]["centre"].clip(lower=FLOOR) for quantity in ("kernel", "network")
        )
        left.plot(steps, kernel, color=colour, linewidth=1)
        left.plot(steps, network, "o", color=colour, markersize=3)
        ends[left].append(End(steps.iloc[-1], kernel.iloc[-1], name, colour))
        look = {"along": "step", "name": name, "marker": "o", "markersize": 3}
        ends[right] += bands.draw(right, by_quantity["difference"], colour, **look)
    left.set_ylabel("distance from the limit (rms, test)")
    right.set_ylabel("largest difference")
    label_ends(ends)
    return figure


def caption(table: pd.DataFrame) -> str:
    return (
        "The last layer trained by gradient descent in its k weights, from A = 0 with B fixed,"
        " beside the closed form for the same steps with the network's own kernel of k features."
        "\na: distance of network (markers) and closed form (lines) from the limit of infinitely"
        " many steps, root mean square over test points (medians; below 10⁻¹⁰ drawn there). b:"
        " largest difference between the two over training and test points."
        f" {bands.caption(table[table['step'].notna()])}"
    )


def finding(table: pd.DataFrame) -> str:
    gaps = table[table["quantity"] == "difference"]
    finite, limit = gaps[gaps["step"].notna()], gaps[gaps["step"].isna()]
    conditions = words.listed(
        f"{number(row['centre'], 2)} at width {power(row['width'])} (condition number"
        f" {number(row['condition_number'], 2)})"
        for _, row in limit.sort_values("width").iterrows()
    )
    return (
        f"Up to {words.steps(choices.last_step(finite))} the two differ by at most"
        f" {number(finite['upper'].max(), 2)} (upper quantile over {words.seeds(finite['seeds'])})."
        " In the limit, least squares of minimum norm in the weights and kernel regression differ"
        f" by {conditions}, in the median."
    )
