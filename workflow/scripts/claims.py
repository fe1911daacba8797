"""Rule claims: the statements of the report beside the numbers of the study."""

from widelimit.report.claims.document import document
from widelimit.study.job_log import logged
from widelimit.tables.files import read_table, write_text

with logged(snakemake.log[0]) as say:
    text = document(*(read_table(snakemake.input[name]) for name in ("metrics", "slopes")))
    write_text(snakemake.output.claims, text)
    say(next(line for line in text.splitlines() if line.startswith("Of ")))
