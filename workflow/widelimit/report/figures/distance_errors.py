"""Distance: both errors of every network along the test points, on what theory predicted."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import choices, study_points, style, words
from widelimit.report.numbers import fixed, power
from widelimit.tables.columns import INDEX, SEED, STEP, WIDTH, Table, real, text

TITLE = "Two errors, and what theory says of them"

START, MOVEMENT = "start", "movement"
MOST_WIDTHS = 3
MEAN = {"color": style.THEORY, "linestyle": style.DASHED, "linewidth": 1.3}
TITLES = {START: "kernel at the start", MOVEMENT: "movement of the kernel"}

TABLE = Table(
    "figures/distance_errors.parquet",
    "one error of one network, or theory's, at one test point",
    (
        text(
            "quantity",
            "start: own-kernel - NTK prediction; movement: network - own-kernel prediction",
        ),
        WIDTH,
        SEED.but(null="theory: the standard deviation of start, the mean of movement"),
        STEP,
        INDEX,
        *study_points.POSITION,
        real("value", "the error", "theory has no finite value"),
    ),
)


def summarise(
    data: pd.DataFrame, predictions: pd.DataFrame, predicted: pd.DataFrame
) -> pd.DataFrame:
    """Both errors of networks of some widths at the last step, and theory's.

    Test points without an order of their own are placed by theory's movement at the widest width.
    """
    step = study_points.last_finite_step(predictions)
    widths = choices.thin(predictions["width"].dropna(), MOST_WIDTHS)
    shown = predictions[predictions["step"].eq(step) & predictions["width"].isin(widths)]
    f = shown.pivot(index=["width", "seed", "index"], columns="model", values="f")
    own = f["empirical_ntk"]
    measured = pd.DataFrame({START: own - f["ntk_corrected"], MOVEMENT: f["network"] - own})
    theory = predicted[predicted["step"].eq(step) & predicted["width"].isin(widths)]
    table = pd.concat([measured.reset_index(), theory]).melt(
        ["width", "seed", "index"], [START, MOVEMENT], var_name="quantity"
    )
    points = study_points.locate_tests(data)
    if points["axis"].eq("none").any():
        widest = theory[theory["width"] == widths[-1]].set_index("index")
        order = widest[MOVEMENT].fillna(widest[START]).rank(method="first")
        points = points.assign(position=points["index"].map(order))
    table = table.merge(points, on="index").assign(step=step)
    return TABLE.arrange(table.sort_values(["quantity", "width", "seed", "position", "index"]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    widths = choices.distinct(table["width"])
    figure = style.figure(4.2)
    grid = figure.subplots(2, len(widths), sharex=True, sharey="col", squeeze=False)
    letters = iter("abcdef")
    for row, (quantity, title) in zip(grid, TITLES.items(), strict=True):
        for axes, width in zip(row, widths, strict=True):
            rows = table[table["quantity"].eq(quantity) & table["width"].eq(width)]
            _draw(axes, rows, quantity, style.width_colour(width, widths))
            style.panel(axes, next(letters), f"$k$ = {power(width)}")
        row[0].set_ylabel(title)
    axis = table["axis"].iloc[0]
    for axes in grid[-1]:
        axes.set_xlabel(study_points.AXIS_LABELS.get(axis, "test points, by predicted movement"))
    looks = {
        "one network": {"color": style.GREY, "linewidth": 0.8},
        "theory: mean": MEAN,
        "theory: ± 2 standard deviations": {"color": style.THEORY, "alpha": 0.2, "linewidth": 6},
    }
    style.key(figure, looks)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, quantity: str, colour):
    for _, network in rows.dropna(subset="seed").groupby("seed"):
        axes.plot(network["position"], network["value"], color=colour, linewidth=0.7, alpha=0.8)
    theory = rows[rows["seed"].isna()]
    x, value = theory["position"], theory["value"]
    mean = value if quantity == MOVEMENT else 0 * value
    axes.plot(x, mean, **MEAN)
    if quantity == START:
        look = {"color": style.THEORY, "alpha": 0.15, "linewidth": 0}
        axes.fill_between(x, -2 * value, 2 * value, zorder=1, **look)


def caption(table: pd.DataFrame) -> str:
    seeds = table.dropna(subset="seed")["seed"].nunique()
    return (
        f"{words.counted(seeds, 'network')} a width after {words.steps(choices.last_step(table))}."
        " Above: prediction of a network's own kernel at the start minus that of the limit. Below:"
        " network minus prediction of its own kernel.\nPanels of a column share their scale."
        " Theory has no free parameter and knows of no network: of the first error, whose mean is"
        " 0, it gives the standard deviation, of the second the mean over initialisations."
    )


def finding(table: pd.DataFrame) -> str:
    measured = table.dropna(subset="seed")
    theory = table[table["seed"].isna()].set_index(["quantity", "width", "index"])["value"]
    widest = choices.distinct(table["width"])[-1]

    def parts(quantity: str) -> tuple[np.ndarray, np.ndarray]:
        rows = measured[measured["quantity"].eq(quantity) & measured["width"].eq(widest)]
        each = rows.pivot(index="seed", columns="index", values="value")
        return each.to_numpy(float), theory[quantity, widest][each.columns].to_numpy(float)

    start, deviation = parts(START)
    movement, mean = parts(MOVEMENT)
    size = np.sqrt(np.mean(start**2) / np.mean(deviation**2))
    text = (
        f"After {words.steps(choices.last_step(table))}, at width {power(widest)}, the error at the"
        f" start is {fixed(size)} times what was predicted"
        " (root mean squares over networks and test points)"
    )
    if np.isnan(mean).any():
        return f"{text}; theory has no finite movement there."
    correlations = [np.corrcoef(one, mean)[0, 1] for one in movement]
    return (
        f"{text}, and the networks' movements have"
        f" correlations from {fixed(min(correlations), 3)} to {fixed(max(correlations), 3)} with"
        " the one predicted curve."
    )
