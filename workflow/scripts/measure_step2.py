"""Rule measure_step2: feature maps, positive semi-definiteness, kernels by gradient descent."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.data import generate_samples
from widelimit.stages.step2 import TABLES, measure_step2
from widelimit.stages.step3 import main_kernels
from widelimit.tables import write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = generate_samples(**snakemake.params.samples)
    kernels = main_kernels(**snakemake.params.kernels)
    tables = measure_step2(points["train"], points["test"], kernels, **snakemake.params.measure)
    measured = tables.pop("measured")
    write_table(snakemake.output.metrics, measured, schemas.METRICS.schema(), origin)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(measured)} numbers")
