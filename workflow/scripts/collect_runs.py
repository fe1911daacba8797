"""Rule collect_runs: what every training cost, in one table."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.tables import concatenate, write_table

with logged(snakemake.log[0]) as say:
    runs = concatenate(snakemake.input.runs)
    write_table(snakemake.output.runs, runs, schemas.RUNS.schema())
    say(f"{len(runs)} networks, {runs['train_seconds'].sum():.1f} s of training")
