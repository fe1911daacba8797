"""Rule page: its figures, the tables behind them and the study, in one HTML file."""

from widelimit.report.page_numbers import page_numbers
from widelimit.report.pages import read_figure, render_page
from widelimit.study.config import load_study
from widelimit.study.job_log import logged
from widelimit.tables.files import read_table, write_text
from widelimit.tables.provenance import page_origin

with logged(snakemake.log[0]) as say:
    page, study = snakemake.params.page, load_study(snakemake.params.study)
    svgs, behind = snakemake.input.svgs, snakemake.input.tables
    named = {name: path for name, path in snakemake.input.items() if name not in ("svgs", "tables")}
    quoted = {name: read_table(path) for name, path in named.items()}
    command = snakemake.params.command
    html = render_page(
        page,
        study=study,
        figures=[read_figure(*pair, command=command) for pair in zip(svgs, behind, strict=True)],
        numbers=page_numbers(page, quoted),
        commands=snakemake.params.reruns,
        origin=page_origin(
            snakemake.params.study, snakemake.params.code, [*behind, *named.values()]
        ),
    )
    write_text(snakemake.output.page, html)
    say(f"{snakemake.output.page}: {len(html.encode()) / 1e6:.2f} MB")
