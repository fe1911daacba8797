import math

import mpmath
import numpy as np
import pandas as pd
import pytest

from widelimit.data.points import generate_samples
from widelimit.kernels.activations import NAMES
from widelimit.kernels.gram import gaussian_gram, ntk_gram
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.measure.regression import descent as step2_kernels
from widelimit.measure.regression.descent import (
    ACTIVATIONS,
    descent_table,
    indicator_gram,
    psd_table,
)
from widelimit.measure.regression.features import circle_samples
from widelimit.measure.regression.fits import Kernel, main_kernels
from widelimit.measure.regression.statements import measure_on
from widelimit.report.claims import CLAIMS, judge

OPTIONS = {
    "root": 4,
    "n_train": 7,
    "target": "x_0 + sin(4 * x_1)",
    "degrees": [6, 2],
    "steps": 300,
    "draws": 2,
}


@pytest.fixture(scope="module")
def points():
    return generate_samples(root=4, n_train=8, n_test=31, target="t + sin(10 * t)")


@pytest.fixture(scope="module")
def kernels():
    return main_kernels(gaussian_scale=10.0, laplace_scale=2.0, activation="relu")


@pytest.fixture(scope="module")
def made(points, kernels):
    return measure_on(points["train"], points["test"], kernels, **OPTIONS)


@pytest.fixture(scope="module")
def value(made):
    rows = made["measured"]
    return rows[rows["activation"].isna() & rows["step"].isna()].set_index("metric")["value"]


def test_every_metric_is_measured_and_explained(made):
    prefixes = ("polynomial_", "representer_", "kernel_norm", "minimum_norm", "psd_")
    prefixes += ("kernel_des", "kernel_interpolation", "kernel_fit_vs")
    named = {name for name in METRIC_MEANINGS if name.startswith(prefixes)}
    assert set(made["measured"]["metric"]) == named
    assert made["measured"]["value"].notna().all()


def curve(made, degree, fit, number=0):
    rows = made["interpolants"]
    return rows[(rows["degree"] == degree) & (rows["fit"] == fit) & (rows["number"] == number)]


def monomials(t, degree):
    """x_0^a x_1^b, a + b <= degree, without weights, and the weights: in plain loops."""
    columns, weights = [], []
    for a in range(degree + 1):
        for b in range(degree + 1 - a):
            columns.append(np.cos(t) ** a * np.sin(t) ** b)
            rest = degree - a - b
            weights.append(math.factorial(degree) / math.prod(map(math.factorial, (a, b, rest))))
    return np.array(columns).T, np.array(weights)


@pytest.mark.parametrize("degree", [2, 6])
def test_kernel_and_features_give_the_fit_of_least_norm(made, degree):
    t, y = circle_samples(4, 7, OPTIONS["target"])
    samples = curve(made, degree, "samples")
    assert samples["t"].tolist() == t.tolist()
    np.testing.assert_allclose(y, np.cos(t) + np.sin(4 * np.sin(t)), rtol=1e-14)
    # Least squares in the monomials, norm sum w_a^2 / weight_a: another parametrisation.
    (M, weights), kernel = monomials(t, degree), curve(made, degree, "kernel")
    root = np.sqrt(weights)
    w = np.linalg.pinv(M * root, rcond=1e-12) @ y
    expected = (monomials(kernel["t"].to_numpy(), degree)[0] * root) @ w
    np.testing.assert_allclose(kernel["f"], expected, atol=1e-9)
    np.testing.assert_allclose(curve(made, degree, "features")["f"], expected, atol=1e-9)
    assert kernel["norm"].iloc[0] == pytest.approx(np.linalg.norm(w), rel=1e-9)
    assert kernel["features"].iloc[0] == len(weights)


def test_other_weights_fit_as_well_with_larger_norm(made):
    t, y = circle_samples(4, 7, OPTIONS["target"])
    least = curve(made, 6, "features")
    for number in range(6):
        other = curve(made, 6, "other", number)
        at_samples = np.interp(t, other["t"], other["f"])
        np.testing.assert_allclose(at_samples, y, atol=0.02)  # the grid is that fine
        assert other["norm"].iloc[0] > least["norm"].iloc[0]
        assert np.abs(other["f"].to_numpy() - least["f"].to_numpy()).max() > 0.01
    # Too few features to go through the samples: there is only one fit.
    few, same = curve(made, 2, "features"), curve(made, 2, "other", 3)
    np.testing.assert_allclose(same["f"], few["f"], atol=1e-9)


def test_known_feature_map_holds_to_rounding(value):
    for metric in (
        "polynomial_gram_error",
        "polynomial_kernel_vs_features",
        "representer_error",
        "kernel_norm_error",
        "minimum_norm_pythagoras",
    ):
        assert 0 < value[metric] < 1e-12, metric
    assert value["minimum_norm_ratio"] > 1.01


def test_every_kernel_is_positive_semidefinite(made):
    psd = made["psd"]
    both = {(row.kernel, row.activation) for row in psd.itertuples()}
    expected = {(kernel, phi) for kernel in ("nngp", "ntk") for phi in ACTIVATIONS}
    assert {pair for pair in both if pair[0] in ("nngp", "ntk")} == expected
    true = psd[psd["kernel"] != "indicator"]
    assert (true["lambda_min"] > -1e-14 * true["lambda_max"]).all()
    # One point is there twice: 0 is an eigenvalue.
    assert (true["lambda_min"] < 1e-13 * true["lambda_max"]).all()
    assert (psd.loc[psd["kernel"] == "indicator", "lambda_min"] < -0.1).any()
    # Other norms only where the kernel is defined there.
    anywhere = set(true.loc[true["norms"] == "any", "activation"].dropna())
    assert anywhere == {"relu", "leaky_relu:0.1"}
    rows = made["measured"].query("metric == 'psd_least_ntk' and activation == 'gelu'")
    of = true[(true["kernel"] == "ntk") & (true["activation"] == "gelu")]
    assert rows["value"].item() == (of["lambda_min"] / of["lambda_max"]).min()


def test_every_family_of_activations_is_tried():
    assert {name.partition(":")[0] for name in ACTIVATIONS} == {
        name.partition(":")[0] for name in NAMES.split(", ")
    }


def test_a_function_that_is_no_kernel_is_told():
    # Three points in a row: neighbours see each other, the ends do not; det = -1.
    X = np.array([[0.0], [0.6], [1.2]])
    K = indicator_gram(X)
    assert K.tolist() == [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
    assert np.linalg.det(K) == pytest.approx(-1)
    psd = psd_table(0, 1)
    assert psd.groupby("kernel")["lambda_min"].min().idxmin() == "indicator"


def test_descent_is_what_the_loop_gives(points):
    X, Z, y = points["train"].X, points["test"].X, points["train"].y[:, 0]
    K, K_test = gaussian_gram(X, scale=3.0), gaussian_gram(Z, X, scale=3.0)
    kernel = _gaussian()
    table = descent_table(points["train"], points["test"], [kernel], 200).set_index("step")
    values = np.linalg.eigvalsh(K)
    with mpmath.workdps(60):
        alpha = mpmath.lu_solve(mpmath.matrix(K.tolist()), mpmath.matrix(y.tolist()))
    limit = K_test @ np.array([float(a) for a in alpha])
    alpha = np.zeros(len(y))
    for T in range(1, 101):
        alpha = alpha + (y - K @ alpha) / values[-1]
        if T in (1, 10, 100):
            distance = np.sqrt(np.mean((K_test @ alpha - limit) ** 2))
            assert table.loc[T, "distance"] == pytest.approx(distance, rel=1e-7)
            assert table.loc[T, "closed_form"] == pytest.approx(distance, rel=1e-7)
            assert table.loc[T, "difference"] < 1e-12
    assert table.loc[1, "start"] == pytest.approx(np.sqrt(np.mean(limit**2)), rel=1e-7)
    assert table.loc[1, "effective_condition"] == pytest.approx(values[-1] / values[0], rel=1e-6)
    assert table.index.max() == math.ceil(30 * table.loc[1, "effective_condition"])
    assert table["distance"].notna().sum() == 3  # 1, 10 and 100 of 200 steps


def test_fits_go_through_the_samples_as_far_as_they_can(value):
    assert value["kernel_interpolation_error"] < 1e-8
    assert value["kernel_fit_vs_nearest"] < 1e-8


def test_every_kernel_arrives(made, kernels, value):
    assert set(made["descent"]["kernel"]) == {kernel.kernel for kernel in kernels}
    assert value["kernel_descent_left"] < 1e-11
    assert value["kernel_descent_vs_closed_form"] < 1e-11
    halfway = made["measured"].set_index(["metric", "step"])["value"]
    assert halfway["kernel_descent_distance_nngp", 100] > 0.1


def test_a_limit_that_is_not_reached_is_told(points):
    # Eight samples are too close for this scale: eigenvalues next to the cut-off are still learned.
    wide = Kernel("kernels", "gaussian", 1e-3, lambda A, B=None: gaussian_gram(A, B, scale=1e-3))
    found = measure_on(points["train"], points["test"], [wide], **OPTIONS)["measured"]
    left = found.set_index("metric")["value"]["kernel_descent_left"]
    assert left > 1e-9


def test_same_root_same_numbers(points, kernels, made):
    again = measure_on(points["train"], points["test"], kernels, **OPTIONS)
    for name, frame in made.items():
        pd.testing.assert_frame_equal(frame, again[name], check_exact=True)


def test_the_kernels_are_those_of_step_3(kernels, points):
    (ntk,) = (kernel for kernel in kernels if kernel.kernel == "ntk")
    np.testing.assert_array_equal(ntk.gram(points["train"].X), ntk_gram(points["train"].X))


def test_every_statement_holds(made):
    claims = judge("step2", made["measured"])
    assert len(claims) == len(CLAIMS["step2"])
    assert claims[claims["verdict"] != "yes"].empty


def test_a_broken_kernel_does_not_bear_them_out(points, monkeypatch):
    monkeypatch.setattr(step2_kernels, "laplace_gram", lambda X, scale: indicator_gram(X))
    broken = measure_on(points["train"], points["test"], [_gaussian()], **OPTIONS)["measured"]
    claims = judge("step2", broken)
    assert claims.loc[claims["verdict"] == "no", "metric"].tolist() == ["psd_least_laplace"]


def _gaussian():
    return Kernel("kernels", "gaussian", 3.0, lambda A, B=None: gaussian_gram(A, B, scale=3.0))
