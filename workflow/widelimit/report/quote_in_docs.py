"""What README and docs show of a finished study: ``python -m widelimit.report.quote_in_docs``.

The README's picture, verdict and findings, and docs/claims.md: so that what they say of the result
is what the shipped study has computed.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from widelimit.report.figure_text import FigureText
from widelimit.report.verdict import answer, tally
from widelimit.tables.files import read_table, read_text, write_text

FIGURES = ("step7_convergence", "step7_movement", "step7_ensemble", "step7_interval")
"""The figures whose findings the README quotes; the first is its picture, beside the verdict."""


def with_block(text: str, name: str, lines: list[str]) -> str:
    """The README with these lines between its markers <!-- name --> and <!-- /name -->."""
    block = re.compile(rf"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
    if not block.search(text):
        raise ValueError(f"the README must have the lines <!-- {name} --> and <!-- /{name} -->")
    body = "".join(f"{line}\n" for line in lines)
    return block.sub(lambda match: match[1] + "\n" + body + "\n" + match[2], text)


def update(results: Path, readme: Path) -> None:
    """Copy the headline figure and the claims to docs/ beside the README; quote verdict and
    findings in it."""
    figures = results / "figures"
    texts = [read_text(figures / f"{name}.json", FigureText.from_json) for name in FIGURES]
    claims = read_table(results / "claims.parquet")
    docs = readme.parent / "docs"
    shutil.copy(figures / f"{FIGURES[0]}.png", docs / "headline.png")
    shutil.copy(results / "claims.md", docs / "claims.md")
    text = readme.read_text(encoding="utf-8")
    verdict = f"**Does it hold? {answer(claims).capitalize()}**: [{tally(claims)}](docs/claims.md)."
    text = with_block(text, "verdict", [f"{verdict} {texts[0].finding}"])
    text = with_block(text, "findings", [f"- {each.finding}" for each in texts[1:]])
    write_text(readme, text)


if __name__ == "__main__":
    update(Path(sys.argv[1]), Path(sys.argv[2]))
