"""Rule generate_data: points and targets of one experiment."""

from widelimit.jobs import logged
from widelimit.provenance import made_by
from widelimit.stages.data import make_points, to_table
from widelimit.tables import write_table

with logged(snakemake.log[0]) as say:
    origin = made_by(snakemake, __file__)
    splits = make_points(root=snakemake.params.root, **snakemake.params.data)
    write_table(snakemake.output.data, *to_table(splits), origin)
    say(f"{len(splits['train'].X)} training and {len(splits['test'].X)} test points")
