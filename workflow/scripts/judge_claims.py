"""Rule judge_claims: the statements of one step beside the numbers of the study."""

import widelimit.study.job_log as job_log
from widelimit.report.claims import judge
from widelimit.tables import schemas
from widelimit.tables.files import concatenate, read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    metrics = concatenate(snakemake.input.metrics)
    slopes = read_table(snakemake.input.slopes) if snakemake.input.slopes else None
    given = snakemake.params
    claims = judge(given.step, metrics, slopes, constant_scale=given.constant_scale)
    write_table(snakemake.output.claims, claims, schemas.CLAIMS.schema(), origin)
    say(f"{len(claims)} statements")
