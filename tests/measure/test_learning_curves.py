"""Learning curves over draws of points, against explicit targets and theory."""

import math

import numpy as np
import pytest

from widelimit.data.sources import points
from widelimit.kernels.gram import gaussian_gram, ntk_gram
from widelimit.measure.learning_curves import _smoothers, measure
from widelimit.report.claims import CLAIMS, judge
from widelimit.report.verdict import HOLDS
from widelimit.seeds import generator

SMALL = {
    "root": 5,
    "dimensions": [3],
    "sizes": [12, 4],
    "degrees": [2, 1],
    "draws": 3,
    "n_test": 40,
    "activation": "relu",
    "gaussian_scale": 0.7,
    "laplace_scale": 1.0,
    "ridge": 0.05,
    "networks": {
        "width": 8,
        "scales": [1, 10],
        "sizes": [4],
        "draws": 2,
        "steps": 2,
        "rate": 0.1,
    },
}


@pytest.fixture(scope="module")
def made():
    return measure(**SMALL)


def harmonics(P, degree):
    """All of a degree on the sphere in three dimensions, each with mean square 1."""
    x, y, z = P.T
    if degree == 1:
        return math.sqrt(3) * P
    products = [math.sqrt(15) * pair for pair in (x * y, y * z, z * x, (x * x - y * y) / 2)]
    return np.stack([*products, math.sqrt(5) / 2 * (3 * z * z - 1)], axis=1)


@pytest.mark.parametrize("kernel, gram", [("ntk", ntk_gram), ("gaussian", gaussian_gram)])
@pytest.mark.parametrize("n", [4, 12])
@pytest.mark.parametrize("degree", [1, 2])
def test_errors_are_the_mean_over_all_harmonics_of_a_degree(made, kernel, gram, n, degree):
    scale = {"scale": 0.7} if kernel == "gaussian" else {}
    for draw in range(3):
        X, Z = (
            points("sphere", m, design="uniform", dimension=3, rng=generator(5, purpose, 3, draw))[
                0
            ]
            for purpose, m in (("learning inputs", 12), ("learning test inputs", 40))
        )
        K = gram(X[:n], **scale) + 0.05 * np.eye(n)
        f = gram(Z, X[:n], **scale) @ np.linalg.solve(K, harmonics(X[:n], degree))
        expected = np.sqrt(np.mean((f - harmonics(Z, degree)) ** 2))
        rows = made["errors"].query("kernel == @kernel and n_train == @n and degree == @degree")
        found = rows.loc[rows["draw"] == draw, "test_rmse"].item()
        assert found == pytest.approx(expected, rel=1e-9)


def test_shares_sum_to_the_number_of_points(made):
    sums = made["theory"].groupby(["kernel", "n_train"])["share"].sum()
    np.testing.assert_allclose(sums, sums.index.get_level_values("n_train"), rtol=1e-12)
    rows = made["measured"].query("metric == 'learnability_sum_error'")
    assert rows["value"].item() <= 1e-12


def test_what_is_learned_up_to_rounding_is_not_compared():
    sizes = {"dimensions": [2], "sizes": [8, 200], "degrees": [1], "draws": 2, "ridge": 0.0}
    made = measure(**SMALL | sizes)
    found = made["measured"].set_index("metric")["value"]
    assert np.isfinite(found[["learning_theory_deviation_gaussian"]]).all()
    theory = made["theory"].set_index(["kernel", "n_train", "degree"])["test_rmse"]
    assert theory["gaussian", 200, 1] < 1e-4


@pytest.mark.slow
def test_means_over_draws_follow_theory():
    """In 16 dimensions; in 4 they leave it, where little is left to learn."""
    sizes = {"dimensions": [4, 16], "sizes": [8, 32, 128], "degrees": [1, 2, 3], "draws": 50}
    made = measure(**SMALL | sizes | {"n_test": 200, "ridge": 0.0, "gaussian_scale": 0.5})
    claims = judge("learning", made["measured"])
    assert len(claims) == len(CLAIMS["learning"])
    assert set(claims.loc[~claims["metric"].str.startswith("direction"), "verdict"]) == {HOLDS}
    few = made["measured"].query("metric == 'learning_theory_deviation_least_dimension_gaussian'")
    assert few["value"].item() > 0.1


@pytest.mark.parametrize("activation", ["relu", "hermite:2"])
@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_all_sizes_are_solved_as_each_alone(activation, ridge):
    """Without a ridge the kernel of a polynomial has no Cholesky factor."""
    X, Z = (
        points("sphere", n, design="uniform", dimension=3, rng=np.random.default_rng(n))[0]
        for n in (12, 7)
    )
    K, K_test = (ntk_gram(P, X, activation=activation) for P in (X, Z))
    assert (np.linalg.matrix_rank(K) < 12) == (activation != "relu")
    for n, M in zip([4, 12], _smoothers(K, K_test, [4, 12], ridge), strict=True):
        regularised = K[:n, :n] + ridge * np.eye(n)
        alone = K_test[:, :n] @ np.linalg.pinv(regularised, hermitian=True, rcond=1e-12)
        np.testing.assert_allclose(M, alone, atol=1e-9)
