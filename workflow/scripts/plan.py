"""Rule plan: what to expect of a study, as a text to read before it is trained."""

import widelimit.study.job_log as job_log
from widelimit.report.plan import plan
from widelimit.tables.files import read_table, write_text

with job_log.logged(snakemake.log[0]):
    if not snakemake.input.predicted:
        raise ValueError(f"plan: {snakemake.params.unpredictable}")
    table = read_table(*snakemake.input.predicted)
    write_text(snakemake.output.plan, plan(table))
