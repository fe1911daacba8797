"""What is said of a figure: its job writes it beside the picture, pages and README read it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class FigureText:
    """The sentences of a figure, plain text, and what moves in it.

    title, caption : what it shows, and how to read it
    details : what its lines, bands and panels are in full
    finding : what was measured, in a sentence or two with its numbers
    moving : of figures with sliders, what `Moving.for_page` gives
    """

    title: str
    caption: str
    finding: str
    moving: dict[str, Any] | None = None
    details: str = ""

    def to_json(self) -> str:
        """An object with a line for each entry."""
        lines = (
            f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
            for name, value in vars(self).items()
        )
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> FigureText:
        """What `to_json` wrote. Raises ValueError for anything else."""
        entries = json.loads(text)
        names = [field.name for field in fields(cls)]
        if not isinstance(entries, dict) or list(entries) != names:
            raise ValueError(f"the text of a figure must have the entries {', '.join(names)}")
        return cls(**entries)


def text_of(module: ModuleType, table: pd.DataFrame) -> FigureText:
    """What a figure's module says of the figure that it draws from ``table``.

    The first line of its caption is what everybody reads, the others are details.
    """
    caption, *details = (line.strip() for line in module.caption(table).strip().split("\n"))
    return FigureText(
        title=module.TITLE,
        caption=caption,
        finding=module.finding(table),
        moving=module.moving(table).for_page() if hasattr(module, "moving") else None,
        details=" ".join(details),
    )
