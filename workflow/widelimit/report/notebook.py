"""A document as a Jupyter notebook: ``python -m widelimit.report.notebook < DOCUMENT > NOTEBOOK``.

Its Python blocks become cells of code, all else cells of text.
"""

import json
import re
import sys

START = """\
# The notebook is in docs/, the results beside it.
import os

if not os.path.isdir("results"):
    os.chdir("..")"""


def notebook(document: str) -> str:
    """The JSON of the notebook, format 4.5. Raises ValueError for a document without Python."""
    parts = re.split(r"^```python\n(.*?)^```\n", document, flags=re.DOTALL | re.MULTILINE)
    if len(parts) == 1:
        raise ValueError("document must have a block of Python; got none")
    # Texts and code take turns.
    kinds = ("markdown", "code")
    cells = [(kinds[place % 2], part.strip("\n")) for place, part in enumerate(parts)]
    cells.insert(1, ("code", START))
    content = {
        "cells": [_cell(number, *cell) for number, cell in enumerate(cells) if cell[1]],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, kind: str, source: str) -> dict:
    cell = {"id": f"cell-{number}", "cell_type": kind, "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | {"source": source.splitlines(keepends=True)}


if __name__ == "__main__":
    sys.stdout.write(notebook(sys.stdin.read()))
