"""What the measurements come to: a table, a figure, and the words of READMEs, ratios alone.

``python -m benchmarks.report`` puts the words of the last run into the READMEs that quote them.
"""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

import pandas as pd

from benchmarks import figure, ratios
from benchmarks.cases import FIRST_STEPS, MANY_STEPS
from widelimit.report.figures import style
from widelimit.report.numbers import fixed, number, power
from widelimit.report.quote_in_docs import with_block
from widelimit.tables.files import write_table, write_text

RESULTS = Path(__file__).parent / "results"
QUOTES = {"ratios.md": "benchmarks/README.md", "summary.md": "README.md"}
"""What is written of a run, and the file that quotes it."""
NEURAL_TANGENTS = Path(sys.prefix) / "neural-tangents"
"""A folder of its own in the environment, with an older JAX."""
LIBRARIES = ("numpy", "scipy", "numba", "torch", "jax", "jaxlib", "neural-tangents", "scikit-learn")


def write(rows: Iterable[dict], folder: Path = RESULTS) -> None:
    """Into the folder: benchmark.parquet, benchmark.svg, .pdf and .png, ratios.md, summary.md."""
    table = pd.DataFrame(rows).astype({"width": "Int64", "depth": "Int64"})
    schema = ratios.TABLE.schema()
    write_table(folder / ratios.TABLE.path, table, schema.with_metadata(schema.metadata | about()))
    costs = ratios.relative_costs(table)
    drawn = figure.draw(costs, ratios.width_costs(table), ratios.exponents(table))
    for ending in ("svg", "pdf", "png"):
        style.save(drawn, folder / f"benchmark.{ending}")
    for name, text in zip(QUOTES, (words(table, costs), summary(costs)), strict=True):
        write_text(folder / name, text)


def about() -> dict[str, str]:
    """The machine and the versions of the libraries, for the table's metadata."""
    versions = [f"python {platform.python_version()}"]
    for library in LIBRARIES:
        found = distributions(name=library, path=[*sys.path, str(NEURAL_TANGENTS)])
        versions += [f"{library} {distribution.version}" for distribution in [*found][:1]]
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    return {"versions": ", ".join(versions), "machine": machine}


def words(table: pd.DataFrame, costs: pd.DataFrame) -> str:
    """The table of ratios and what else was measured, as Markdown; no absolute times."""
    paragraphs = [
        "Cost of one step of gradient descent in multiples of widelimit's own: the circle engine's"
        f" mean over the first {power(FIRST_STEPS)} steps for d = 2, the dense engine's for d > 2.",
        _training_table(costs[costs["experiment"] == "training"]),
        "Cost of a Gram matrix in multiples of widelimit's own, of points in 10 dimensions; the"
        f" library is {LIBRARY['gram_ntk']} for an NTK, {LIBRARY['gram_gaussian']} for the Gaussian"
        " kernel. No method can do without the last two columns: the dot products, and writing as"
        " many numbers into new memory.",
        _gram_table(costs[costs["experiment"] != "training"]),
        "\n".join(f"- {line}" for line in _lines(table)),
    ]
    return "\n\n".join(paragraphs) + "\n"


def summary(costs: pd.DataFrame) -> str:
    """Two lines for those who read no table, as Markdown."""

    def centres(**case):
        chosen = (costs[list(case)] == pd.Series(case)).all(axis=1) & ~costs["long"]
        return costs[chosen].set_index("method")["centre"]

    step = centres(experiment="training", width=2**20, points=20)
    kernel = centres(experiment="gram_ntk", activation="relu", depth=1, points=2000)
    libraries = {"pytorch": "PyTorch", "jax": "JAX", "numpy": "NumPy"}
    times = [f"{libraries[it]} {number(step[it], 2)}" for it in libraries if it in step]
    lines = [
        f"A step of gradient descent at width {power(2**20)} on 20 points of the circle, in"
        f" multiples of the circle engine's cost: {', '.join(times)}."
    ]
    if "neural_tangents" in kernel:
        lines.append(
            "The ReLU NTK of 2000 points, in multiples of widelimit's cost: neural-tangents"
            f" {number(kernel['neural_tangents'], 2)}."
        )
    return "".join(f"- {line}\n" for line in lines)


COLUMNS = {
    "pytorch": "PyTorch SGD",
    "jax": "JAX `fori_loop`",
    "numpy": "NumPy by hand",
    "dense": "dense engine",
    "circle": "circle engine",
}


def _training_table(costs: pd.DataFrame) -> str:
    shown = {name: title for name, title in COLUMNS.items() if name in set(costs["method"])}
    head = [
        "width k, points n, dimension d",
        *shown.values(),
        f"mean over {power(MANY_STEPS)} steps",
    ]
    rows = [head, ["---"] + ["--:"] * (len(head) - 1)]
    for _, case in costs.groupby(ratios.CASE, dropna=False, sort=False):
        cells = [figure.case_words(next(case.itertuples()))]
        for method, long in [*((name, False) for name in shown), ("circle", True)]:
            found = case.loc[(case["method"] == method) & (case["long"] == long), "centre"]
            cells.append(number(found.iloc[0], 2) if len(found) else "")
        rows.append(cells)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


LIBRARY = {"gram_ntk": "neural-tangents", "gram_gaussian": "scikit-learn"}
GRAM_COLUMNS = {
    "library": "library",
    "widelimit": "widelimit",
    "product": "X @ X.T alone",
    "write": "writing alone",
}


def _gram_table(costs: pd.DataFrame) -> str:
    libraries = {"neural_tangents": "library", "scikit_learn": "library"}
    costs = costs.assign(method=costs["method"].replace(libraries))
    rows = [["kernel, points n", *GRAM_COLUMNS.values()]]
    rows.append(["---"] + ["--:"] * len(GRAM_COLUMNS))
    for _, case in costs.groupby(ratios.CASE, dropna=False, sort=False):
        centres = case.set_index("method")["centre"]
        cells = [number(centres[name], 2) if name in centres else "" for name in GRAM_COLUMNS]
        rows.append([figure.case_words(next(case.itertuples())), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _lines(table: pd.DataFrame):
    for row in ratios.exponents(table).query("steps == @MANY_STEPS").itertuples():
        margin = (row.slope_high - row.slope_low) / 2
        yield (
            f"With {row.points} points the circle engine's cost over {power(MANY_STEPS)} steps"
            f" grows with the width to the power {fixed(row.slope)} ± {fixed(margin)}, from"
            f" {power(row.smallest_width)} to {power(row.largest_width)}."
        )
    set_up = ratios.set_up_in_steps(table)
    longest = set_up.loc[set_up["set_up"].idxmax()]
    yield (
        f"Setting up the circle engine takes as long as {number(set_up['set_up'].min(), 2)} to"
        f" {number(longest['set_up'], 2)} of its first steps, the most at width"
        f" {power(int(longest['width']))} with {longest['points']} points."
    )
    for row in ratios.gemm_shares(table).itertuples():
        yield (
            f"{figure.case_words(row)}: the dense engine runs at {row.share:.0%} of the rate of"
            f" DGEMM on its own matrices, {row.peak_share:.0%} of that on large square ones."
        )
    off = table.loc[table["experiment"] == "training", "deviation"].max()
    rounds = table["round"].nunique()
    busy = table["wall_seconds"].sum() / table["seconds"].sum()
    yield (
        f"All methods computed the same before they were timed: losses and weights differ by"
        f" {number(off, 1)} at most."
    )
    yield (
        f"CPU times of one thread, medians over rounds: {rounds}. Wall-clock time was"
        f" {number(busy, 3)} times CPU time: 1 where a core was free."
    )


if __name__ == "__main__":
    for name, readme in QUOTES.items():
        path = RESULTS.parents[1] / readme
        lines = (RESULTS / name).read_text(encoding="utf-8").splitlines()
        write_text(path, with_block(path.read_text(encoding="utf-8"), "benchmark", lines))
