"""Output scale: networks of any scale beside the laziest of the same width; sliders move them."""

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from widelimit.report.figures import choices, looks, scales, style, words
from widelimit.report.figures.sliders import (
    Frame,
    Moving,
    Panel,
    Part,
    Slider,
    Words,
    joined,
    limits,
)
from widelimit.report.figures.study_points import AXIS_LABELS, POSITION, locate
from widelimit.report.numbers import number, power
from widelimit.tables.columns import INDEX, SEED, WIDTH, Table, missing, real, text
from widelimit.tables.scale import G

TITLE = "Rich and lazy networks side by side"

TABLE = Table(
    "figures/scale_fits.parquet",
    "one point of one curve",
    (
        text("quantity", "network, ntk: outputs at the last step; train, test: targets"),
        *missing((G, WIDTH, SEED), "of none"),
        INDEX,
        *POSITION,
        real("value", "the value, of output 0"),
    ),
)

MOST_WIDTHS, MOST_POINTS = 6, 120


def summarise(data: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Networks and NTK predictions of output 0, some widths and test points of them."""
    points = locate(data).sort_values(["position", "index"])
    test = points[points["split"] == "test"]
    test = test.iloc[choices.evenly(test, MOST_POINTS)]
    shown = predictions[predictions["output"].eq(0)]
    widths = choices.thin(shown["width"].dropna(), MOST_WIDTHS)
    shown = shown[shown["width"].isna() | shown["width"].isin(widths)]
    curves = shown.rename(columns={"model": "quantity", "f": "value"})
    curves = curves.merge(test[["index", "axis", "position"]], on="index")
    targets = points.rename(columns={"split": "quantity", "y_0": "value"})
    kept = targets["quantity"].eq("train") | targets["index"].isin(test["index"])
    table = pd.concat([TABLE.arrange(targets[kept]), TABLE.arrange(curves)])
    return TABLE.arrange(table.sort_values(["quantity", "g", "width", "seed", "position", "index"]))


def moving(table: pd.DataFrame) -> Moving:
    """Sliders over g and width; the left panel follows both, the right one the width alone."""
    networks = table[table["quantity"] == "network"]
    each, widths = scales.scales(networks), choices.distinct(networks["width"])
    sliders = [
        Slider("g = α√k", [scales.written(g) for g in each], 0),
        Slider("hidden units k", [power(width) for width in widths], len(widths) - 1),
    ]
    x = limits(table["position"], room=0.02)
    y = limits(networks["value"].quantile([0.005, 0.995]), room=0.12)
    rich, lazy = {}, {}
    for (g, width), rows in networks.groupby(["g", "width"]):
        curves = [rows for _, rows in rows.groupby("seed")]
        xs, ys = (
            joined([c[name].to_numpy(float) for c in curves]) for name in ("position", "value")
        )
        place = (each.index(g), widths.index(width))
        rich[place] = Frame(xs, ys, to_hex(style.shade(g, each)))
        if g == each[-1]:
            lazy[place[1:]] = Frame(xs, ys)
    measured = errors(table)
    texts = {
        (i, j): sentence(measured, g, width)
        for i, g in enumerate(each)
        for j, width in enumerate(widths)
    }
    return Moving(
        sliders,
        [Panel("rich", x, y), Panel("lazy", x, y)],
        [Part("networks", "rich", (0, 1), rich), Part("lazy-networks", "lazy", (1,), lazy)],
        [Words((0, 1), texts)],
    )


def sentence(measured: pd.DataFrame, g: float, width: int) -> str:
    """Test errors at one place of the sliders, of ``errors``."""
    lazy = measured.index.levels[0].max()
    here, there = (measured["error"].get((scale, width), np.nan) for scale in (g, lazy))
    return (
        f"{power(width)} hidden units: at g = {scales.written(g)} the test error at the last step"
        f" is {number(here, 2)}, at g = {scales.written(lazy)}"
        f" {number(there, 2)} (of the points drawn, median over"
        f" {words.seeds([measured['seeds'].max()])})."
    )


def errors(table: pd.DataFrame) -> pd.DataFrame:
    """The root mean square over the test points drawn, median over ``seeds``, by g and width."""
    networks = table[table["quantity"] == "network"]
    target = table[table["quantity"] == "test"].set_index("index")["value"]
    squares = (networks["value"] - networks["index"].map(target)) ** 2
    each = squares.groupby([networks[name] for name in ("g", "width", "seed")])
    own = np.sqrt(each.mean(skipna=False)).groupby(level=["g", "width"])
    return pd.DataFrame({"error": own.median(skipna=False), "seeds": own.size()})


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    scene = moving(table)
    rows = dict(iter(table.groupby("quantity")))
    lazy = scales.scales(table)[-1]
    limit = rows["ntk"][rows["ntk"]["g"] == lazy].sort_values("position")
    titles = ("At the chosen g", f"Lazy, g = {scales.written(lazy)}")
    figure, grid = style.row(3.3, *titles, sharey=True)
    colours = (None, to_hex(style.shade(lazy, scales.scales(table))))
    for axes, panel, part, colour in zip(grid, scene.panels, scene.parts, colours, strict=True):
        panel.fix(axes)
        frame = part.at_start(scene.sliders)
        look = {"color": frame.colour or colour, "linewidth": 0.9}
        axes.plot(frame.x, frame.y, gid=part.name, label="networks, one line a seed", **look)
        test, train = rows["test"].sort_values("position"), rows["train"]
        axes.plot(test["position"], test["value"], label="target", **looks.TARGET)
        axes.plot(limit["position"], limit["value"], label="NTK prediction", **looks.THEORY)
        points = looks.TRAINING_POINTS | {"zorder": 4}
        axes.plot(train["position"], train["value"], label="training points", **points)
        axes.set_xlabel(AXIS_LABELS[table["axis"].iloc[0]])
    grid[0].set_ylabel("output")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def caption(table: pd.DataFrame) -> str:
    networks = table[table["quantity"] == "network"]
    width, rich = choices.distinct(networks["width"])[-1], scales.scales(table)[0]
    return (
        "Networks α(f − f₀) at the last step, over the target and the NTK prediction at the same"
        f" step.\na: of any g = α√k and width, drawn for g = {scales.written(rich)}"
        f" and {power(width)} hidden units. b: of the largest g and the same width."
    )


def finding(table: pd.DataFrame) -> str:
    networks = table[table["quantity"] == "network"]
    rich, widest = scales.scales(networks)[0], choices.distinct(networks["width"])[-1]
    return sentence(errors(table), rich, widest)
