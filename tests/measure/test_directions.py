"""Networks on a target of one direction, beside their kernel."""

import math

import numpy as np
import pytest

from widelimit import forward, initialise, ntk_gram, train
from widelimit.data.sources import points
from widelimit.measure import directions
from widelimit.measure.metric_rows import metrics_table
from widelimit.report.claims import judge
from widelimit.report.verdict import HOLDS
from widelimit.seeds import generator


def test_the_target_is_a_quadratic_of_mean_square_1():
    X = points("sphere", 200_000, design="uniform", dimension=5, rng=np.random.default_rng(0))[0]
    y = directions.target(X)
    np.testing.assert_allclose(y, math.sqrt(14) * (5 * X[:, 0] ** 2 - 1) / 4, atol=1e-12)
    assert np.mean(y**2) == pytest.approx(1, abs=0.02)
    assert np.mean(y) == pytest.approx(0, abs=0.02)


def test_correlation_ignores_multiples_of_the_identity():
    rng = np.random.default_rng(0)
    P, Q = (M @ M.T for M in rng.standard_normal((2, 4, 4)))
    assert directions.correlation(P, 3 * P + 7 * np.eye(4)) == pytest.approx(1)
    centred = [M - np.trace(M) / 4 * np.eye(4) for M in (P, Q)]
    assert directions.correlation(P, Q) == pytest.approx(
        np.sum(centred[0] * centred[1]) / math.prod(np.linalg.norm(M) for M in centred)
    )


def test_networks_and_kernel_are_those_of_the_library():
    plan = directions.Plan(width=12, scales=[2.0], sizes=[6, 9], draws=2, steps=20, rate=0.2)
    table = directions.train_on_one_direction(plan, root=4, d=3, n_test=7, activation="relu")
    assert len(table) == 2 * 2 * 2
    X, Z = (
        points("sphere", n, design="uniform", dimension=3, rng=generator(4, purpose, 3, 1))[0]
        for n, purpose in ((9, "direction inputs"), (7, "direction test inputs"))
    )
    X = X[:6]
    K = ntk_gram(X)
    rows = table[table["draw"].eq(1) & table["n_train"].eq(6)].set_index("g")
    error = ntk_gram(Z, X) @ np.linalg.solve(K, directions.target(X)) - directions.target(Z)
    kernel = rows[rows.index.isna()].iloc[0]
    assert kernel["test_rmse"] == pytest.approx(math.sqrt(np.mean(error**2)), rel=1e-9)
    A, B = initialise(12, 3, rng=generator(4, "direction", 12, 1))
    alpha, rate = 2 / math.sqrt(12), 0.4 / np.linalg.eigvalsh(K)[-1]
    end = train(X, directions.target(X), A, B, learning_rate=rate, steps=20, output_scale=alpha)

    def F(x):
        return forward(x, end.A, end.B).ravel() - forward(x, A, B).ravel()

    network, h = rows.loc[2.0], 1e-6
    error = alpha * F(Z) - directions.target(Z)
    assert network["test_rmse"] == pytest.approx(math.sqrt(np.mean(error**2)), rel=1e-9)
    # relu networks are no functions of the sphere alone: differences in all of space
    gradients = np.stack([F(X + h * e) - F(X - h * e) for e in np.eye(3)], axis=1) / h
    alike = directions.correlation(end.B.T @ end.B, gradients.T @ gradients)
    assert network["correlation"] == pytest.approx(alike, abs=1e-5)
    first = np.linalg.svd(end.B)[2][0]
    assert network["overlap"] == pytest.approx(abs(first[0]))


def test_a_network_that_diverges_names_itself_and_the_key_to_change():
    plan = directions.Plan(width=12, scales=[0.3, 2.0], sizes=[6], draws=1, steps=200, rate=0.9)
    named = r"g 0\.3, n 6, draw 0: training diverged.*lower learning\.network_rate, which is 0\.9"
    with pytest.raises(ArithmeticError, match=named):
        directions.train_on_one_direction(plan, root=4, d=3, n_test=7, activation="hermite:2")


@pytest.mark.slow
def test_rich_networks_find_the_direction():
    plan = directions.Plan(width=512, scales=[0.3, 100], sizes=[128], draws=5, steps=4000, rate=0.1)
    table = directions.train_on_one_direction(plan, root=1, d=16, n_test=200, activation="relu")
    rows = metrics_table("learning", directions.direction_numbers(table, "relu"))
    claims = judge("learning", rows)
    claims = claims[claims["metric"].str.startswith("direction")]
    assert claims["verdict"].tolist() == [HOLDS] * 4
