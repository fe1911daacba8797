"""A figure as a page shows it, from the files that its job has left."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from widelimit.report.figure_text import FigureText
from widelimit.tables.columns import Column
from widelimit.tables.files import read_columns, read_table, read_text


@dataclass(frozen=True)
class FigureOnPage:
    """One figure as a page shows it.

    name : its name and anchor, such as step7_convergence
    svg : text of the SVG file
    text : its title, caption and finding, and what moves in it
    table, columns : the tidy table behind it, and what its columns mean
    table_path : where the whole table lies
    command : what to type to draw it again
    """

    name: str
    svg: str
    text: FigureText
    table: pd.DataFrame
    columns: tuple[Column, ...]
    table_path: str
    command: str


def read_figure(svg: str, text: str, table: str, *, folder: str, command: str) -> FigureOnPage:
    """The figure that its rule has left in these files; ``command`` runs the study.

    folder : where readers find them; of files in remote storage the job reads copies elsewhere

    Raises ValueError, naming the file and what to do, where one is missing or damaged.
    """
    return FigureOnPage(
        name=Path(svg).stem,
        svg=read_text(svg, _whole_svg),
        text=read_text(text, FigureText.from_json),
        table=read_table(table),
        columns=read_columns(table),
        table_path=f"{folder}/{Path(table).name}",
        command=f"{command} --forcerun {shlex.quote(f'{folder}/{Path(svg).name}')}",
    )


def _whole_svg(text: str) -> str:
    if not text.rstrip().endswith("</svg>"):
        raise ValueError("no whole SVG file")
    return text
