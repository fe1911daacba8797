"""Rule predict_distance: the distance that theory predicts, without a network."""

from widelimit.data.points import from_table
from widelimit.measure.predicted import predict_distance
from widelimit.study.job_log import logged
from widelimit.tables import schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    rows = predict_distance(points["train"], points["test"], **snakemake.params.predict)
    write_table(snakemake.output.metrics, rows, schemas.METRICS.schema(), origin)
    say(f"{len(rows)} numbers")
