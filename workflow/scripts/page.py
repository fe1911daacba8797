"""Every page's rule: its figures, the tables behind them and the study, in one HTML file."""

from widelimit.config import load_study
from widelimit.jobs import logged
from widelimit.pages import (
    example_numbers,
    kernel_numbers,
    measured_numbers,
    read_figure,
    render_page,
    step4_numbers,
    worked_numbers,
)
from widelimit.provenance import page_origin
from widelimit.tables import read_table, write_text

with logged(snakemake.log[0]) as say:
    study, numbers = load_study(snakemake.params.study), {}
    if "metrics" in snakemake.input.keys():
        numbers = kernel_numbers(read_table(snakemake.input.metrics))
    if "measured" in snakemake.input.keys():
        numbers["measured"] = measured_numbers(read_table(snakemake.input.measured))
    if "worked" in snakemake.input.keys():
        numbers["worked"] = worked_numbers(read_table(snakemake.input.worked))
    if "measured" in snakemake.input.keys():
        measured = read_table(snakemake.input.measured)
        numbers["step4"] = step4_numbers(measured, widest=study.step7.slope_widths)
    if "example" in snakemake.input.keys():
        numbers["examples"] = example_numbers(read_table(snakemake.input.example))
    tables = [path for path in snakemake.input if path.endswith(".parquet")]
    files = zip(snakemake.input.svgs, snakemake.input.tables, strict=True)
    page = render_page(
        snakemake.params.page,
        study=study,
        figures=[read_figure(*pair, command=snakemake.params.command) for pair in files],
        numbers=numbers,
        commands=snakemake.params.reruns,
        origin=page_origin(snakemake.params.study, snakemake.params.code, tables),
    )
    write_text(snakemake.output.page, page)
    say(f"{snakemake.output.page}: {len(page.encode()) / 1e6:.2f} MB")
