"""Rule figure: summarise the tables, draw, save; keep the table behind it and what it says."""

from importlib import import_module

import widelimit.study.job_log as job_log
from widelimit.report.figure_text import text_of
from widelimit.report.figures import style
from widelimit.tables.files import concatenate, write_atomically, write_table, write_text
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    module = import_module(f"widelimit.report.figures.{snakemake.params.figure}")
    origin = made_by(snakemake, __file__, modules=[module.__name__])
    frames = {name: concatenate(paths) for name, paths in snakemake.input.items()}
    table = module.summarise(**frames, **snakemake.params.options)
    figure = module.draw(table)
    for path in (snakemake.output.svg, snakemake.output.pdf, snakemake.output.png):
        write_atomically(path, lambda temporary: style.save(figure, temporary))
    write_table(snakemake.output.table, table, module.TABLE.schema(), origin)
    text = text_of(module, table)
    write_text(snakemake.output.text, text.to_json())
    say(text.finding)
