"""Rule fit_kernels: limit kernels of one experiment and their predictions."""

import widelimit.study.job_log as job_log
from widelimit.data.points import from_table
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.tables import schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    kernels, theory = fit_kernels(points["train"], points["test"], **snakemake.params.fit)
    write_table(snakemake.output.kernels, kernels, schemas.KERNELS.schema(), origin)
    write_table(snakemake.output.theory, theory, schemas.THEORY.schema(), origin)
    for row in kernels.itertuples():
        say(f"{row.kernel}: rank {row.rank}, condition number {row.condition_number:.3g}")
