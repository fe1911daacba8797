"""Rule predict_distance: the distance that theory predicts, without a network."""

import widelimit.study.job_log as job_log
from widelimit.data.points import from_table
from widelimit.measure.predicted import predict_distance
from widelimit.tables import distance, schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    found = predict_distance(points["train"], points["test"], **snakemake.params.predict)
    write_table(snakemake.output.metrics, found.metrics, schemas.METRICS.schema(), origin)
    write_table(snakemake.output.points, found.points, distance.PREDICTED_POINTS.schema(), origin)
    write_table(snakemake.output.units, found.border_units, distance.BORDER_UNITS.schema(), origin)
    say(f"{len(found.metrics)} numbers")
