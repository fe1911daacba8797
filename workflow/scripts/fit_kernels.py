"""Rule fit_kernels: limit kernels of one experiment and their predictions."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.data import from_table
from widelimit.stages.kernels import fit_kernels
from widelimit.tables import read_table, write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    kernels, theory = fit_kernels(points["train"], points["test"], **snakemake.params.fit)
    write_table(snakemake.output.kernels, kernels, schemas.KERNELS.schema(), origin)
    write_table(snakemake.output.theory, theory, schemas.THEORY.schema(), origin)
    for row in kernels.itertuples():
        say(f"{row.kernel}: rank {row.rank}, condition number {row.condition_number:.3g}")
