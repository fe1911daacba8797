"""Rule page: what the jobs before have left of figures and numbers, in one HTML file."""

import widelimit.study.job_log as job_log
from widelimit.report.pages.figure import read_figure
from widelimit.report.pages.quoted import quoted_numbers
from widelimit.report.pages.render import render_page
from widelimit.study.config import load_study
from widelimit.tables import run
from widelimit.tables.files import read_table, write_text
from widelimit.tables.provenance import page_origin

FIGURES = ("svgs", "texts", "tables")

with job_log.logged(snakemake.log[0]) as say:
    run.check(snakemake.params.code, f"the code of page {snakemake.params.page}")
    given = snakemake.params
    files = zip(*(snakemake.input[name] for name in FIGURES), strict=True)
    quoted = {name: path for name, path in snakemake.input.items() if name not in FIGURES}
    html = render_page(
        given.page,
        study=load_study(given.study),
        figures=[
            read_figure(*paths, folder=given.figures, command=given.command) for paths in files
        ],
        numbers=quoted_numbers(given.page, {name: read_table(quoted[name]) for name in quoted}),
        commands=given.reruns,
        linked=given.linked,
        origin=page_origin(given.study, given.code, [*snakemake.input.tables, *quoted.values()]),
    )
    write_text(snakemake.output.page, html)
    say(f"{snakemake.output.page}: {len(html.encode()) / 1e6:.2f} MB")
