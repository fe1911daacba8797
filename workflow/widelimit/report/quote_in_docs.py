"""What README and docs show of a finished study: ``python -m widelimit.report.quote_in_docs``.

The README's picture and verdict, the findings in docs/science.md, and docs/claims.md: so that what
they say of the result is what the shipped study has computed.
"""

import re
import shutil
import sys
from pathlib import Path

from widelimit.report.figure_text import FigureText
from widelimit.report.verdict import answer, tally
from widelimit.tables.files import read_table, read_text, write_text

FIGURES = (
    "step7_convergence",
    "step7_errors",
    "step7_loss",
    "step7_exponents",
    "step7_movement",
    "step7_ensemble",
    "step7_interval",
)
"""The figures whose findings are quoted: the first beside the verdict, with its picture."""


def with_block(text: str, name: str, lines: list[str]) -> str:
    """The text with these lines between its markers <!-- name --> and <!-- /name -->."""
    block = re.compile(rf"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
    if not block.search(text):
        raise ValueError(f"the text must have the lines <!-- {name} --> and <!-- /{name} -->")
    body = "".join(f"{line}\n" for line in lines)
    return block.sub(lambda match: match[1] + "\n" + body + "\n" + match[2], text)


def update(results: Path, readme: Path) -> None:
    """Copy the headline figure and the claims to docs/ beside the README; quote the verdict in the
    README and the findings in docs/science.md."""
    figures = results / "figures"
    texts = [read_text(figures / f"{name}.json", FigureText.from_json) for name in FIGURES]
    claims = read_table(results / "claims.parquet")
    docs = readme.parent / "docs"
    shutil.copy(figures / f"{FIGURES[0]}.png", docs / "headline.png")
    shutil.copy(results / "claims.md", docs / "claims.md")
    verdict = f"**Does it hold? {answer(claims).capitalize()}**: [{tally(claims)}](docs/claims.md)."
    quotes = {
        readme: ("verdict", [f"{verdict} {texts[0].finding}"]),
        docs / "science.md": ("findings", [f"- {each.finding}" for each in texts[1:]]),
    }
    for path, (name, lines) in quotes.items():
        write_text(path, with_block(path.read_text(encoding="utf-8"), name, lines))


if __name__ == "__main__":
    update(Path(sys.argv[1]), Path(sys.argv[2]))
