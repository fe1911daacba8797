import numpy as np
import pytest
from figure_checks import check_figure, short, take

from step4_study import make_step4
from widelimit.report.figures import (
    looks,
    step4_double_descent,
    step4_duals,
    step4_last_layer,
    step4_properties,
    step4_width,
)
from widelimit.report.numbers import number

MODULES = [step4_duals, step4_properties, step4_width, step4_last_layer, step4_double_descent]
MANY = ["relu", *(f"leaky_relu:0.{i}" for i in (1, 5)), "gelu", "sin", "cos", "erf"]
MANY += [f"hermite:{n}" for n in (1, 2, 3, 4, 5)]

STUDIES = {
    "full": {},
    "smallest": {
        "activations": ["cos"],
        "degrees": [0],
        "pairs": 1,
        "seeds": 1,
        "widths": [32],
        "trained_widths": [3],
        "trained_seeds": 1,
        "steps": 1,
        "ratios": [0.5, 2.0],
        "n_train": 4,
        "n_test": 3,
    },
    "many": {"activations": MANY, "seeds": 2, "widths": [16, 64, 128], "degrees": [0, 30]},
    "no threshold": {
        "activations": ["gelu", "erf", "sin", "cos"],
        "activation": "hermite:1",
        "seeds": 2,
        "widths": [16, 64],
        "ratios": [0.1, 0.5, 3.0],
    },
    "clean": {"activations": ["relu"], "noise_std": 0.0, "seeds": 2, "ratios": [0.5, 1.0, 100.0]},
}


QUICK = ("full", "smallest")


@pytest.fixture(
    scope="module",
    params=[pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in STUDIES],
)
def study(request):
    return make_step4(**STUDIES[request.param])


@pytest.fixture(scope="module")
def full():
    return make_step4()


@pytest.fixture(scope="module")
def smallest():
    return make_step4(**STUDIES["smallest"])


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_figures_are_readable(module, study):
    check_figure(module, take(module, study))


def test_duals_are_scaled_to_1_and_banded_over_seeds(full):
    table = take(step4_duals, full, quantiles=[0.2, 0.7])
    ends = table[(table["quantity"] == "closed") & (table["xi"] == 1)]
    np.testing.assert_allclose(ends["centre"], 1, rtol=1e-14)
    assert list(ends["activation"]) == list(dict.fromkeys(full["duals"]["activation"]))
    drawn = full["duals"]
    drawn = drawn[(drawn["activation"] == "relu") & (drawn["quantity"] == "monte_carlo")]
    values = 2 * drawn.loc[drawn["xi"] == 0.5, "value"]
    row = table[(table["activation"] == "relu") & (table["quantity"] == "monte_carlo")]
    row = row[row["xi"] == 0.5].iloc[0]
    assert row["centre"] == pytest.approx(np.median(values))
    expected = np.quantile(values, [0.2, 0.7])
    assert [row["lower"], row["upper"]] == pytest.approx(expected.tolist())
    assert "medians over 6 seeds; bands: 20 % to 70 % quantiles" in step4_duals.caption(table)


def test_properties_quote_the_worst_of_all(full):
    table = take(step4_properties, full)
    bent = table.copy()
    worst = bent.index[(bent["activation"] == "erf") & (bent["quantity"] == "derivative")][60]
    bent.loc[worst, "value"] -= 0.25
    assert "differ by at most 0.25." in step4_properties.finding(bent)
    # The envelope never rises, and is never below a coefficient.
    of = table[(table["activation"] == "sin") & (table["quantity"] == "chebyshev")]
    assert (np.diff(of.sort_values("degree")["value"]) <= 0).all()
    coefficients = full["chebyshev"].query("activation == 'sin' and function == 'dual'")
    scale = 2 / (1 - np.exp(-2))
    np.testing.assert_array_less(
        scale * coefficients["coefficient"].abs().to_numpy(),
        of.sort_values("degree")["value"].to_numpy() * (1 + 1e-12) + 1e-300,
    )


def test_width_quotes_the_fitted_slopes(full):
    table = take(step4_width, full)
    slopes = full["slopes"].query("widths == 'widest'")
    slopes = slopes.set_index(slopes["activation"].fillna("fourier"))["slope"]
    assert set(table["features"]) == set(slopes.index)
    for name, curve in table.groupby("features"):
        assert set(curve["slope"]) == {slopes[name]}
        assert set(curve["smallest_width"]) == {256}
    finding = step4_width.finding(table)
    within = int((slopes + 0.5).abs().le(0.1).sum())
    assert f"{within} of 8 slopes lie within 0.1" in finding
    for name in (slopes.idxmin(), slopes.idxmax()):
        assert looks.activation(name).name in finding


def test_last_layer_quotes_the_largest_difference(full):
    table = take(step4_last_layer, full, quantiles=[0.0, 1.0])
    largest = full["last_layer"].dropna(subset="step")["difference"].max()
    assert f"at most {number(largest, 2)} (" in step4_last_layer.finding(table)
    assert "Up to 200 steps" in step4_last_layer.finding(table)


def test_double_descent_marks_what_the_medians_have(full):
    table = take(step4_double_descent, full)
    rows = table[(table["features"] == "network") & (table["points"] == "sphere")]
    rows = rows.set_index("quantity")
    assert rows.loc["interpolation", "ratio"] == 1
    test = rows.loc["test"].set_index("width")["centre"]
    assert test.idxmax() == rows.loc["peak", "width"] == 20
    fits = full["double_descent"].query("model == 'features' and features == 'network'")
    fits = fits[(fits["points"] == "sphere") & (fits["width"] == 8)]
    assert test[8] == pytest.approx(fits["test_rmse"].median())
    assert f"{number(test.max(), 2)} (k = 20) at its peak" in step4_double_descent.finding(table)
    limit = rows.loc["limit", "centre"]
    assert f"{number(limit, 2)} in the limit" in step4_double_descent.finding(table)
    assert "threshold on the sphere: k = 20 (network features)" in step4_double_descent.caption(
        table
    )
