"""Every page's rule: its figures, the tables behind them and the study, in one HTML file."""

from widelimit.config import load_study
from widelimit.jobs import logged
from widelimit.pages import kernel_numbers, read_figure, render_page, worked_numbers
from widelimit.provenance import page_origin
from widelimit.tables import read_table, write_text

with logged(snakemake.log[0]) as say:
    numbers = {}
    if "metrics" in snakemake.input.keys():
        numbers = kernel_numbers(read_table(snakemake.input.metrics))
    if "worked" in snakemake.input.keys():
        numbers["worked"] = worked_numbers(read_table(snakemake.input.worked))
    tables = [path for path in snakemake.input if path.endswith(".parquet")]
    files = zip(snakemake.input.svgs, snakemake.input.tables, strict=True)
    page = render_page(
        snakemake.params.page,
        study=load_study(snakemake.params.study),
        figures=[read_figure(*pair, command=snakemake.params.command) for pair in files],
        numbers=numbers,
        commands=snakemake.params.reruns,
        origin=page_origin(snakemake.params.study, snakemake.params.code, tables),
    )
    write_text(snakemake.output.page, page)
    say(f"{snakemake.output.page}: {len(page.encode()) / 1e6:.2f} MB")
