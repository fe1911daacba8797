"""The tables of the page about the scale of the output."""

from widelimit.tables.columns import Table, real
from widelimit.tables.schemas import PREDICTIONS

G = real("g", "g = alpha sqrt(k) of the output scale alpha")

TABLES = {
    "predictions": Table(
        "scale/predictions.parquet",
        "one output of a network, or of the limit NTK, at one test point after the last step",
        (G, *PREDICTIONS.pick("model", "width", "seed", "step", "index", "output", "f")),
    ),
}
