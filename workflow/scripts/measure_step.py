"""Rules measure_step1 to measure_step5, measure_learning, measure_classes and measure_lecture: the
tables that a module makes."""

from importlib import import_module

import widelimit.study.job_log as job_log
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by
from widelimit.tables.schemas import METRICS

with job_log.logged(snakemake.log[0]) as say:
    module = import_module(snakemake.params.module)
    origin = made_by(snakemake, __file__, modules=[module.__name__])
    known = {"measured": METRICS} | module.TABLES
    for name, table in module.measure(**snakemake.params.arguments).items():
        # Points have as many columns as inputs and targets, and bring their own schema.
        schema = known[name].schema() if name in known else table.schema
        write_table(snakemake.output[name], table, schema, origin)
        say(f"{name}: {len(table)} rows")
