"""The shipped study, run once: it reaches its limit, and README and docs quote what it finds."""

import re
import shutil

import pandas as pd
import pytest

from checkout import ROOT, Checkout, check_out
from table_checks import slope_of, where
from widelimit.report import quote_in_docs
from widelimit.study.config.steps import Step5

# One process runs it, and reads it in every test.
pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("shipped")]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Checkout:
    checkout = check_out(tmp_path_factory.mktemp("shipped") / "checkout")
    # With the further experiments that no other study takes from it.
    shutil.copy(ROOT / "config.yaml", checkout.path / "study.yaml")
    shutil.copy(ROOT / "README.md", checkout.path)
    shutil.copytree(ROOT / "docs", checkout.path / "docs")
    checkout.edit("study.yaml", "seeds_per_job: 5", "seeds_per_job: 10")  # fewer jobs, same results
    figures = (f"results/figures/{name}.svg" for name in quote_in_docs.FIGURES)
    checkout.run("claims", *figures)
    return checkout


def without_rounding_errors(text: str) -> str:
    """Numbers of 1e-10 and less differ between processors in every digit."""
    return re.sub(r"([\d.]+\u202f×\u202f)?10⁻[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]", "0", text)


def test_readme_and_docs_quote_what_it_finds(shipped):
    quote_in_docs.update(shipped.path / "results", shipped.path / "README.md")
    for name in ("README.md", "docs/science.md", "docs/claims.md"):
        new, quoted = ((folder / name).read_text() for folder in (shipped.path, ROOT))
        assert without_rounding_errors(new) == without_rounding_errors(quoted), "run `make readme`"


def test_networks_reach_their_limit(shipped):
    results = shipped.path / "results"
    measured = pd.read_parquet(results / "measured.parquet")
    last = where(measured, step=100_000).set_index("metric")
    distance = last.loc["rmse_network_vs_ntk"].groupby("width")["value"].median()
    assert distance[2**8] > 1.5 * distance[2**14] > 3 * distance[2**18] > 4.5 * distance[2**20]
    assert distance[2**20] < 0.06
    ensemble = where(last, width=2**20)["value"]
    assert ensemble["ensemble_mean_rmse_vs_ntk"] < 0.06
    assert 0.8 < ensemble["ensemble_std_ratio"] < 1.25
    slopes = pd.read_parquet(results / "step7/slopes.parquet")
    slopes = where(slopes, experiment="step7", widths="widest")
    slopes = slopes.groupby("metric")["slope"].agg(["min", "max", "size"])
    assert (slopes.loc[["rmse_network_vs_ntk", "weight_movement"], "size"] >= 3).all()
    for metric in ("rmse_network_vs_ntk", "ntk_drift", "weight_movement"):
        assert slopes.loc[metric, "max"] < -0.4, metric
    for metric in ("rmse_last_layer_vs_nngp", "ntk_deviation"):
        assert -0.6 < slopes.loc[metric, "min"] <= slopes.loc[metric, "max"] < -0.4, metric


def test_tangent_kernels_show_their_slopes(shipped):
    """Every slope of step 5 within 0.1 of -1/2."""
    found = pd.read_parquet(shipped.path / "results/step5/measured.parquet")
    last = found[found["step"].isna() | (found["step"] == Step5().steps)]
    for name in (
        "ntk_deviation",
        "hessian_norm_bounded",
        "ntk_outputs_same",
        "ntk_outputs_cross",
        "rmse_outputs_vs_ntk",
    ):
        rows = last[last["metric"] == name]
        for activation in rows["activation"].unique():
            slope = slope_of(rows[rows["activation"] == activation], name)
            assert slope == pytest.approx(-0.5, abs=0.1), (name, activation)
    assert slope_of(last, "rmse_network_vs_empirical_ntk") < -0.4
    ratios = where(found, metric="hessian_median_ratio")
    medians = ratios.groupby(["activation", "width"])["value"].median()
    assert medians.to_numpy() == pytest.approx(1, abs=0.08)
    assert where(found, metric="rmse_linearised_vs_empirical_ntk")["value"].max() < 1e-12
