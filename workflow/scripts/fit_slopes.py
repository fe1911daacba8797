"""Rule fit_slopes: how the numbers of one step depend on the width."""

import widelimit.study.job_log as job_log
from widelimit.measure.slopes import slopes_table
from widelimit.tables import schemas
from widelimit.tables.files import concatenate, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    metrics = concatenate(snakemake.input.metrics)
    slopes = slopes_table(metrics, snakemake.wildcards.step, snakemake.params.widest)
    write_table(snakemake.output.slopes, slopes, schemas.SLOPES.schema(), origin)
    say(f"{len(slopes)} slopes")
