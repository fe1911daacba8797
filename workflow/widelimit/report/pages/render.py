"""One page: its template filled with figures and numbers.

Strings and frames in, one string out. A page asks the network for nothing: its style is inlined,
its figures are inline SVG, its formulas MathML.
"""

import base64
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from widelimit import __version__
from widelimit.kernels.activations import parse_activation
from widelimit.report.catalog import PAGES, STEPS
from widelimit.report.numbers import fixed, limits, number, percent, power
from widelimit.report.pages.figure import FigureOnPage
from widelimit.report.pages.formulas import Formulas
from widelimit.report.pages.markup import cell, csv_link, inline_svg, shortened
from widelimit.report.pages.math_font import FONT
from widelimit.report.pages.whole import completed
from widelimit.report.questions import QUESTIONS
from widelimit.report.references import cited_on
from widelimit.study.config import Study

_HERE = Path(__file__).parent
TITLES = {"index": "Overview", "gallery": "All figures"}
"""Of the pages that are about no step of their own."""


def render_page(
    template: str,
    *,
    study: Study,
    figures: Iterable[FigureOnPage] = (),
    numbers: Mapping[str, Any] | None = None,
    commands: Mapping[str, str] | None = None,
    origin: Mapping[str, Any] | None = None,
    linked: Collection[str] = ("index", *PAGES),
) -> str:
    """The HTML of the page ``template`` (index or one of ``PAGES``).

    ``figures`` are placed by name; a section whose figure is not among them is left out.
    ``numbers`` are what the text quotes, ``commands`` what reruns a stage (what it does: what to
    type), ``origin`` is what made the page (provenance.page_origin), ``linked`` the pages that are
    there to be linked to.
    Raises ValueError for an unknown page, or a figure that the page has no place for.
    """
    if template not in ("index", *PAGES):
        raise ValueError(f"template must be index or one of {', '.join(PAGES)}; got {template!r}")
    by_name = {figure.name: figure for figure in figures}
    html = rendered(
        template,
        study=study,
        linked=linked,
        origin=origin,
        figures=by_name,
        steps=STEPS,
        questions=QUESTIONS,
        numbers=numbers or {},
        commands=commands or {},
    )
    # The overview has no picture of a page that is not there.
    unlinked = {page.picture for name, page in PAGES.items() if name not in linked}
    kept = by_name.keys() - (unlinked if template == "index" else set())
    left = [name for name in kept if f'id="{name}"' not in html]
    if left:
        raise ValueError(f"page {template} has no place for the figures {', '.join(left)}")
    return html


def rendered(
    template: str,
    *,
    study: Study,
    linked: Collection[str],
    origin: Mapping[str, Any] | None = None,
    figures: Mapping[str, FigureOnPage] | None = None,
    **told: Any,
) -> str:
    """The HTML of a template that extends base.html.j2, which is told the rest as it is."""
    figures = figures or {}
    html = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            page=template,
            pages=PAGES,
            titles=TITLES | {name: page.title for name, page in PAGES.items()},
            linked=[name for name in ("index", *PAGES, "gallery") if name in linked],
            references=cited_on(template),
            study=study,
            figures=figures,
            origin=origin,
            style=_inlined("page.css"),
            math_font=base64.b64encode(FONT.read_bytes()).decode(),
            scripts=[_inlined(name) for name in _scripts(template, figures.values())],
            version=__version__,
            **told,
        )
    )
    return completed(html)


def _scripts(template: str, figures: Iterable[FigureOnPage]) -> list[str]:
    # The overview shows figures without their tables and sliders.
    shown = [] if template == "index" else list(figures)
    moving = any(figure.text.moving for figure in shown)
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
        "limits": limits,
        "percent": percent,
        "power": power,
        "shortened": shortened,
        "inline_svg": inline_svg,
    }
    return environment
