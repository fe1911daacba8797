"""results/README.md, generated from the schemas: ``python -m widelimit.report.describe_tables``."""

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from types import ModuleType

from widelimit import tables
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.report import figures
from widelimit.tables import schemas
from widelimit.tables.columns import MATRIX, Column, Table
from widelimit.tables.schemas import input_column, target_column

INTRODUCTION = """\
# What a study leaves here

<!-- Generated from the schemas in workflow/widelimit by `make schema`; do not edit. -->

Every table is a Parquet file whose Arrow schema carries the texts below, so that
`pyarrow.parquet.read_schema(path).field(column).metadata` tells what a column is. Paths are those
under the results directory. A variant of the study has the same tables in `variants/<name>/`.

`networks/` and `runs/` are one dataset each, partitioned by width and chunk of seeds:

```python
import duckdb, pandas
pandas.read_parquet("results/networks")
duckdb.sql("select * from read_parquet('results/networks/**/*.parquet', hive_partitioning=true)")
```

Nothing that was trained is ever deleted, so that a width that comes back need not be trained again.
So the two hold, beside the networks of the study, those of earlier configurations: widths that it
has no more, chunks of another `seeds_per_job`. `runs.parquet` lists the study's own, and a join
with it leaves the others out:

```python
networks = pandas.read_parquet("results/networks")
runs = pandas.read_parquet("results/runs.parquet").query("experiment == 'step7'")
networks = networks.merge(runs[["width", "chunk", "seed"]])
```

A run that finds such networks says so at its end. To be rid of them, delete their folders.

A job trains whole chunks of seeds, so `networks/` may hold seeds beyond `network.seeds`; all other
tables keep to the seeds asked for. Timings and machine facts stand in `runs.parquet` alone: every
other table has the same bytes each time the study is run in the locked environment.

`measured.parquet`, here and in the folders of variants, steps and smaller experiments, has the rows
of `metrics.parquet` that one experiment gave, `predicted.parquet` those that theory predicts for
the main one; `slopes.parquet` and `claims.parquet` in the folder
of a step have the rows about that step alone; `step5/points.parquet` is a `data.parquet`. The name
under which a table is described here stands in its metadata as `table`.

Besides the tables there are `figures/` (each figure as `.svg`, `.pdf` and `.png`; the table behind
it as `.parquet`; its title, caption, finding and sliders as `.json`), `pages/` (one HTML file a
page; begin with `index.html`), `claims.md` (each statement beside its number) and `logs/`.
"""


def readme() -> str:
    """The whole text, Markdown."""
    return "\n".join([INTRODUCTION, *_sections(), *_metrics()]) + "\n"


def _sections() -> Iterator[str]:
    own = [value for value in vars(schemas).values() if isinstance(value, Table)]
    declared = [vars(module).get("TABLES", {}) for module in _modules(tables)]
    drawn = [module.TABLE for module in _modules(figures) if hasattr(module, "TABLE")]
    of_folders = sorted(chain(*(each.values() for each in declared)), key=_folder)
    for table in [*own, *of_folders, *drawn]:
        yield from _section(table, _further(table))


def _modules(package: ModuleType) -> list[ModuleType]:
    names = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return [import_module(name) for _, name, _ in names]


def _folder(table: Table) -> str:
    return table.path.rpartition("/")[0]


def _further(table: Table) -> tuple[Column, ...]:
    """Columns whose number depends on the study."""
    return (input_column(0), target_column(0)) if table is schemas.DATA else ()


def _section(table: Table, further: tuple[Column, ...]) -> Iterator[str]:
    yield f"## `{table.path}`\n\nA row is {table.row}.\n"
    yield "| column | type | meaning | unit | missing |\n|---|---|---|---|---|"
    for column in (*table.columns, *further):
        kind = "list of double" if column.type == MATRIX else str(column.type)
        cells = (f"`{column.name}`", kind, column.meaning, column.unit, column.null or "never")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _metrics() -> Iterator[str]:
    yield "## The metrics of `metrics.parquet`\n\n| metric | meaning |\n|---|---|"
    for name, meaning in METRIC_MEANINGS.items():
        yield f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    sys.stdout.write(readme())
