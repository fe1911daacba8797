"""Finished studies side by side: ``python -m widelimit.report.comparison RESULTS RESULTS ...``.

From their results directories alone: what differs in their configurations, the distance to the NTK
prediction against width, and the statements beside each other; comparison.html, .svg and .parquet.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from widelimit.report.figures import against_width, bands, choices, style
from widelimit.report.figures.against_width import Curve
from widelimit.report.figures.labels import label_ends
from widelimit.report.numbers import number, power
from widelimit.report.pages.markup import inline_svg
from widelimit.report.pages.render import rendered
from widelimit.report.verdict import tally
from widelimit.study.config import Study
from widelimit.tables.columns import BAND, STEP, WIDTH, Table, text
from widelimit.tables.files import read_table, write_atomically, write_table, write_text
from widelimit.tables.provenance import origins

TABLE = Table(
    "comparison.parquet",
    "the distance to the NTK prediction of one width after so many steps in one study",
    (text("study", "its results directory"), STEP, WIDTH, *BAND),
)
METRIC, QUANTILES, MOST_PANELS = "rmse_network_vs_ntk", (0.1, 0.9), 3
FOLLOWING = ("loss_steps", "experiment")
"""Settings that follow from others, or are the same in every study."""
COLOURS = (style.NTK, style.NNGP, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
MARKERS = "osD^vP"


def compare(folders: list[str], into: Path) -> None:
    """Write comparison.html, .svg and .parquet of the studies whose results are in the folders.

    Raises ValueError for less than two studies, more than six, or two that share no step.
    """
    if not 2 <= len(set(folders)) == len(folders) <= len(COLOURS):
        raise ValueError(
            f"studies must be 2 to {len(COLOURS)} different results directories; got {folders}"
        )
    table = distances({name: read_table(Path(name) / "measured.parquet") for name in folders})
    claims = {name: read_table(Path(name) / "claims.parquet") for name in folders}
    write_table(into / TABLE.path, table, TABLE.schema())
    svg = into / "comparison.svg"
    write_atomically(svg, lambda path: style.save(draw(table), path))
    html = rendered(
        "comparison",
        study=Study(),
        linked=(),
        studies=folders,
        settings=differing({name: settings(name) for name in folders}),
        picture=inline_svg(
            svg.read_text(encoding="utf-8"),
            prefix="comparison",
            title="Distance to the NTK prediction, study by study",
            description="Medians over seeds against width, a panel for each number of steps.",
        ),
        rows=widest(table),
        tallies={name: tally(rows) for name, rows in claims.items()},
        statements=statements(claims),
    )
    write_text(into / "comparison.html", html)


def distances(measured: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Medians and quantiles over seeds of each study's distance, at the steps that all have."""
    frames = [
        rows[rows["metric"].eq(METRIC) & rows["step"].gt(0)].assign(study=name)
        for name, rows in measured.items()
    ]
    shared = set.intersection(*(set(rows["step"]) for rows in frames))
    if not shared:
        raise ValueError("studies must have compared their networks at a step that all have")
    both = pd.concat([rows[rows["step"].isin(shared)] for rows in frames], ignore_index=True)
    return TABLE.arrange(bands.summarise(both, ["study", "step", "width"], QUANTILES))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each of a few steps, a curve for each study."""
    steps = choices.thin(choices.distinct(table["step"]), MOST_PANELS)
    figure = style.figure(3.2)
    grid = figure.subplots(1, len(steps), sharey=True, squeeze=False)[0]
    names = list(dict.fromkeys(table["study"]))
    panels = {
        axes: [
            Curve(rows[rows["study"] == name], "", colour, marker)
            for name, colour, marker in zip(names, COLOURS, MARKERS, strict=False)
        ]
        for axes, step in zip(grid, steps, strict=True)
        for rows in [table[table["step"] == step]]
    }
    label_ends(against_width.draw(panels, slopes=False))
    for axes, step, letter in zip(grid, steps, "abc", strict=False):
        style.panel(axes, letter, f"{power(step)} step{'s' if step > 1 else ''}")
    grid[0].set_ylabel("distance to NTK prediction")
    looks = zip(names, COLOURS, MARKERS, strict=False)
    style.key(figure, {name: {"color": colour, "marker": m} for name, colour, m in looks}, ncols=2)
    return figure


def settings(folder: str) -> dict[str, Any]:
    """What the main experiment of a study was told, key by key, as its table says."""
    path = str(Path(folder) / "measured.parquet")
    found = {"widths": choices.distinct(read_table(path)["width"])}
    for entry in origins([path]):
        found |= dict(_leaves(entry["params"]))
    return {key: value for key, value in found.items() if key not in FOLLOWING}


def _leaves(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value)
        else:
            yield name, value


def differing(found: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The settings that not all studies have alike: their values, in the order of the studies."""
    keys = dict.fromkeys(key for each in found.values() for key in each)
    values = {key: [each.get(key, "") for each in found.values()] for key in keys}
    return {
        key: list(map(str, several))
        for key, several in values.items()
        if any(value != several[0] for value in several)
    }


def widest(table: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Of each step, the distance of each study's widest networks, and what they are."""
    last = table.sort_values("width").groupby(["step", "study"], sort=False).last()
    names = list(dict.fromkeys(table["study"]))
    return [
        (
            power(step),
            [
                f"{number(last.loc[(step, name), 'centre'], 2)} at"
                f" {power(int(last.loc[(step, name), 'width']))}"
                for name in names
            ],
        )
        for step in choices.distinct(table["step"])
    ]


def statements(claims: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, list[str], bool]]:
    """Each statement: its step, its words, its verdict in each study, and whether these differ."""
    keys = ["course_step", "statement", "metric", "experiment"]
    both = pd.concat(rows.assign(study=name) for name, rows in claims.items())
    verdicts = both.pivot_table(
        index=keys, columns="study", values="verdict", aggfunc="first", sort=False
    ).reindex(columns=list(claims))
    rows = verdicts.fillna("not in this study").itertuples(name=None)
    return [(index[0], index[1], list(given), len(set(given)) > 1) for index, *given in rows]


if __name__ == "__main__":
    try:
        compare(sys.argv[1:], Path())
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    print("comparison.html, comparison.svg, comparison.parquet")
