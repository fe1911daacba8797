"""Rule measure: every number of one experiment."""

import widelimit.study.job_log as job_log
from widelimit.data.points import from_table
from widelimit.measure.wide.metrics import measure
from widelimit.tables import schemas
from widelimit.tables.files import read_networks, read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    metrics = measure(
        points["train"],
        points["test"],
        read_table(snakemake.input.kernels),
        read_table(snakemake.input.theory),
        read_table(snakemake.input.predictions),
        read_networks(snakemake.input.networks, seeds=snakemake.params.seeds),
        **snakemake.params.measure,
    )
    write_table(snakemake.output.metrics, metrics, schemas.METRICS.schema(), origin)
    say(f"{len(metrics)} numbers")
