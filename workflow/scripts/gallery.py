"""Rule gallery: small pictures of all figures on one page."""

import widelimit.study.job_log as job_log
from widelimit.report.pages.gallery import read_picture, render_gallery
from widelimit.study.config import load_study
from widelimit.tables import run
from widelimit.tables.files import write_text
from widelimit.tables.provenance import page_origin

with job_log.logged(snakemake.log[0]) as say:
    given, files = snakemake.params, snakemake.input
    run.check(given.code, "the code of the gallery")
    html = render_gallery(
        map(read_picture, files.pngs, files.texts),
        study=load_study(given.study),
        linked=given.linked,
        origin=page_origin(given.study, given.code, files.tables),
    )
    write_text(snakemake.output.page, html)
    say(f"{snakemake.output.page}: {len(html.encode()) / 1e6:.2f} MB")
