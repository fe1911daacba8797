"""results/README.md is generated from the schemas of the tables."""

from checkout import ROOT
from widelimit.report.describe_tables import readme


def test_the_description_of_the_tables_is_that_of_the_schemas():
    assert (ROOT / "results/README.md").read_text() == readme(), "run `make schema`"
