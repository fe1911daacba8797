"""Rule measure_step5: the neural tangent kernel, measured statement by statement."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.data import generate_samples, to_table
from widelimit.stages.step5 import TABLES, measure_step5
from widelimit.tables import write_table

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
