"""The page of all figures: a small picture of each, with its finding and where it belongs."""

import base64
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from widelimit.report.catalog import figures_on, pages_of
from widelimit.report.figure_text import FigureText
from widelimit.report.pages.render import rendered
from widelimit.study.config import Study
from widelimit.tables.files import read_text

WIDTH, COLOURS = 480, 64
"""Of a small picture: all of them together stay below a megabyte."""


@dataclass(frozen=True)
class Picture:
    """One figure: its name, its title, caption and finding, and its small PNG with its size."""

    name: str
    text: FigureText
    png: str
    width: int
    height: int


def read_picture(png: str, text: str) -> Picture:
    """The small picture of a figure, from the files that its rule has left.

    Raises ValueError, naming the file and what to do, where the text is missing or damaged.
    """
    said = read_text(text, FigureText.from_json)
    with Image.open(png) as drawn:
        height = round(WIDTH * drawn.height / drawn.width)
        # Means of blocks: filters that look further make more colours, and so more bytes.
        small = drawn.convert("RGB").resize((WIDTH, height), Image.Resampling.BOX)
    file = io.BytesIO()
    small.quantize(COLOURS).save(file, "png")
    return Picture(Path(png).stem, said, base64.b64encode(file.getvalue()).decode(), WIDTH, height)


def render_gallery(
    pictures: Iterable[Picture],
    *,
    study: Study,
    linked: Collection[str],
    origin: Mapping[str, Any] | None = None,
) -> str:
    """The HTML of the gallery, page by page; ``linked`` are the pages that are there."""
    by_name = {picture.name: picture for picture in pictures}
    shown = {page: [by_name[name] for name in figures_on(page, study)] for page in pages_of(study)}
    return rendered("gallery", study=study, linked=linked, origin=origin, shown=shown)
