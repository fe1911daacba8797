"""Rule fit_step3: kernel regression on a few samples, with every kernel and scale."""

from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import fit_step3
from widelimit.study.job_log import logged
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by
from widelimit.tables.regression import TABLES

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = generate_samples(**snakemake.params.samples)
    tables = fit_step3(points["train"], points["test"], **snakemake.params.fit)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(points['train'].X)} samples")
