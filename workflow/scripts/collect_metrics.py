"""Rule collect_metrics: the numbers of all experiments and their slopes, a table each."""

import widelimit.study.job_log as job_log
from widelimit.tables import schemas
from widelimit.tables.files import concatenate, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    metrics = concatenate(snakemake.input.metrics)
    slopes = concatenate(snakemake.input.slopes)
    write_table(snakemake.output.metrics, metrics, schemas.METRICS.schema(), origin)
    write_table(snakemake.output.slopes, slopes, schemas.SLOPES.schema(), origin)
    say(f"{len(metrics)} numbers, {len(slopes)} slopes")
