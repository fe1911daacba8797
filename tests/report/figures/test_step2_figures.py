import numpy as np
import pytest
from figure_checks import check_figure, short, take

from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import main_kernels
from widelimit.measure.regression.statements import measure_on
from widelimit.report.figures import step2_descent, step2_features, step2_psd
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import fixed

MODULES = [step2_features, step2_psd, step2_descent]


def make(gaussian_scale=10.0, laplace_scale=2.0, activation="relu", samples=6, **changes):
    options = {"n_train": 7, "target": "x_0 + sin(4 * x_1)", "degrees": [2, 6], "steps": 100}
    points = generate_samples(root=1, n_train=samples, n_test=21, target="t + sin(10 * t)")
    kernels = main_kernels(gaussian_scale, laplace_scale, activation)
    options |= {"draws": 1} | changes
    return measure_on(points["train"], points["test"], kernels, root=1, **options)


STUDIES = {
    "small": make,
    "one of each": lambda: make(degrees=[1], n_train=3, steps=1, samples=2),
    "many": lambda: make(degrees=[1, 2, 10, 20], n_train=50, steps=10_000, samples=20),
    "nearly singular": lambda: make(1e-4, 1e-4, "sin", samples=12),
    "nearly the identity": lambda: make(1e5, 1e5, "hermite:3"),
    "nothing to learn": lambda: make(target="0 * t"),
}


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return STUDIES[request.param]()


@pytest.fixture(scope="module")
def small():
    return make()


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_figures_are_readable(module, study):
    check_figure(module, take(module, study))


def test_features_quote_difference_and_norms(small):
    table = take(step2_features, small)
    text = step2_features.finding(table)
    assert "differ by less than 10⁻¹⁰ of the largest target" in text
    rows = table[table["degree"] == 6]
    norms = {fit: part["norm"].min() for fit, part in rows.groupby("fit")}
    assert f"{norms['other'] / norms['features']:.2f} (degree 6)" in text
    assert "1.00 (degree 2)" in text
    off = table.copy()
    largest = table.loc[table["fit"] == "samples", "f"].abs().max()
    off.loc[(off["fit"] == "kernel").idxmax(), "f"] += 0.5 * largest
    assert "at most 0.5 of the largest target" in step2_features.finding(off)


def test_psd_counts_kernels_with_a_negative_eigenvalue(small):
    table = take(step2_psd, small)
    assert "18 of 18 kernels have no eigenvalue below" in step2_psd.finding(table)
    assert list(table["kernel"])[-1] == step2_psd.INDICATOR
    least = table["least"].iloc[-1]
    assert step2_psd.finding(table).endswith(f"reaches {fixed(least)}.")
    of = small["psd"].query("kernel == 'gaussian'")
    row = table[table["kernel"] == "gaussian"].iloc[0]
    ratios = of["lambda_min"] / of["lambda_max"]
    assert (row["least"], row["greatest"]) == (ratios.min(), ratios.max())
    assert row["matrices"] == len(of)
    off = table.copy()
    off.loc[3, "least"] = -1e-3
    assert "17 of 18 kernels" in step2_psd.finding(off)


def test_descent_is_relative_to_the_limit(small):
    table = take(step2_descent, small)
    assert set(table["kernel"]) == set(KERNELS)
    raw = small["descent"].query("kernel == 'laplace' and step == 10").iloc[0]
    row = table[(table["kernel"] == "laplace") & (table["step"] == 10)].iloc[0]
    assert row["closed_form"] == raw["closed_form"] / raw["start"]
    text = step2_descent.finding(table)
    after = table[table["step"] == 100].set_index("kernel")["closed_form"]
    assert (
        f"After 100 steps the farthest from its limit is {KERNELS[after.idxmax()].name}, by" in text
    )
    assert "every kernel is less than 10⁻¹⁰ away" in text
    off = table.copy()
    off.loc[off[off["kernel"] == "nngp"].index[-1], "closed_form"] = 0.125
    assert "at the last step shown every kernel is at most 0.12" in step2_descent.finding(off)


def test_nothing_to_learn_has_no_distance():
    study = make(target="0 * t")
    assert np.isfinite(study["interpolants"].query("fit == 'kernel'")["norm"]).all()
