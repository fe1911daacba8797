"""Small studies, and checks that every figure must pass."""

import inspect
import itertools
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.text import Text

from wide_experiment import run
from widelimit.data.points import make_points, to_table
from widelimit.measure.slopes import slopes_table
from widelimit.report.figure_text import text_of
from widelimit.report.figures import style
from widelimit.tables import files as tables

TARGETS = {1: "t + sin(10 * t)", 2: "t + sin(10 * t)", 4: "x_0 + sin(3 * x_1)"}
"""On the raw interval, the circle it is lifted to, and a sphere."""
SOURCES = {1: "interval", 2: "lift", 4: "sphere"}


def make_study(
    widths=(64, 256, 1024, 4096),
    seeds=3,
    steps=(0, 1, 10, 100, 1000, 10_000),
    dimension=2,
    n_train=20,
    n_test=60,
):
    """The tables of an experiment, by name; losses are kept more often than predictions."""
    data = {"source": SOURCES[dimension], "design": "uniform", "dimension": dimension}
    sizes = {"n_train": n_train, "n_test": n_test, "noise_std": 0.0}
    points = make_points(root=1, targets=[TARGETS[dimension]], **data, **sizes)
    losses = sorted({*steps, *np.geomspace(1, max(steps), 12).astype(int).tolist()})
    options = {"widths": widths, "seeds": seeds, "steps": max(steps), "root": 1}
    done = run(points, **options, checkpoints=list(steps), loss_steps=losses)
    return {
        "data": to_table(points)[0].astype({"t": float}),
        "kernels": done.kernels,
        "theory": done.theory,
        "predictions": done.predictions,
        "metrics": done.metrics,
        "slopes": slopes_table(done.metrics, "step7"),
    }


def with_variant(study, variant):
    """A study whose metrics and slopes hold those of its variant, the interval, too."""
    other = variant["metrics"].assign(experiment="interval")
    both = pd.concat([study["metrics"], other], ignore_index=True)
    named = {f"interval_{name}": frame for name, frame in variant.items()}
    own = {"interval_metrics": other, "metrics": both, "slopes": slopes_table(both, "step7")}
    return study | named | own


UNREADABLE = re.compile(r"^\s|\s$|\bnan\b|None|<NA>|inf\b|[$\\{}]|\de[-+]|  |,,| ,|,\.|\.\.")
"""What no text on a page may hold: missing values, LaTeX, Python's numbers, gaps."""

MOST_WORDS = 40
"""Of a caption."""


def take(module, study, **options):
    """summarise of the module with those frames of the study that it asks for."""
    wanted = inspect.signature(module.summarise).parameters
    return module.summarise(**{name: study[name] for name in wanted if name in study}, **options)


def short(case):
    """A test's name for a figure: that of its module without the package."""
    return getattr(case, "__name__", str(case)).rpartition(".")[2]


def check_figure(module, table):
    """The table holds what TABLE says; what is drawn and said of it, read again, is readable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        tables.write_table(path, table, module.TABLE.schema())
        again = tables.read_table(path)
    assert list(again.columns) == module.TABLE.names
    drawn = module.draw(again)
    for axes in drawn.axes:
        # Tick labels of a projection have no place before it is rendered.
        if axes.name == "3d":
            drawn.delaxes(axes)
    check_layout(drawn)
    said = text_of(module, again)
    for text in (said.title, said.caption, said.finding, said.details):
        assert not UNREADABLE.search(text), text
        assert text[-1:] in (".", "") or text == said.title
    assert len(said.caption.split()) <= MOST_WORDS, said.caption


def texts_of(figure):
    """The texts of the figure that are drawn, tick labels included, with their boxes in pixels."""
    figure.draw_without_rendering()
    drawn = set()
    every_axis = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    for axis in every_axis:
        low, high = sorted(axis.get_view_interval())
        for minor in (False, True):
            labels = axis.get_ticklabels(minor=minor)
            pairs = zip(axis.get_ticklocs(minor=minor), labels, strict=False)
            drawn |= {label for at, label in pairs if low <= at <= high}
    # Ticks out of view keep a text that is not drawn; looking at them can make new ones.
    ticks = [tick for axis in every_axis for tick in (*axis.majorTicks, *axis.minorTicks)]
    ticks = {label for tick in ticks for label in (tick.label1, tick.label2)}
    shown = [
        # Of an annotation the text alone, without its hairline.
        (text, Text.get_window_extent(text))
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and (text not in ticks or text in drawn)
    ]
    return [(t, box) for t, box in shown if t.axes is None or (t.axes.axison or t not in ticks)]


def check_layout(figure):
    """All texts lie on the canvas, and no two of them overlap."""
    with style.context():
        shown = texts_of(figure)
    canvas = figure.bbox
    for text, box in shown:
        inside = (
            box.x0 >= canvas.x0 - 0.5
            and box.y0 >= canvas.y0 - 0.5
            and box.x1 <= canvas.x1 + 0.5
            and box.y1 <= canvas.y1 + 0.5
        )
        assert inside, f"{text.get_text()!r} leaves the canvas: {box}"
    for (a, one), (b, two) in itertools.combinations(shown, 2):
        wide = min(one.x1, two.x1) - max(one.x0, two.x0)
        high = min(one.y1, two.y1) - max(one.y0, two.y0)
        # Boxes hold the line's full ascent: two pixels of touching are not seen.
        assert wide < 1 or high < 2, f"{a.get_text()!r} and {b.get_text()!r} overlap"
