"""Step 7: any width after any number of steps, with its distance and its loss; sliders move it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtri

from widelimit.report.figures import parts, style
from widelimit.report.figures.sliders import (
    Frame,
    Moving,
    Panel,
    Part,
    Slider,
    Words,
    joined,
    limits,
    outline,
)
from widelimit.report.numbers import number, power
from widelimit.tables.schemas import Column, Table

TITLE = "Any width, after any number of steps"

TABLE = Table(
    "figures/step7_explorer.parquet",
    "one point of one curve, at one width and step where it depends on them",
    (
        Column(
            "quantity",
            pa.string(),
            "network, ntk, nngp: predictions of output 0; train, test: its targets; distance:"
            " rmse_network_vs_ntk; loss, closed_form: training loss, measured and from the limit"
            " NTK and each network's own initialisation",
        ),
        parts.WIDTH,
        parts.SEED,
        parts.STEP,
        parts.INDEX,
        *parts.POSITION,
        Column("value", pa.float64(), "the value; ntk: mean of theory; else median over seeds"),
        Column("lower", pa.float64(), "lower quantile: over seeds; ntk: of theory", null="none"),
        Column("upper", pa.float64(), "upper quantile: over seeds; ntk: of theory", null="none"),
        Column("seeds", pa.int64(), "seeds value, lower, upper are over", "count", null="of none"),
        Column("lower_level", pa.float64(), "order of the lower quantile"),
        Column("upper_level", pa.float64(), "order of the upper quantile"),
        Column("outputs", pa.int64(), "outputs that a network of the study has", "count"),
    ),
)

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
    widths = parts.thin(networks["width"].dropna(), MOST_WIDTHS)
    last = parts.last_finite_step(predictions)
    steps = networks["step"].dropna().astype(int)
    steps = [*steps[steps == 0].unique(), *parts.thin(steps[steps.between(1, last)], MOST_STEPS)]
    seeds = sorted(networks["seed"].dropna().unique())[:MOST_SEEDS]

    points = parts.locate(data).sort_values(["position", "index"])
    targets = points.rename(columns={"split": "quantity", "y_0": "value"})
    points = points[points["split"] == "test"][["index", "axis", "position"]]
    points = _spread(points, max(60, MOST_VALUES // (len(widths) * len(steps) * len(seeds))))
    networks = networks[
        networks["width"].isin(widths) & networks["step"].isin(steps) & networks["seed"].isin(seeds)
    ]
    curves = [
        networks.rename(columns={"f": "value"}).assign(quantity="network"),
        *_limits(theory[theory["output"].eq(0) & theory["step"].isin(steps)], quantiles),
    ]
    metrics = parts.of_study(metrics)
    metrics = metrics[metrics["width"].isin(widths) & metrics["step"].gt(0)]
    names = {
        "rmse_network_vs_ntk": "distance",
        "train_loss": "loss",
        "train_loss_ntk": "closed_form",
    }
    bands = metrics[metrics["metric"].isin(names) & metrics["step"].le(last)]
    bands = bands[bands["metric"].ne("rmse_network_vs_ntk") | bands["step"].isin(steps)]
    bands = parts.band(
        bands.assign(quantity=bands["metric"].map(names)), ["quantity", "width", "step"], quantiles
    ).rename(columns={"centre": "value"})
    shown = targets["quantity"].eq("train") | targets["index"].isin(points["index"])
    table = pd.concat(
        [targets[shown], *(curve.merge(points, on="index") for curve in curves), bands]
    ).dropna(subset="value")
    order = ["quantity", "width", "step", "seed", "position", "index"]
    outputs = sum(name.startswith("y_") for name in data.columns)
    axis = points["axis"].iloc[0]
    table = table.assign(axis=axis, outputs=outputs, lower_level=quantiles[0])
    return parts.arrange(table.assign(upper_level=quantiles[1]).sort_values(order), TABLE)


def _spread(points: pd.DataFrame, most: int) -> pd.DataFrame:
    if len(points) <= most:
        return points
    return points.iloc[np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))]


def _limits(theory: pd.DataFrame, quantiles) -> Iterator[pd.DataFrame]:
    # At one point the ensemble of infinitely wide networks is normally distributed.
    ntk, nngp = (theory[theory["model"] == model] for model in ("ntk", "nngp"))
    lower, upper = (ntk["mean"] + ntk["std"] * ndtri(level) for level in quantiles)
    yield ntk.rename(columns={"mean": "value"}).assign(quantity="ntk", lower=lower, upper=upper)
    yield nngp.rename(columns={"mean": "value"}).assign(quantity="nngp")


LABELS = {
    "networks": "networks, one line a seed",
    "band": "theory's band",
    "ntk": "NTK",
    "nngp": "NNGP",
}


@style.context()
def draw(table: pd.DataFrame):
    scene = moving(table)
    found = {part.name: part.at_start(scene.sliders) for part in scene.parts}
    figure = style.figure(5.3)
    above, below = figure.subfigures(2, 1, height_ratios=(1.25, 1))
    fit, (distance, loss) = above.subplots(), below.subplots(1, 2)
    style.log_scale(distance)
    style.width_axis(distance, parts.integers(_of(table, "distance")["width"]), most=6)
    style.log_scale(loss, "xy")
    for panel, axes in zip(scene.panels, (fit, distance, loss), strict=True):
        panel.fix(axes)
    ordered = table["axis"].iloc[0] != "none"
    _band(fit, found["band"], "band", label=LABELS["band"] if ordered else None)
    _band(distance, found["distance-band"], "distance-band")
    _band(loss, found["loss-band"], "loss-band")
    look = {"lw": 0.8, "zorder": 3}
    if not ordered:
        look = {
            "ls": "",
            "marker": ".",
            "ms": 3,
            "mew": 0,
            "label": "one point a seed and test point",
        }
    _line(fit, found["networks"], "networks", **look)
    if ordered:
        target, train = _of(table, "test"), _of(table, "train")
        fit.plot(target["position"], target["value"], color=style.GREY, ls=style.DOTTED, lw=1.1)
        fit.lines[-1].set_label("target")
        _line(fit, found["ntk"], "ntk", color=style.NTK, lw=3.4, alpha=0.55)
        _line(fit, found["nngp"], "nngp", color=style.NNGP, ls=style.DASHED, lw=1.4)
        points = {"color": "white", "markeredgecolor": style.INK, "markeredgewidth": 0.8}
        fit.plot(train["position"], train["value"], "o", ms=4.2, zorder=4, **points)
        fit.lines[-1].set_label("training points")
        fit.set(xlabel=parts.AXIS_LABELS[table["axis"].iloc[0]], ylabel="output")
    else:
        ends = scene.panels[0].x
        fit.plot(ends, ends, color=style.THEORY, ls=style.DASHED, lw=1, label="equal to it")
        fit.set(xlabel="NTK prediction at the same step", ylabel="network")
    above.legend(*fit.get_legend_handles_labels(), loc="outside upper center", ncols=6)
    _each_curve(distance, _of(table, "distance"), "step", "width")
    _each_curve(loss, _of(table, "loss"), "width", "step")
    _line(distance, found["distance"], "distance")
    _line(loss, found["loss"], "loss")
    theory = {"color": style.THEORY, "ls": style.DASHED, "lw": 1.1}
    _line(loss, found["closed-form"], "closed-form", label="closed form", **theory)
    loss.legend(loc="lower left")
    for axes, name in ((distance, "distance-here"), (loss, "loss-here")):
        ring = {"ls": "", "marker": "o", "ms": 8.5, "markerfacecolor": "none", "mew": 1.6}
        _line(axes, found[name], name, color=style.INK, **ring)
    distance.set_ylabel("distance to NTK prediction")
    loss.set(xlabel="training steps", ylabel="training loss")
    style.panel(fit, "a", "Outputs")
    style.panel(distance, "b", "Distance, at this step")
    style.panel(loss, "c", "Training loss, at this width")
    return figure


def _line(axes, frame: Frame, name: str, **look):
    look = {"color": frame.colour, "label": LABELS.get(name)} | look
    axes.plot(frame.x, frame.y, gid=name, **look)


def _band(axes, frame: Frame, name: str, label: str | None = None):
    colour = {"color": frame.colour or style.NTK, "alpha": style.BAND_ALPHA, "lw": 0}
    axes.fill(frame.x, frame.y, gid=name, label=label, **colour)


def _each_curve(axes, rows: pd.DataFrame, by: str, along: str):
    # All curves that the sliders choose among, so that one sees the chosen one among them.
    for _, curve in rows.groupby(by):
        axes.plot(curve[along].astype(float), curve["value"], color="#d5d5d5", lw=0.7, zorder=1)


def moving(table: pd.DataFrame) -> Moving:
    """Sliders over width and step, the three panels, and what moves in them."""
    networks = _of(table, "network")
    widths, steps = parts.integers(networks["width"]), parts.integers(networks["step"])
    sliders = (
        Slider("hidden units k", [power(k) for k in widths], len(widths) - 1),
        Slider("training steps", [power(t) for t in steps], len(steps) - 1),
    )
    distance, loss = _of(table, "distance"), _of(table, "loss")
    closed = _of(table, "closed_form")
    panels = (
        _fit_panel(table),
        Panel("distance", _spanned(distance["width"]), limits(_all(distance), log=True), "xy"),
        Panel("loss", _spanned(loss["step"]), limits(_all(loss, closed), log=True), "xy"),
    )
    return Moving(
        sliders,
        panels,
        (*_fit_parts(table, widths, steps), *_curve_parts(table, widths, steps)),
        [Words((0, 1), _sentences(table, widths, steps))],
    )


def _fit_panel(table: pd.DataFrame) -> Panel:
    networks = _of(table, "network")["value"]
    shown = [_all(_of(table, name)) for name in ("ntk", "train", "test")]
    y = limits(np.concatenate([*shown, networks.quantile([0.01, 0.99])]))
    ordered = table["axis"].iloc[0] != "none"
    return Panel("fit", limits(_of(table, "test")["position"], room=0.02) if ordered else y, y)


def _spanned(values: pd.Series) -> tuple[float, float]:
    return limits(values.astype(float), log=True, room=0.05)


def _fit_parts(table, widths: Sequence[int], steps: Sequence[int]) -> Iterator[Part]:
    ordered = table["axis"].iloc[0] != "none"
    ntk = {step: rows for step, rows in _of(table, "ntk").groupby("step")}
    networks = {}
    for (width, step), rows in _of(table, "network").groupby(["width", "step"]):
        lines = [line for _, line in rows.groupby("seed")]
        if ordered:
            x = joined([line["position"].to_numpy() for line in lines])
            y = joined([line["value"].to_numpy() for line in lines])
        else:
            at = ntk[step].set_index("index")["value"]
            x, y = rows["index"].map(at).to_numpy(float), rows["value"].to_numpy()
        colour = _hex(style.width_colour(width, widths))
        networks[widths.index(width), steps.index(step)] = Frame(x, y, colour)
    yield Part("networks", "fit", (0, 1), networks)
    bands = {
        (steps.index(step),): Frame(
            outline(rows["position"].to_numpy(), rows["position"].to_numpy()),
            outline(rows["lower"].to_numpy(), rows["upper"].to_numpy()),
        )
        for step, rows in ntk.items()
        if ordered
    }
    yield Part("band", "fit", (1,), bands)
    for name in ("ntk", "nngp") if ordered else ():
        found = _of(table, name).groupby("step")
        frames = {
            (steps.index(step),): Frame(rows["position"].to_numpy(), rows["value"].to_numpy())
            for step, rows in found
        }
        yield Part(name, "fit", (1,), frames)


def _curve_parts(table, widths: Sequence[int], steps: Sequence[int]) -> Iterator[Part]:
    by_step = {
        (steps.index(step),): (rows, "width", _hex(style.step_colour(step, steps)))
        for step, rows in _of(table, "distance").groupby("step")
    }
    by_width = {
        (widths.index(width),): (rows, "step", _hex(style.width_colour(width, widths)))
        for width, rows in _of(table, "loss").groupby("width")
    }
    closed = {
        (widths.index(width),): Frame(rows["step"].to_numpy(float), rows["value"].to_numpy())
        for width, rows in _of(table, "closed_form").groupby("width")
    }
    for name, slider, found in (("distance", 1, by_step), ("loss", 0, by_width)):
        lines, bands, here = {}, {}, {}
        for place, (rows, along, colour) in found.items():
            x, value = rows[along].to_numpy(float), rows["value"].to_numpy()
            lines[place] = Frame(x, value, colour)
            edges = outline(rows["lower"].to_numpy(), rows["upper"].to_numpy())
            bands[place] = Frame(outline(x, x), edges, colour)
            others = widths if along == "width" else steps
            for i, other in enumerate(others):
                at = x == other
                if at.any():
                    here[(i, *place) if slider else (*place, i)] = Frame(x[at], value[at])
        yield Part(f"{name}-band", name, (slider,), bands)
        yield Part(name, name, (slider,), lines)
        yield Part(f"{name}-here", name, (0, 1), here)
    yield Part("closed-form", "loss", (0,), closed)


def _sentences(table, widths: Sequence[int], steps: Sequence[int]) -> dict[tuple[int, ...], str]:
    return {
        (i, j): _words(table, width, step)
        for i, width in enumerate(widths)
        for j, step in enumerate(steps)
    }


def _words(table: pd.DataFrame, width: int, step: int) -> str:
    where = f"{power(width)} hidden units after {parts.steps_words(step)}"
    here = table[table["width"].eq(width) & table["step"].eq(step)].set_index("quantity")
    if "distance" not in here.index:
        return f"{where}: at the start, network and prediction agree by definition."
    text = f"{where}: distance to the NTK prediction {number(here.loc['distance', 'value'], 2)}"
    if "loss" in here.index:
        text += f", training loss {number(here.loc['loss', 'value'], 2)}"
    if "closed_form" in here.index:
        text += f" (closed form {number(here.loc['closed_form', 'value'], 2)})"
    return f"{text}; medians over {parts.count_words([here.loc['distance', 'seeds']])}."


def _of(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    return table[table["quantity"] == quantity]


def _all(*frames: pd.DataFrame) -> np.ndarray:
    return np.concatenate(
        [frame[["value", "lower", "upper"]].to_numpy().ravel() for frame in frames]
    )


def _hex(colour) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def caption(table: pd.DataFrame) -> str:
    networks = _of(table, "network")
    lower, upper = (100 * table[f"{end}_level"].iloc[0] for end in ("lower", "upper"))
    start = (
        f"{power(int(networks['width'].max()))} hidden units after"
        f" {parts.steps_words(parts.last_step(networks))}"
    )
    what = "output 0 of networks" if table["outputs"].iloc[0] > 1 else "networks"
    shown = parts.count_words(networks.groupby("width")["seed"].nunique())
    if table["axis"].iloc[0] == "none":
        fit = f"a: {what} against the NTK prediction ({shown}), output by output."
    else:
        fit = (
            f"a: {what} ({shown}, one line each) over the mean of infinitely wide networks (NTK)"
            f" at the same step and the band from their {lower:g} % to {upper:g} % quantile, point"
            " by point, from the closed form; NNGP is the mean when the last layer alone is"
            " trained."
        )
    return (
        f"{fit} b: distance of networks from the NTK prediction that starts from their own"
        " initialisation (root mean square over test points). c: training loss, and its closed"
        f" form. In b and c, {parts.band_words(_of(table, 'distance'))}; the ring is at the chosen"
        f" width and step, the other curves are grey. Drawn for {start}."
    )


def finding(table: pd.DataFrame) -> str:
    networks = _of(table, "network")
    return _words(table, int(networks["width"].max()), parts.last_step(networks))
