"""Rule compare_with_predicted: measured over predicted, for both parts of the distance."""

import widelimit.study.job_log as job_log
from widelimit.measure.over_predicted import compare_with_predicted
from widelimit.tables import distance, schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    names = ("predictions", "predicted", "points")
    found = compare_with_predicted(*(read_table(snakemake.input[name]) for name in names))
    write_table(snakemake.output.metrics, found.metrics, schemas.METRICS.schema(), origin)
    write_table(snakemake.output.points, found.points, distance.POINTS.schema(), origin)
    say(f"{len(found.metrics)} numbers")
