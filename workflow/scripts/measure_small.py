"""Rule measure_small: one small experiment from its points to its numbers."""

import widelimit.study.job_log as job_log
from widelimit.data.points import make_points
from widelimit.measure.wide.small_experiment import run_experiment
from widelimit.tables import schemas
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    # Where the user's file is remote, the input is the copy of it that Snakemake has fetched.
    data = dict(snakemake.params.data, **({"path": snakemake.input[0]} if snakemake.input else {}))
    points = make_points(root=snakemake.params.root, **data)
    results = run_experiment(
        points, root=snakemake.params.root, say=say, **snakemake.params.measure
    )
    write_table(snakemake.output.metrics, results.metrics, schemas.METRICS.schema(), origin)
    predictions = results.predictions
    write_table(snakemake.output.predictions, predictions, schemas.PREDICTIONS.schema(), origin)
    say(f"{len(results.metrics)} numbers")
