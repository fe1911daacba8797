"""Rule fit_step4: dual activations, random features, double descent, and every number of them."""

from widelimit.data.points import generate_data
from widelimit.measure.features import double_descent as step4_descent
from widelimit.measure.features import duals as step4_duals
from widelimit.measure.features import widths as step4_features
from widelimit.measure.features.numbers import measure_step4
from widelimit.study.job_log import logged
from widelimit.tables import schemas
from widelimit.tables.features import TABLES
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = generate_data(**snakemake.params.samples)
    train, test = points["train"], points["test"]
    given = snakemake.params
    tables = {
        **step4_duals.fit_duals(**given.duals),
        **step4_features.fit_features(train, test, **given.features),
        **step4_descent.fit_double_descent(train, test, **given.double_descent),
    }
    for name, table in tables.items():
        write_table(snakemake.output[name], table, TABLES[name].schema(), origin)
    measured = measure_step4(tables, activation=given.double_descent["activation"])
    write_table(snakemake.output.metrics, measured, schemas.METRICS.schema(), origin)
    say(f"{len(measured)} numbers")
