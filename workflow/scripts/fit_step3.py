"""Rule fit_step3: kernel regression on a few samples, with every kernel and scale."""

from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.data import generate_samples
from widelimit.stages.step3 import TABLES, fit_step3
from widelimit.tables import write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = generate_samples(**snakemake.params.samples)
    tables = fit_step3(points["train"], points["test"], **snakemake.params.fit)
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    say(f"{len(points['train'].X)} samples")
