"""Rule collect_metrics: the numbers of all experiments in one table, and their slopes."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.summaries import slopes_table
from widelimit.tables import concatenate, write_table

with logged(snakemake.log[0]) as say:
    metrics = concatenate(snakemake.input.metrics)
    slopes = slopes_table(metrics, **snakemake.params.slopes)
    write_table(snakemake.output.metrics, metrics, schemas.METRICS.schema())
    write_table(snakemake.output.slopes, slopes, schemas.SLOPES.schema())
    say(f"{len(metrics)} numbers, {len(slopes)} slopes")
