"""Rule measure_beyond: one small experiment from its points to its numbers."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.beyond import measure_beyond
from widelimit.stages.data import make_points
from widelimit.tables import write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = make_points(root=snakemake.params.root, **snakemake.params.data)
    metrics = measure_beyond(
        points, root=snakemake.params.root, say=say, **snakemake.params.measure
    )
    write_table(snakemake.output.metrics, metrics, schemas.METRICS.schema(), origin)
    say(f"{len(metrics)} numbers")
