"""Rule measure_step2: feature maps, positive semi-definiteness, kernels by gradient descent."""

from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import main_kernels
from widelimit.measure.regression.statements import measure_step2
from widelimit.study.job_log import logged
from widelimit.tables import schemas
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by
from widelimit.tables.regression import TABLES

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
