"""Rule measure_step1: least squares by gradient descent, statement by statement."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.step1 import TABLES, measure_step1
from widelimit.tables import write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    tables = measure_step1(**snakemake.params.measure)
    measured = tables.pop("measured")
    write_table(snakemake.output.metrics, measured, schemas.METRICS.schema(), origin)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(measured)} numbers")
