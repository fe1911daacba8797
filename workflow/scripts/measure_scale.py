"""Rule measure_scale: numbers over the networks of all output scales."""

import widelimit.study.job_log as job_log
from widelimit.measure.wide.scales import last_predictions, measure_scales
from widelimit.tables import scale, schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    metrics, predictions = (
        [read_table(path) for path in paths]
        for paths in (snakemake.input.metrics, snakemake.input.predictions)
    )
    scales = sorted(snakemake.params.scales)
    rows = measure_scales(scales, metrics, predictions)
    write_table(snakemake.output.metrics, rows, schemas.METRICS.schema(), origin)
    last = last_predictions(scales, predictions)
    schema = scale.TABLES["predictions"].schema()
    write_table(snakemake.output.predictions, last, schema, origin)
    say(f"{len(rows)} numbers")
