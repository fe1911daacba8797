"""Rule generate_data: points and targets of one experiment."""

import widelimit.study.job_log as job_log
from widelimit.data.points import make_points, to_table
from widelimit.tables.files import write_table
from widelimit.tables.provenance import made_by

with job_log.logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    # Where the user's file is remote, the input is the copy of it that Snakemake has fetched.
    data = dict(snakemake.params.data, **({"path": snakemake.input[0]} if snakemake.input else {}))
    splits = make_points(root=snakemake.params.root, **data)
    write_table(snakemake.output.data, *to_table(splits), origin)
    say(f"{len(splits['train'].X)} training and {len(splits['test'].X)} test points")
