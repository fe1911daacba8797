"""Rule train_networks: the networks of one width and one chunk of seeds."""

import widelimit.study.job_log as job_log
from widelimit.data.points import from_table
from widelimit.measure.wide.networks import summary, train_networks
from widelimit.study.progress import Progress
from widelimit.tables import schemas
from widelimit.tables.files import read_table, write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    progress = Progress(say)
    origin = made_by(snakemake, __file__)
    points = from_table(read_table(snakemake.input.data))
    networks, runs = train_networks(
        points["train"],
        points["test"],
        root=snakemake.params.root,
        say=say,
        progress=progress,
        **snakemake.params.chunk,
        **snakemake.params.network,
    )
    runs = runs.assign(
        experiment=snakemake.params.experiment,
        chunk=int(snakemake.wildcards.chunk),
        threads=snakemake.threads,
    )
    write_table(snakemake.output.networks, networks, schemas.NETWORKS.schema(), origin)
    write_table(snakemake.output.runs, runs, schemas.RUNS.schema(), origin)
    progress.end(summary(networks, runs))
