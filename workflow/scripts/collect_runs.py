"""Rule collect_runs: what every training cost, in one table."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.tables import concatenate, write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    runs = concatenate(snakemake.input.runs)
    write_table(snakemake.output.runs, runs, schemas.RUNS.schema(), origin)
    say(f"{len(runs)} networks, {runs['train_seconds'].sum():.1f} s of training")
