import math

import numpy as np
import pandas as pd
import pytest

from table_checks import slope_of
from widelimit.data.points import generate_samples
from widelimit.kernels.gram import ntk_gram
from widelimit.measure.tangent import initialisation
from widelimit.networks.model import forward
from widelimit.networks.tangent import empirical_ntk

ACTIVATIONS = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:2"]
WIDTHS = [64, 256, 1024, 4096]
POINTS = generate_samples(root=3, n_train=8, n_test=1, target=["t"])["train"].X


def test_the_worked_example_by_hand():
    relu = initialisation.example("relu").set_index("weight")
    assert relu["gradient_x"].to_dict() == {"a_1": 1, "a_2": 0, "b_1": 2, "b_2": 0}
    assert relu["gradient_z"].to_dict() == {"a_1": 2, "a_2": 0, "b_1": 4, "b_2": 0}
    products = ["product_xx", "product_xz", "product_zz"]
    assert relu[products].sum().tolist() == [5, 10, 20]
    hermite = initialisation.example("hermite:2").set_index("weight")
    # sqrt(1/2) h_2(u) = (u^2 - 1)/2 and sqrt(1/2) h_2'(u) = u, at u = 1, -1 and 2, -2.
    expected = pd.DataFrame({"x": [0, 0, 2, 1], "z": [1.5, 1.5, 8, 4]}, index=hermite.index)
    np.testing.assert_allclose(hermite[["gradient_x", "gradient_z"]], expected, atol=1e-15)
    np.testing.assert_allclose(hermite[products].sum(), [5, 20, 84.5], rtol=1e-15)


@pytest.mark.parametrize("activation", initialisation.EXAMPLE_ACTIVATIONS)
def test_the_worked_example_against_finite_differences(activation):
    table = initialisation.example(activation).set_index("weight")
    weights, h = np.array([*initialisation.EXAMPLE_A, *initialisation.EXAMPLE_B]), 1e-6
    X = np.array([[initialisation.EXAMPLE_X], [initialisation.EXAMPLE_Z]])

    def f(w):
        return forward(X, w[None, :2], w[2:, None], activation=activation)

    gradients = np.array([(f(weights + e) - f(weights - e)) / (2 * h) for e in h * np.eye(4)])
    np.testing.assert_allclose(table[["gradient_x", "gradient_z"]], gradients, atol=1e-8)
    np.testing.assert_array_equal(table["value"], weights)
    K = empirical_ntk(X, None, weights[None, :2], weights[2:, None], activation=activation)
    sums = table[["product_xx", "product_xz", "product_zz"]].sum()
    np.testing.assert_allclose(K[np.triu_indices(2)], sums, rtol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_empirical_ntk_tends_to_its_closed_form(activation):
    """Slope -1/2 within 0.1, at fixed seeds."""
    X = POINTS
    rows = initialisation.kernel_rows(X, root=0, activations=[activation], widths=WIDTHS, seeds=30)
    assert slope_of(pd.DataFrame(rows), "ntk_deviation") == pytest.approx(-0.5, abs=0.1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_mean_of_empirical_ntks_is_the_closed_form(activation):
    """Unbiased at any width: within 4.5 standard errors, entry by entry."""
    X, rng = POINTS[:4], np.random.default_rng(1)
    A, B = rng.normal(size=(1, 400_000)), rng.normal(size=(400_000, 2))
    chunks = np.split(np.arange(400_000), 200)
    kernels = np.array(
        [empirical_ntk(X, None, A[:, part], B[part], activation=activation) for part in chunks]
    )
    error = kernels.std(axis=0, ddof=1) / math.sqrt(len(chunks))
    limit = ntk_gram(X, activation=activation)
    assert (np.abs(kernels.mean(axis=0) - limit) < 4.5 * error).all()
    assert (4.5 * error < 0.05 * limit.max()).all()


SMOOTH = ["gelu", "sin", "cos", "erf", "hermite:2"]


@pytest.mark.parametrize("activation", SMOOTH)
def test_the_hessian_shrinks_and_the_kernel_does_not(activation):
    """Bounded weights: slope -1/2 within 0.1; Gaussian weights: the exact median within 12 %."""
    rows = initialisation.hessian_rows(
        np.array([0.6, 0.8]), root=0, activations=[activation], widths=WIDTHS, seeds=40
    )
    frame = pd.DataFrame(rows)
    assert slope_of(frame, "hessian_norm_bounded") == pytest.approx(-0.5, abs=0.1)
    # The logarithm: less steep than -1/2 by d log sqrt(2 log k) / d log k, some 0.07 here.
    assert -0.48 < slope_of(frame, "hessian_norm_gaussian") < -0.36
    ratios = frame[frame["metric"] == "hessian_median_ratio"].groupby("width")["value"].median()
    assert ratios.to_numpy() == pytest.approx(1, abs=0.12)
    for weights in ("bounded", "gaussian"):
        K = frame[frame["metric"] == f"ntk_at_input_{weights}"]
        medians = K.groupby("width")["value"].median()
        assert medians.max() / medians.min() < 1.25
    limit = ntk_gram(np.array([[0.6, 0.8]]), activation=activation)[0, 0]
    assert medians[4096] == pytest.approx(limit, rel=0.05)


def test_kinks_have_no_hessian():
    rows = initialisation.hessian_rows(
        np.array([0.6, 0.8]), root=0, activations=["relu", "sin"], widths=[8], seeds=2
    )
    assert set(pd.DataFrame(rows)["activation"]) == {"sin"}


def test_bounded_weights_have_the_moments_of_gaussian_ones():
    A, B = initialisation._bounded(0, "sin", 200_000, 2, 0)
    for weights in (A, B):
        assert abs(weights.mean()) < 4 / math.sqrt(weights.size)
        assert weights.var() == pytest.approx(1, abs=4 * math.sqrt(0.8 / weights.size))
        assert np.abs(weights).max() <= math.sqrt(3)


def test_the_largest_readout_has_its_exact_median():
    frame = pd.DataFrame(initialisation.readout_rows(root=1, widths=[50, 1000], seeds=400))
    for width, rows in frame.groupby("width"):
        median = rows.loc[rows["metric"] == "readout_max_median", "value"].item()
        below = (rows.loc[rows["metric"] == "readout_max", "value"] < median).mean()
        assert abs(below - 0.5) < 4 * 0.5 / math.sqrt(400), width
