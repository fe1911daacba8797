"""Rule collect_runs: what every training cost, in one table."""

import widelimit.study.job_log as job_log
from widelimit.tables import schemas
from widelimit.tables.files import concatenate, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    runs = concatenate(snakemake.input.runs)
    write_table(snakemake.output.runs, runs, schemas.RUNS.schema(), origin)
    say(f"{len(runs)} networks, {runs['train_seconds'].sum():.1f} s of training")
