"""A page as a browser sees it, and figures to put on pages, made up or drawn."""

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd

from widelimit.report.catalog import FIGURES, PAGES, step_of
from widelimit.report.figure_text import FigureText
from widelimit.report.pages.figure import FigureOnPage
from widelimit.study.config import Study, load_study
from widelimit.tables.columns import large_count, real

VOID = {"meta", "link", "br", "hr", "img", "input"}

OF_SOME_STUDIES = (
    "step7_beyond",
    "step7_exponents",
    "step7_classes",
    "step7_lecture",
    *(name for name in FIGURES if name.startswith(("classes_", "lecture_"))),
)
SHOWN = {
    page: [
        name
        for name in FIGURES
        if step_of(name) in PAGES[page].steps and name not in OF_SOME_STUDIES
    ]
    for page in PAGES
}
"""The figures that a page of most studies has, in their order."""


class Seen(HTMLParser):
    """What a browser sees of a page; insists on balanced tags."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], Counter(), [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert {"svg", "math"} & set(self.open), f"<{tag}/> outside SVG and MathML"
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    @property
    def text(self):
        return "".join(data for where, data in self.texts if not {"style", "script"} & set(where))

    @property
    def scripts(self):
        return "".join(data for where, data in self.texts if "script" in where)

    def values(self, name):
        return [attrs[name] for _, attrs, _ in self.attributes if name in attrs]


def svg_of(n):
    return (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
        ' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="720pt" height="300pt"'
        ' viewBox="0 0 720 300" xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
        "<metadata><rdf xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>\n"
        "<defs><style type='text/css'>*{stroke-linejoin: round}</style>"
        f'<clipPath id="p1"><rect width="{n}" height="9"/></clipPath>'
        '<path id="m1" d="M0 0"/></defs>'
        '<g id="axes_1" clip-path="url(#p1)" style="fill: url(#p1)"><use xlink:href="#m1"/></g>\n'
        "</svg>\n"
    )


def figure(name: str, **changes) -> FigureOnPage:
    """A made-up figure of that name, with other fields or sentences where they are given."""
    sentences = ("title", "caption", "finding", "moving")
    text = {"title": f"Title of {name}", "caption": "A caption", "finding": "2 rows."}
    text |= {key: changes.pop(key) for key in sentences if key in changes}
    made = FigureOnPage(
        name=name,
        svg=svg_of(3),
        text=FigureText(**text),
        table=pd.DataFrame({"width": [64, 1024], "centre": [0.5, np.nan]}),
        columns=(
            large_count("width", "hidden units"),
            real("centre", "median", "no step", unit="s"),
        ),
        table_path=f"results/figures/{name}.parquet",
        command=f"snakemake --force {name}.svg",
    )
    return replace(made, **changes)


def study(**changes) -> Study:
    """The shipped study with changes."""
    return load_study(changes)
