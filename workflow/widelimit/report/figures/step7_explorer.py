"""Step 7: any width after any number of steps, with its distance and its loss; sliders move it."""

import math
from collections.abc import Iterator
from statistics import NormalDist

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, bands, choices, looks, style, words
from widelimit.report.figures.explorer_scene import first, moving
from widelimit.report.figures.sliders import Frame
from widelimit.report.figures.study_points import (
    AXIS_LABELS,
    POSITION,
    last_finite_step,
    locate,
    of_study,
    outputs,
)
from widelimit.report.numbers import number
from widelimit.tables.columns import (
    BAND,
    INDEX,
    LEVELS,
    SEED,
    STEP,
    WIDTH,
    Table,
    large_count,
    missing,
    real,
    text,
)

TITLE = "Any width, after any number of steps"

TABLE = Table(
    "figures/step7_explorer.parquet",
    "one point of one curve, at one width and step where it depends on them",
    (
        text(
            "quantity",
            "network, ntk, nngp: predictions of output 0; train, test: its targets; distance:"
            " rmse_network_vs_ntk; loss, closed_form: training loss, measured and from the limit"
            " NTK and each network's own initialisation",
        ),
        *missing((WIDTH, SEED, STEP, INDEX), "of none"),
        *POSITION,
        real("value", "the value; ntk: mean of theory; else median over seeds"),
        real("lower", "lower quantile: over seeds; ntk: of theory", "none"),
        real("upper", "upper quantile: over seeds; ntk: of theory", "none"),
        BAND[3].but(null="of none"),
        *LEVELS,
        large_count("outputs", "outputs that a network of the study has"),
    ),
)

CURVES = {
    "rmse_network_vs_ntk": "distance",
    "train_loss": "loss",
    "train_loss_ntk": "closed_form",
}
"""What the metrics are called here."""

LINES, DOTS = "networks, one line a seed", "one point a seed and test point"
"""The networks in the key, along an axis and against the prediction."""

MOST_WIDTHS, MOST_STEPS, MOST_SEEDS = 12, 10, 8
MOST_VALUES = 64_000
"""Of the networks' curves: a page is to stay small enough to be sent around."""


def summarise(
    data: pd.DataFrame,
    predictions: pd.DataFrame,
    theory: pd.DataFrame,
    metrics: pd.DataFrame,
    *,
    quantiles=(0.1, 0.9),
) -> pd.DataFrame:
    """Curves, distances and losses; widths, steps, seeds and points thinned out where many."""
    networks = predictions[predictions["model"].eq("network") & predictions["output"].eq(0)]
    widths = choices.thin(networks["width"].dropna(), MOST_WIDTHS)
    last = last_finite_step(predictions)
    steps = networks["step"].dropna().astype(int)
    steps = [*steps[steps == 0].unique(), *choices.thin(steps[steps.between(1, last)], MOST_STEPS)]
    seeds = choices.distinct(networks["seed"])[:MOST_SEEDS]

    points = locate(data).sort_values(["position", "index"])
    targets = points.rename(columns={"split": "quantity", "y_0": "value"})
    points = points[points["split"] == "test"][["index", "axis", "position"]]
    most = max(60, MOST_VALUES // (len(widths) * len(steps) * len(seeds)))
    points = points.iloc[choices.evenly(points, most)]
    networks = networks[
        networks["width"].isin(widths) & networks["step"].isin(steps) & networks["seed"].isin(seeds)
    ]
    curves = [
        networks.rename(columns={"f": "value"}).assign(quantity="network"),
        *_limits(theory[theory["output"].eq(0) & theory["step"].isin(steps)], quantiles),
    ]
    measured = of_study(metrics).assign(quantity=metrics["metric"].map(CURVES))
    measured = measured[measured["width"].isin(widths) & measured["step"].between(1, last)]
    measured = measured[measured["quantity"].ne("distance") | measured["step"].isin(steps)]
    measured = measured[measured["quantity"].notna()]
    band = bands.summarise(measured, ["quantity", "width", "step"], quantiles)
    shown = targets["quantity"].eq("train") | targets["index"].isin(points["index"])
    table = pd.concat(
        [
            targets[shown],
            *(curve.merge(points, on="index") for curve in curves),
            band.rename(columns={"centre": "value"}),
        ]
    ).dropna(subset="value")
    table = table.assign(axis=points["axis"].iloc[0], outputs=outputs(data))
    table = table.assign(lower_level=quantiles[0], upper_level=quantiles[1])
    order = ["quantity", "width", "step", "seed", "position", "index"]
    return TABLE.arrange(table.sort_values(order))


def _limits(theory: pd.DataFrame, quantiles) -> Iterator[pd.DataFrame]:
    # At one point the ensemble of infinitely wide networks is normally distributed.
    ntk, nngp = (theory[theory["model"] == model] for model in ("ntk", "nngp"))
    lower, upper = (ntk["mean"] + ntk["std"] * _normal_quantile(level) for level in quantiles)
    yield ntk.rename(columns={"mean": "value"}).assign(quantity="ntk", lower=lower, upper=upper)
    yield nngp.rename(columns={"mean": "value"}).assign(quantity="nngp")


def _normal_quantile(level: float) -> float:
    # SciPy's would take a tenth of a second to import; this one has no ends.
    ends = {0.0: -math.inf, 1.0: math.inf}
    return ends[level] if level in ends else NormalDist().inv_cdf(level)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    scene = moving(table)
    frames = {part.name: part.at_start(scene.sliders) for part in scene.parts}
    rows = dict(iter(table.groupby("quantity")))
    figure = style.figure(5.3)
    above, below = figure.subfigures(2, 1, height_ratios=(1.25, 1))
    fit, (distance, loss) = above.subplots(), below.subplots(1, 2)
    style.log_scale(distance)
    against_width.width_axis(distance, choices.distinct(rows["distance"]["width"]))
    style.log_scale(loss, "xy")
    for panel, axes in zip(scene.panels, (fit, distance, loss), strict=True):
        panel.fix(axes)
    axis = table["axis"].iloc[0]
    if axis == "none":
        _draw_against(fit, frames["networks"], scene.panels[0].x)
    else:
        _draw_along(fit, frames, rows)
        fit.set(xlabel=AXIS_LABELS[axis], ylabel="output")
    key = above.legend(*fit.get_legend_handles_labels(), loc="outside upper center", ncols=6)
    for handle, label in zip(key.legend_handles, key.get_texts(), strict=True):
        if label.get_text() in (LINES, DOTS):
            handle.set_gid("networks-key")
    for axes, name, by, along in (
        (distance, "distance", "step", "width"),
        (loss, "loss", "width", "step"),
    ):
        _band(axes, frames[f"{name}-band"], f"{name}-band")
        # All curves that the sliders choose among, so that one sees the chosen one among them.
        for _, curve in rows[name].groupby(by):
            axes.plot(curve[along].astype(float), curve["value"], color="#d5d5d5", lw=0.7, zorder=1)
        _line(axes, frames[name], name)
    _line(loss, frames["closed-form"], "closed-form", label="closed form", **looks.THEORY)
    loss.legend(loc="lower left")
    ring = {"color": style.INK, "ls": "", "marker": "o", "ms": 8.5, "mfc": "none", "mew": 1.6}
    for axes, name in ((distance, "distance-here"), (loss, "loss-here")):
        _line(axes, frames[name], name, **ring)
    distance.set_ylabel("distance to NTK prediction")
    loss.set(xlabel="training steps", ylabel="training loss")
    style.panel(fit, "a", "Outputs")
    style.panel(distance, "b", "Distance, at this step")
    style.panel(loss, "c", "Training loss, at this width")
    return figure


def _draw_along(axes: Axes, frames: dict[str, Frame], rows: dict[str, pd.DataFrame]):
    """Outputs over the position of the points."""
    _band(axes, frames["band"], "band", label="theory's band")
    _line(axes, frames["networks"], "networks", label=LINES, lw=0.8, zorder=3)
    test, train = rows["test"], rows["train"]
    axes.plot(test["position"], test["value"], label="target", **looks.TARGET)
    _line(axes, frames["ntk"], "ntk", label="NTK", color=style.NTK, lw=3.4, alpha=0.55)
    nngp = {"color": style.NNGP, "ls": style.DASHED, "lw": 1.4}
    _line(axes, frames["nngp"], "nngp", label="NNGP", **nngp)
    points = looks.TRAINING_POINTS | {"zorder": 4}
    axes.plot(train["position"], train["value"], label="training points", **points)


def _draw_against(axes: Axes, networks: Frame, ends: tuple[float, float]):
    """Networks against the prediction, where points have no order."""
    dots = {"ls": "", "marker": ".", "ms": 3, "mew": 0}
    _line(axes, networks, "networks", label=DOTS, **dots)
    axes.plot(ends, ends, label="equal to it", **looks.THEORY)
    axes.set(xlabel="NTK prediction at the same step", ylabel="network")


def _line(axes: Axes, frame: Frame, name: str, **look):
    axes.plot(frame.x, frame.y, gid=name, **{"color": frame.colour} | look)


def _band(axes: Axes, frame: Frame, name: str, label: str | None = None):
    colour = {"color": frame.colour or style.NTK, "alpha": bands.ALPHA, "lw": 0}
    axes.fill(frame.x, frame.y, gid=name, label=label, **colour)


def caption(table: pd.DataFrame) -> str:
    networks, distance = (table[table["quantity"] == name] for name in ("network", "distance"))
    lower, upper = (100 * table[f"{end}_level"].iloc[0] for end in ("lower", "upper"))
    width, step = first(table)
    what = "output 0 of networks" if table["outputs"].iloc[0] > 1 else "networks"
    seeds = words.seeds(networks.groupby("width")["seed"].nunique())
    if table["axis"].iloc[0] == "none":
        fit = f"a: {what} against the NTK prediction ({seeds}), output by output."
    else:
        fit = (
            f"a: {what} ({seeds}) over the mean of infinitely wide ones (NTK) with its {lower:g} %"
            f" to {upper:g} % quantiles, from the closed form; NNGP: mean if the last layer alone"
            " is trained."
        )
    return (
        "Networks of any width after any number of steps: the sliders choose. b: distance from the"
        " NTK prediction. c: training loss and its closed form. Rings: the chosen width and"
        f" step.\nIn print: {words.units(width)} after {words.steps(step)}. {fit} b: the prediction"
        " starts from their own initialisation; root mean square over test points. Grey: the"
        f" others. {bands.caption(distance, 'Lines in b and c')}"
    )


def finding(table: pd.DataFrame) -> str:
    distance = table[table["quantity"] == "distance"]
    last = distance[distance["step"] == distance["step"].max()].sort_values("width")
    ends = last.iloc[[0, -1]]
    values = [number(value, 2) for value in ends["value"]]
    where = f"After {words.steps(last['step'].iloc[0])}"
    if last["width"].nunique() == 1:
        return f"{where} the distance is {values[0]} at {words.units(ends['width'].iloc[0])}."
    return (
        f"{where} the distance is {values[0]} at {words.units(ends['width'].iloc[0])} and"
        f" {values[1]} at {words.units(ends['width'].iloc[1])}."
    )
