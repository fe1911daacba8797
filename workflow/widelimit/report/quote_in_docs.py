"""What README and docs show of a finished study: ``python -m widelimit.report.quote_in_docs``.

The README's picture and findings, and docs/claims.md: so that what they say of the result is what
the shipped study has computed.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from widelimit.report.figure_text import FigureText
from widelimit.tables.files import read_text, write_text

FIGURES = ("step7_convergence", "step7_movement", "step7_ensemble", "step7_interval")
"""The figures whose findings the README quotes; the first is its picture."""

_BLOCK = re.compile(r"(<!-- findings -->\n).*(<!-- /findings -->)", re.DOTALL)


def with_findings(text: str, findings: list[str]) -> str:
    """The README with these sentences, a list item each, between its markers."""
    if not _BLOCK.search(text):
        raise ValueError("the README must have the lines <!-- findings --> and <!-- /findings -->")
    items = "".join(f"- {finding}\n" for finding in findings)
    return _BLOCK.sub(lambda match: match[1] + "\n" + items + "\n" + match[2], text)


def update(results: Path, readme: Path) -> None:
    """Copy the headline figure and the claims to docs/ beside the README; quote the findings."""
    figures = results / "figures"
    texts = [read_text(figures / f"{name}.json", FigureText.from_json) for name in FIGURES]
    docs = readme.parent / "docs"
    shutil.copy(figures / f"{FIGURES[0]}.png", docs / "headline.png")
    shutil.copy(results / "claims.md", docs / "claims.md")
    write_text(
        readme, with_findings(readme.read_text(encoding="utf-8"), [text.finding for text in texts])
    )


if __name__ == "__main__":
    update(Path(sys.argv[1]), Path(sys.argv[2]))
