"""Every page's rule: its figures, the tables behind them and the study, in one HTML file."""

from importlib import import_module
from pathlib import Path

from widelimit.config import load_study
from widelimit.jobs import logged
from widelimit.pages import NUMBERS, figure_on_page, render_page
from widelimit.tables import read_table, write_text

with logged(snakemake.log[0]) as say:
    numbers = {}
    for table in NUMBERS.keys() & snakemake.input.keys():
        numbers |= NUMBERS[table](read_table(snakemake.input[table]))
    figures = []
    for svg, table in zip(snakemake.input.svgs, snakemake.input.tables, strict=True):
        name = Path(svg).stem
        figures.append(
            figure_on_page(
                import_module(f"widelimit.figures.{name}"),
                name=name,
                svg=Path(svg).read_text(encoding="utf-8"),
                table=read_table(table),
                command=f"{snakemake.params.command} --forcerun figure_{name}",
                table_path=table,
            )
        )
    study = load_study(snakemake.params.study)
    page = render_page(
        snakemake.params.page,
        study=study,
        figures=figures,
        numbers=numbers,
        commands=snakemake.params.reruns,
    )
    write_text(snakemake.output.page, page)
    say(f"{snakemake.output.page}: {len(figures)} figures, {len(page.encode()) / 1e6:.2f} MB")
