"""Rule claims: the statements of all steps in one table, and as a document."""

import widelimit.study.job_log as job_log
from widelimit.report.claims.document import document
from widelimit.tables import schemas
from widelimit.tables.files import concatenate, write_table, write_text
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    claims = concatenate(snakemake.input.claims)
    write_table(snakemake.output.claims, claims, schemas.CLAIMS.schema(), origin)
    text = document(claims)
    write_text(snakemake.output.document, text)
    say(next(line for line in text.splitlines() if line.startswith("Of ")))
