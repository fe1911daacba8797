"""Values as HTML: cells of tables and figures, each as a page shows it."""

import base64
import gzip
import re
import xml.etree.ElementTree as ElementTree
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from widelimit.report.numbers import number

_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

MOST_ROWS = 24
"""Rows of a table that a page shows; the whole table is in its Parquet file."""

MOST_CSV_ROWS = 90_000
"""Rows of a table that a page carries for download, about 10 bytes each."""


def cell(value: Any) -> str:
    """Any value of a table: numbers as `number` writes them, a dash for none, yes or no."""
    if isinstance(value, (list, tuple, np.ndarray)):
        shown = ", ".join(cell(item) for item in value[:4])
        return f"[{shown}{', …' if len(value) > 4 else ''}]"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return number(value)
    return "–" if value is None or value is pd.NA or value is pd.NaT else str(value)


def shortened(table: pd.DataFrame, most: int = MOST_ROWS) -> pd.DataFrame:
    """At most ``most`` rows, evenly spread over the table, first and last among them."""
    if len(table) <= most:
        return table
    return table.iloc[np.unique(np.linspace(0, len(table) - 1, most).round().astype(int))]


def csv_link(table: pd.DataFrame) -> str | None:
    """The table as a data: address of CSV, gzipped; floats to five significant digits.

    None for more than `MOST_CSV_ROWS`, which would make the page too large to be sent around.

    The bytes depend on the table alone: no date, no name.
    """
    if len(table) > MOST_CSV_ROWS:
        return None
    text = table.to_csv(index=False, float_format="%.5g", lineterminator="\n")
    packed = gzip.compress(text.encode(), mtime=0)
    return "data:application/gzip;base64," + base64.b64encode(packed).decode()


def inline_svg(svg: str, *, prefix: str, title: str, description: str) -> Markup:
    """An SVG file as an element of a page.

    It scales with the page, is named for screen readers, and every id in it begins with
    ``prefix``, so that several stand on one page; its style rules reach no further than itself.
    Coordinates are rounded to hundredths of a point.
    Raises ValueError where the text is not SVG.
    """
    try:
        root = ElementTree.fromstring(svg.encode())
    except ElementTree.ParseError as error:
        raise ValueError(f"svg must be the text of an SVG file: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError(f"svg must be the text of an SVG file, got the root element {root.tag}")
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        _own_ids(element, prefix)
        _shorten(element)
        if element.tag == f"{{{_SVG}}}style":
            element.text = re.sub(r"\*\s*\{", f"#{prefix}-svg * {{", element.text or "")
    if "viewBox" not in root.attrib:
        root.set("viewBox", f"0 0 {_length(root, 'width')} {_length(root, 'height')}")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {
        "id": f"{prefix}-svg",
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
    }
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{prefix}-{tag}"})
        element.text = text
        root.insert(position, element)
    ElementTree.register_namespace("", _SVG)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _own_ids(element: ElementTree.Element, prefix: str):
    if _XLINK_HREF in element.attrib:
        element.set("href", element.attrib.pop(_XLINK_HREF))
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, f"{prefix}-{value}")
        elif name == "href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}-"))


def _shorten(element: ElementTree.Element):
    # matplotlib writes six decimals, and a line for each point and element.
    for name in element.attrib.keys() & {"d", "x", "y"}:
        rounded = re.sub(r"-?\d+\.\d+", _hundredths, element.get(name))
        element.set(name, re.sub(r"\s*([A-Za-z]|\s)\s*", r"\1", rounded.strip()))
    element.text = (element.text or "").strip() or None
    element.tail = None


def _hundredths(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _length(root: ElementTree.Element, name: str) -> str:
    found = re.match(r"[\d.]+", root.get(name, ""))
    if not found:
        raise ValueError(f"svg must have a viewBox, or a width and a height; {name} is missing")
    return found[0]
