"""What moves in the explorer of step 7: sliders over width and step, and parts of three panels."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from widelimit.report.figures import choices, style, words
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

WIDTH, STEP = 0, 1
"""Numbers of the sliders."""


def moving(table: pd.DataFrame) -> Moving:
    """The scene of a table of step7_explorer."""
    rows = dict(iter(table.groupby("quantity")))
    places = [choices.distinct(rows["network"][name]) for name in ("width", "step")]
    labels, starts = ("hidden units k", "training steps"), (0, places[STEP].index(first(table)[1]))
    sliders = [
        Slider(label, [power(value) for value in values], start)
        for label, values, start in zip(labels, places, starts, strict=True)
    ]
    panels = [
        _fit_panel(rows),
        _curve_panel("distance", "width", rows["distance"]),
        _curve_panel("loss", "step", rows["loss"], rows["closed_form"]),
    ]
    parts = [
        *_fit_parts(rows, *places),
        *_curve_parts(rows["distance"], "distance", STEP, places),
        *_curve_parts(rows["loss"], "loss", WIDTH, places),
        Part(
            "closed-form", "loss", (WIDTH,), _lines(rows["closed_form"], "width", "step", places[0])
        ),
    ]
    texts = {
        (i, j): sentence(table, width, step)
        for i, width in enumerate(places[0])
        for j, step in enumerate(places[1])
    }
    return Moving(sliders, panels, parts, [Words((WIDTH, STEP), texts)])


def first(table: pd.DataFrame) -> tuple[int, int]:
    """Where the explorer starts: the narrowest width, after the first step that has a distance."""
    networks = table[table["quantity"] == "network"]
    steps = networks["step"].astype(int)
    return int(networks["width"].min()), int(min(steps[steps > 0], default=0))


def ordered(rows: dict[str, pd.DataFrame]) -> bool:
    """Whether the points have an order, so that outputs are lines along it."""
    return rows["test"]["axis"].iloc[0] != "none"


def _fit_panel(rows: dict[str, pd.DataFrame]) -> Panel:
    shown = [_all_values(rows[name]) for name in ("ntk", "train", "test")]
    y = limits(np.concatenate([*shown, rows["network"]["value"].quantile([0.01, 0.99])]))
    x = limits(rows["test"]["position"], room=0.02) if ordered(rows) else y
    return Panel("fit", x, y)


def _curve_panel(name: str, along: str, *frames: pd.DataFrame) -> Panel:
    x = limits(frames[0][along].astype(float), log=True, room=0.05)
    return Panel(name, x, limits(_all_values(*frames), log=True), "xy")


def _all_values(*frames: pd.DataFrame) -> np.ndarray:
    return np.concatenate([f[["value", "lower", "upper"]].to_numpy().ravel() for f in frames])


def _fit_parts(rows: dict[str, pd.DataFrame], widths: list, steps: list) -> Iterator[Part]:
    ntk = {step: here for step, here in rows["ntk"].groupby("step")}
    networks, bands = {}, {}
    for (width, step), here in rows["network"].groupby(["width", "step"]):
        if ordered(rows):
            lines = [line for _, line in here.groupby("seed")]
            x, y = (
                joined([line[name].to_numpy() for line in lines]) for name in ("position", "value")
            )
        else:
            x = here["index"].map(ntk[step].set_index("index")["value"]).to_numpy(float)
            y = here["value"].to_numpy()
        colour = to_hex(style.width_colour(width, widths))
        networks[widths.index(width), steps.index(step)] = Frame(x, y, colour)
    yield Part("networks", "fit", (WIDTH, STEP), networks)
    if ordered(rows):
        for step, here in ntk.items():
            x = outline(here["position"].to_numpy(), here["position"].to_numpy())
            y = outline(here["lower"].to_numpy(), here["upper"].to_numpy())
            bands[(steps.index(step),)] = Frame(x, y)
        yield Part("band", "fit", (STEP,), bands)
        yield Part("ntk", "fit", (STEP,), _lines(rows["ntk"], "step", "position", steps))
        yield Part("nngp", "fit", (STEP,), _lines(rows["nngp"], "step", "position", steps))


def _lines(rows: pd.DataFrame, by: str, along: str, places: list) -> dict[tuple, Frame]:
    return {
        (places.index(value),): Frame(here[along].to_numpy(float), here["value"].to_numpy())
        for value, here in rows.groupby(by)
    }


def _curve_parts(rows: pd.DataFrame, name: str, slider: int, places: list) -> Iterator[Part]:
    """One curve for each place of a slider; a ring where the other slider is on it."""
    by, along = ("width", "step") if slider == WIDTH else ("step", "width")
    colours = style.width_colour if slider == WIDTH else style.step_colour
    values, others = places[slider], places[1 - slider]
    lines, bands, rings = {}, {}, {}
    for value, here in rows.groupby(by):
        place = values.index(value)
        x, y = here[along].to_numpy(float), here["value"].to_numpy()
        edges = outline(here["lower"].to_numpy(), here["upper"].to_numpy())
        colour = to_hex(colours(value, values))
        lines[(place,)] = Frame(x, y, colour)
        bands[(place,)] = Frame(outline(x, x), edges, colour)
        for other in set(x) & set(others):
            key = (place, others.index(other))
            rings[key if slider == WIDTH else key[::-1]] = Frame(x[x == other], y[x == other])
    yield Part(f"{name}-band", name, (slider,), bands)
    yield Part(name, name, (slider,), lines)
    yield Part(f"{name}-here", name, (WIDTH, STEP), rings)


def sentence(table: pd.DataFrame, width: int, step: int) -> str:
    """Distance and loss at one place of the sliders."""
    where = f"{words.units(width)} after {words.steps(step)}"
    here = table[table["width"].eq(width) & table["step"].eq(step)].set_index("quantity")
    if "distance" not in here.index:
        return f"{where}: at the start, network and prediction agree by definition."
    text = f"{where}: distance to the NTK prediction {number(here.loc['distance', 'value'], 2)}"
    if "loss" in here.index:
        text += f", training loss {number(here.loc['loss', 'value'], 2)}"
    if "closed_form" in here.index:
        text += f" (closed form {number(here.loc['closed_form', 'value'], 2)})"
    return f"{text}; medians over {words.seeds([here.loc['distance', 'seeds']])}."
