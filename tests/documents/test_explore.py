"""docs/explore.md as it stands, on the tiny study, against naive loops."""

import json
import re
from statistics import median

import numpy as np
import pandas as pd
import pytest

from checkout import ROOT
from widelimit.report.notebook import START, notebook

DOCUMENT = (ROOT / "docs/explore.md").read_text()


def test_the_notebook_is_that_of_the_document():
    assert (ROOT / "docs/explore.ipynb").read_text() == notebook(DOCUMENT), "run `make notebook`"
    first, *cells = json.loads(notebook(DOCUMENT))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert code[0] == START
    assert code[1:] == [each.strip() for each in re.findall(r"```python\n(.*?)```", DOCUMENT, re.S)]
    assert "".join(first["source"]).startswith("# Three questions")
    with pytest.raises(ValueError, match="document must have a block of Python"):
        notebook("# A title\n")


@pytest.fixture(scope="module")
def explored(finished):
    """The names that the document's code leaves, run where its reader would."""
    code = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(finished.path)
        exec("\n".join(code), names)
        names["rows"] = list(pd.read_parquet("results/metrics.parquet").itertuples(index=False))
    return names


def values(rows, metric, **fixed):
    return {
        (row.width, row.step, row.seed): row.value
        for row in rows
        if (row.experiment, row.metric) == ("step7", metric)
        and all(getattr(row, name) == value for name, value in fixed.items())
    }


@pytest.mark.slow
def test_how_wide_is_wide_enough(explored):
    rows = explored["rows"]
    steps = sorted({row.step for row in rows if row.metric == "rmse_network_vs_ntk"})
    steps = [step for step in steps if values(rows, "test_rmse_ntk", step=step)]
    for step in steps:
        (error,) = values(rows, "test_rmse_ntk", step=step).values()
        enough = np.nan
        for width in (256, 64, 16):
            here = values(rows, "rmse_network_vs_ntk", step=step, width=width)
            if not median(here.values()) < 0.1 * error:
                break
            enough = width
        np.testing.assert_equal(explored["enough"][step], enough)
        table = explored["wide_enough"].set_index("step")["enough"].astype(float)
        np.testing.assert_equal(table[step], enough)
    assert 300 in steps


@pytest.mark.slow
def test_the_share_of_the_movement(explored):
    rows = explored["rows"]
    whole = values(rows, "rmse_network_vs_ntk", step=300, width=64)
    moved = values(rows, "rmse_network_vs_empirical_ntk", step=300, width=64)
    share = median(moved[network] / whole[network] for network in whole)
    found = explored["shares"].set_index(["step", "width"])["share"]
    assert found[300, 64] == pytest.approx(share)


@pytest.mark.slow
def test_networks_against_their_limit(explored):
    rows = explored["rows"]
    (limit,) = values(rows, "test_rmse_ntk", step=300).values()
    errors = values(rows, "test_rmse", step=300, width=64).values()
    assert explored["better"].loc[(300, 64), 0.5] == pytest.approx(median(errors) / limit)
