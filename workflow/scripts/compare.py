"""Rule compare: predictions of theory for every network of an experiment, beside its own."""

from widelimit import schemas
from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.compare import compare
from widelimit.stages.data import from_table
from widelimit.tables import read_networks, read_table, write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    predictions = compare(
        points["train"],
        points["test"],
        read_table(snakemake.input.kernels),
        read_table(snakemake.input.theory),
        read_networks(snakemake.input.networks, seeds=snakemake.params.seeds),
        **snakemake.params.compare,
    )
    write_table(snakemake.output.predictions, predictions, schemas.PREDICTIONS.schema(), origin)
    say(f"{len(predictions)} predictions")
