"""Rule measure_step5: the neural tangent kernel, measured statement by statement."""

from widelimit.data.points import generate_samples, to_table
from widelimit.measure.tangent.statements import measure_step5
from widelimit.study.job_log import logged
from widelimit.tables import schemas
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by
from widelimit.tables.tangent import TABLES

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = generate_samples(**snakemake.params.samples)
    tables = measure_step5(points["train"], points["test"], **snakemake.params.measure)
    measured = tables.pop("measured")
    write_table(snakemake.output.points, *to_table(points), origin)
    write_table(snakemake.output.metrics, measured, schemas.METRICS.schema(), origin)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(measured)} numbers")
