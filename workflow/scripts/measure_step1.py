"""Rule measure_step1: least squares by gradient descent, statement by statement."""

from widelimit.measure.linear_regression.statements import measure_step1
from widelimit.study.job_log import logged
from widelimit.tables import schemas
from widelimit.tables.files import write_table
from widelimit.tables.linear_regression import TABLES
from widelimit.tables.provenance import made_by

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    tables = measure_step1(**snakemake.params.measure)
    measured = tables.pop("measured")
    write_table(snakemake.output.metrics, measured, schemas.METRICS.schema(), origin)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(measured)} numbers")
