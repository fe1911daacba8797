"""Pages: text, formulas, figures and their numbers in one self-contained HTML file each.

Strings and frames in, one string out. A page asks the network for nothing: its style is inlined,
its figures are inline SVG, its formulas MathML.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from widelimit import __version__
from widelimit.kernels.activations import parse_activation
from widelimit.report.catalog import PAGES
from widelimit.report.figures.sliders import Moving
from widelimit.report.formulas import Formulas
from widelimit.report.markup import (
    cell,
    csv_link,
    inline_svg,
    shortened,
)
from widelimit.report.math_font import FONT
from widelimit.report.numbers import fixed, number, power
from widelimit.study.config import Study
from widelimit.tables.columns import Column
from widelimit.tables.files import read_table

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class FigureOnPage:
    """One figure as a page shows it.

    name : its name and anchor, such as step7_convergence
    svg : text of the SVG file
    table, columns : the tidy table behind it, and what its columns mean
    title, caption, finding : sentences, plain text
    command : what to type to draw it again
    table_path : where the whole table lies
    moving : sliders and what they move, for figures that have them
    """

    name: str
    svg: str
    table: pd.DataFrame
    columns: tuple[Column, ...]
    title: str
    caption: str
    finding: str
    command: str
    table_path: str
    moving: Moving | None = None


def figure_on_page(
    module: ModuleType, *, name: str, svg: str, table: pd.DataFrame, command: str, table_path: str
) -> FigureOnPage:
    """The figure that ``module`` drew from ``table``, with the sentences the module gives it."""
    return FigureOnPage(
        name=name,
        svg=svg,
        table=table,
        columns=module.TABLE.columns,
        title=module.TITLE,
        caption=module.caption(table) if hasattr(module, "caption") else module.CAPTION,
        finding=module.finding(table),
        command=command,
        table_path=table_path,
        moving=module.moving(table) if hasattr(module, "moving") else None,
    )


def read_figure(svg: str, table: str, *, command: str) -> FigureOnPage:
    """The figure that its rule has left in two files, by the module of its name."""
    name = Path(svg).stem
    return figure_on_page(
        import_module(f"widelimit.report.figures.{name}"),
        name=name,
        svg=Path(svg).read_text(encoding="utf-8"),
        table=read_table(table),
        command=f"{command} --forcerun {shlex.quote(svg)}",
        table_path=str(table),
    )


def render_page(
    template: str,
    *,
    study: Study,
    figures: Iterable[FigureOnPage] = (),
    numbers: Mapping[str, Any] | None = None,
    commands: Mapping[str, str] | None = None,
    origin: Mapping[str, Any] | None = None,
    pages: Sequence[str] = tuple(PAGES),
) -> str:
    """The HTML of the page ``template`` (index or one of ``PAGES``).

    ``figures`` are placed by name; a section whose figure is not among them is left out.
    ``numbers`` are what the text quotes, ``commands`` what reruns a stage (what it does: what to
    type), ``origin`` is what made the page (provenance.page_origin), ``pages`` those that the
    navigation links to.
    Raises ValueError for an unknown page, or a figure that the page has no place for.
    """
    if template not in ("index", *PAGES):
        raise ValueError(f"template must be index or one of {', '.join(PAGES)}; got {template!r}")
    by_name = {figure.name: figure for figure in figures}
    html = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            page=template,
            pages={name: PAGES[name] for name in pages},
            study=study,
            figures=by_name,
            numbers=numbers or {},
            commands=commands or {},
            origin=origin,
            style=_inlined("page.css"),
            math_font=base64.b64encode(FONT.read_bytes()).decode(),
            scripts=[_inlined(name) for name in _scripts(template, by_name.values())],
            version=__version__,
        )
    )
    left = [name for name in by_name if f'id="{name}"' not in html]
    if left:
        raise ValueError(f"page {template} has no place for the figures {', '.join(left)}")
    return html


def _scripts(template: str, figures: Iterable[FigureOnPage]) -> list[str]:
    # The overview shows figures without their tables and sliders.
    shown = [] if template == "index" else list(figures)
    moving = any(figure.moving for figure in shown)
    return [*(["moving.js"] if moving else []), *(["download.js"] if shown else [])]


def _inlined(name: str) -> Markup:
    return Markup((_HERE / "style" / name).read_text(encoding="utf-8"))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Formulas],
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    environment.tests["present"] = pd.notna
    environment.filters |= {
        "activation": parse_activation,
        "cell": cell,
        "csv_link": csv_link,
        "number": number,
        "fixed": fixed,
        "power": power,
        "shortened": shortened,
        "inline_svg": inline_svg,
    }
    return environment
