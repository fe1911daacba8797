"""The stages after the data, from training to metrics, on an experiment of seconds.

The oracle is the definition of each number, computed here by explicit loops from the networks.
"""

import numpy as np
import pandas as pd
import pytest

from table_checks import where
from wide_experiment import number, run
from widelimit.data.points import generate_data
from widelimit.kernels.gram import nngp_gram, ntk_gram
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.measure.wide.metrics import measure
from widelimit.measure.wide.networks import train_networks
from widelimit.measure.wide.predictions import compare
from widelimit.networks.model import forward, initialise
from widelimit.networks.tangent import empirical_ntk, last_layer_kernel
from widelimit.seeds import generator
from widelimit.training import train

ETA, STEPS, CHECKPOINTS = 0.02, 50, [0, 10, 50]


def experiment(
    activation="relu",
    source="lift",
    targets=("x_0 + x_1 ** 2",),
    widths=(16, 40),
    engine="dense",
    steps=STEPS,
):
    """Points, and all tables of one experiment on them."""
    points = generate_data(
        root=5,
        source=source,
        design="uniform",
        dimension=3,
        n_train=6,
        n_test=9,
        targets=targets,
        noise_std=0.1,
    )
    return points, run(
        points,
        activation=activation,
        widths=widths,
        seeds=3,
        steps=steps,
        checkpoints=[*CHECKPOINTS[:-1], steps],
        loss_steps=[0, 1, 5, 10, 50],
        learning_rate=ETA,
        engine=engine,
        root=5,
    )


@pytest.fixture(scope="module")
def tables():
    return experiment()


def network(points, width, seed, activation="relu"):
    """The network of a width and seed before and after training, by the public names."""
    y = points["train"].y
    X = points["train"].X
    rng = generator(5, "init", width, seed)
    A, B = initialise(width, X.shape[1], outputs=y.shape[1], rng=rng)
    y = y[:, 0] if y.shape[1] == 1 else y
    end = train(X, y, A, B, activation=activation, learning_rate=ETA, steps=STEPS)
    return A, B, end


def descend(K, K_test, y, f0, f0_test, steps):
    """Gradient descent in function space, step by step."""
    f, g = f0.copy(), f0_test.copy()
    for _ in range(steps):
        residual = y - f
        f, g = f + ETA * K @ residual, g + ETA * K_test @ residual
    return f, g


def predicted(predictions, model, width=None, seed=None, step=None):
    rows = where(predictions, model=model, width=width, seed=seed, step=step)
    assert rows["index"].tolist() == list(range(9))
    return rows["f"].to_numpy(dtype=float)


def test_predictions_are_what_they_say(tables):
    points, (*_, predictions, _) = tables
    X, y, Z = points["train"].X, points["train"].y[:, 0], points["test"].X
    K, K_test = ntk_gram(X), ntk_gram(Z, X)
    for width, seed in ((16, 0), (40, 2)):
        A, B, end = network(points, width, seed)
        f0, f0_test = forward(X, A, B), forward(Z, A, B)
        zero = np.zeros(6), np.zeros(9)
        own = empirical_ntk(X, X, A, B), empirical_ntk(Z, X, A, B)
        last = last_layer_kernel(X, None, B), last_layer_kernel(Z, X, B)
        expected = {
            "network": forward(Z, end.A, end.B),
            "ntk_corrected": descend(K, K_test, y, f0, f0_test, STEPS)[1],
            "empirical_ntk": descend(*own, y, f0, f0_test, STEPS)[1],
            "last_layer": descend(*last, y, *zero, STEPS)[1],
        }
        for model, f in expected.items():
            got = predicted(predictions, model, width, seed, STEPS)
            np.testing.assert_allclose(got, f, atol=1e-11, err_msg=model)
    S, S_test = nngp_gram(X), nngp_gram(Z, X)
    for model, grams in (("ntk", (K, K_test)), ("nngp", (S, S_test))):
        f = descend(*grams, y, np.zeros(6), np.zeros(9), STEPS)[1]
        np.testing.assert_allclose(predicted(predictions, model, step=STEPS), f, atol=1e-12)
        limit = grams[1] @ np.linalg.lstsq(grams[0], y, rcond=None)[0]
        np.testing.assert_allclose(predicted(predictions, model), limit, atol=1e-7)


def test_the_last_layer_is_a_trained_last_layer(tables):
    """The closed form against gradient descent on A alone, from A = 0."""
    points, (*_, predictions, _) = tables
    X, y, Z = points["train"].X, points["train"].y[:, 0], points["test"].X
    _, B = initialise(16, 2, rng=generator(5, "init", 16, 1))
    a, c = np.zeros(16), np.sqrt(2 / 16)
    Phi, Phi_test = np.maximum(X @ B.T, 0), np.maximum(Z @ B.T, 0)
    for _ in range(STEPS):
        a += ETA * c * (y - c * Phi @ a) @ Phi
    got = predicted(predictions, "last_layer", 16, 1, STEPS)
    np.testing.assert_allclose(got, c * Phi_test @ a, atol=1e-12)


def test_metrics_are_what_they_say(tables):
    points, (*_, predictions, metrics) = tables
    X, y = points["train"].X, points["train"].y[:, 0]

    def rms(difference):
        return np.sqrt(np.mean(np.square(difference)))

    width, seed = 40, 1
    A, B, end = network(points, width, seed)
    f = predicted(predictions, "network", width, seed, STEPS)
    at = {"width": width, "seed": seed, "step": STEPS}
    corrected = predicted(predictions, "ntk_corrected", **at)
    expected = {
        "train_loss": np.sum(np.square(y - forward(X, end.A, end.B))) / 2,
        "test_rmse": rms(f - points["test"].y[:, 0]),
        "rmse_network_vs_ntk": rms(f - corrected),
        "rmse_network_vs_ntk_uncorrected": rms(f - predicted(predictions, "ntk", step=STEPS)),
        "rmse_network_vs_empirical_ntk": rms(f - predicted(predictions, "empirical_ntk", **at)),
        "distance_start": rms(predicted(predictions, "empirical_ntk", **at) - corrected),
        "rmse_last_layer_vs_nngp": rms(
            predicted(predictions, "last_layer", **at) - predicted(predictions, "nngp", step=STEPS)
        ),
        "weight_movement": np.sqrt(np.sum((end.A - A) ** 2) + np.sum((end.B - B) ** 2))
        / np.sqrt(np.sum(A**2) + np.sum(B**2)),
    }
    K = ntk_gram(X)
    start_kernel, end_kernel = empirical_ntk(X, X, A, B), empirical_ntk(X, X, end.A, end.B)
    f_end = descend(K, K, y, forward(X, A, B), forward(X, A, B), STEPS)[0]
    expected["train_loss_ntk"] = np.sum((y - f_end) ** 2) / 2
    for metric, value in expected.items():
        assert number(metrics, metric, **at) == pytest.approx(value, rel=1e-9), metric
    deviation = np.sqrt(np.sum((start_kernel - K) ** 2) / np.sum(K**2))
    drift = np.sqrt(np.sum((end_kernel - start_kernel) ** 2) / np.sum(start_kernel**2))
    assert number(metrics, "ntk_deviation", width, seed) == pytest.approx(deviation, rel=1e-10)
    assert number(metrics, "ntk_drift", width, seed) == pytest.approx(drift, rel=1e-8)


def test_the_drift_that_all_seeds_share(tables):
    points, (*_, metrics) = tables
    X, changes = points["train"].X, []
    for seed in range(3):
        A, B, end = network(points, 16, seed)
        K, moved = empirical_ntk(X, X, A, B), empirical_ntk(X, X, end.A, end.B)
        changes.append((moved - K) / np.linalg.norm(K))
    pairs = [np.vdot(changes[s], changes[t]) for s in range(3) for t in range(3) if s != t]
    common = number(metrics, "ensemble_ntk_drift", 16)
    assert common == pytest.approx(np.sqrt(np.mean(pairs)), rel=1e-8)
    left_out = [np.vdot(changes[s - 1], changes[s - 2]) for s in range(3)]
    error = np.sqrt(2 * np.var(left_out)) / (2 * common)
    assert number(metrics, "ensemble_ntk_drift_error", 16) == pytest.approx(error, rel=1e-7)
    drifts = metrics.loc[metrics["metric"].eq("ntk_drift") & metrics["width"].eq(16), "value"]
    assert common < np.sqrt(np.mean(drifts**2))


def test_no_loss_falls_below_what_the_range_of_the_kernel_leaves():
    points, (*_, metrics) = experiment(source="interval", targets=("t", "t * t"), widths=(16,))
    t, Y = points["train"].X[:, 0], points["train"].y
    # Without a bias, a ReLU network of one input is two half-lines.
    lines = np.stack([np.maximum(t, 0), np.maximum(-t, 0)], axis=1)
    least = np.sum((Y - lines @ np.linalg.lstsq(lines, Y, rcond=None)[0]) ** 2) / 2
    assert number(metrics, "least_loss_ntk") == pytest.approx(least, rel=1e-9)
    assert least > 0.01
    assert metrics.loc[metrics["metric"] == "train_loss", "value"].min() > least


def test_a_kernel_of_full_rank_leaves_nothing(tables):
    assert number(tables[1].metrics, "least_loss_ntk") < 1e-25


def test_ensembles_are_taken_over_all_seeds_of_a_width(tables):
    _, (_, theory, _, _, predictions, metrics) = tables
    F = np.stack([predicted(predictions, "network", 16, seed, STEPS) for seed in range(3)])
    own = [predicted(predictions, "ntk_corrected", 16, seed, STEPS) for seed in range(3)]
    D = F - np.stack(own)
    square = np.mean(D.mean(axis=0) ** 2 - D.var(axis=0, ddof=1) / 3)
    bias = np.sqrt(max(square, 0))
    assert number(metrics, "ensemble_bias_paired", 16, step=STEPS) == pytest.approx(bias, rel=1e-8)
    rows = theory[(theory["model"] == "ntk") & (theory["step"] == STEPS)]
    mean, std = rows["mean"].to_numpy(), rows["std"].to_numpy()
    distance = np.sqrt(np.mean((F.mean(axis=0) - mean) ** 2))
    assert number(metrics, "ensemble_mean_rmse_vs_ntk", 16, step=STEPS) == pytest.approx(distance)
    ratio = np.sqrt(np.mean(F.var(axis=0, ddof=1)) / np.mean(std**2))
    assert number(metrics, "ensemble_std_ratio", 16, step=STEPS) == pytest.approx(ratio)
    parts = [
        number(metrics, f"ensemble_{part}", 16, step=STEPS)
        for part in ("bias_squared", "variance", "distance_squared")
    ]
    assert parts[0] + parts[1] == pytest.approx(parts[2], rel=1e-12)


def test_the_order_of_chunks_does_not_matter(tables):
    points, (kernels, theory, networks, _, predictions, metrics) = tables
    backwards = [
        (width, frame[frame["seed"].isin(seeds)])
        for width, frame in networks[::-1]
        for seeds in ([2], [0, 1])
    ]
    limits = points["train"], points["test"], kernels, theory
    again = compare(*limits, backwards, learning_rate=ETA, checkpoints=CHECKPOINTS)
    pd.testing.assert_frame_equal(again, predictions)
    measured = measure(*limits, again, backwards, experiment="step7", learning_rate=ETA)
    pd.testing.assert_frame_equal(measured, metrics)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.2"])
def test_the_engines_agree_on_every_metric(activation):
    by_engine = {}
    for engine in ("circle", "dense"):
        _, tables = experiment(activation, widths=(16, 4096), engine=engine, steps=3000)
        assert tables.runs["engine"].unique().tolist() == [engine]
        by_engine[engine] = tables.metrics
    circle, dense = by_engine.values()
    pd.testing.assert_frame_equal(circle.drop(columns="value"), dense.drop(columns="value"))
    np.testing.assert_allclose(circle["value"], dense["value"], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("activation", ["leaky_relu:0.2", "gelu", "sin", "cos", "erf", "hermite:3"])
def test_every_activation_runs_on_a_sphere_with_two_outputs(activation):
    points, (*_, runs, predictions, metrics) = experiment(
        activation, "sphere", ("x_0", "x_1 * x_2"), widths=(16,)
    )
    assert runs["engine"].unique().tolist() == ["dense"]
    assert np.isfinite(metrics["value"]).all()
    assert set(predictions["output"]) == {0, 1}
    end = network(points, 16, 0, activation)[-1]
    rows = where(predictions, model="network", seed=0, step=STEPS)
    expected = forward(points["test"].X, end.A, end.B, activation=activation)
    np.testing.assert_allclose(rows["f"].to_numpy().reshape(9, 2), expected, atol=1e-12)
    # The network's own kernel, flattened over points and outputs, predicts it to first order.
    own, other = (
        where(metrics, metric=f"rmse_network_vs_{name}", step=10)["value"].max()
        for name in ("empirical_ntk", "ntk_uncorrected")
    )
    assert own < 0.5 * other


@pytest.fixture(scope="module")
def points():
    return generate_data(
        root=5,
        source="lift",
        design="uniform",
        dimension=2,
        n_train=6,
        n_test=9,
        targets=["t"],
        noise_std=0.0,
    )


@pytest.mark.parametrize(
    "width, seeds, activation, learning_rate, steps, message",
    [
        # Leaky, as units of a plain ReLU network may all die before its loss overflows.
        (32, [3], "leaky_relu:0.5", 50.0, 1000, r"width 32, seed 3: .*step \d+"),
        # Dead from its start.
        (1, range(20), "relu", 0.01, 5, r"width 1, seed \d+: no hidden unit is active"),
    ],
)
def test_a_network_that_fails_is_named_and_not_written(
    points, width, seeds, activation, learning_rate, steps, message
):
    with pytest.raises(ArithmeticError, match=message):
        train_networks(
            points["train"],
            points["test"],
            root=5,
            width=width,
            seeds=seeds,
            activation=activation,
            learning_rate=learning_rate,
            steps=steps,
            checkpoints=[0, steps],
            loss_steps=[0, steps],
            engine="dense",
        )


def test_each_kernel_is_decomposed_once(points, monkeypatch):
    """At thousands of points that is nearly all of the job's time."""
    decomposed = []
    eigh = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda K: decomposed.append(K) or eigh(K))
    monkeypatch.setattr(np.linalg, "eigvalsh", lambda K: pytest.fail("decomposed once more"))
    theory_of(points, 0.01, [0, 1, 10])
    assert len(decomposed) == 2


def test_measuring_decomposes_the_limit_once(tables, monkeypatch):
    """And the kernel of each network, once too."""
    points, (kernels, theory, networks, _, predictions, _) = tables
    decomposed = []
    eigh = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda K: decomposed.append(K) or eigh(K))
    limits = points["train"], points["test"], kernels, theory
    measure(*limits, predictions, networks, experiment="step7", learning_rate=ETA)
    assert len(decomposed) == 1 + predictions[["width", "seed"]].dropna().drop_duplicates().shape[0]


def theory_of(points, learning_rate, checkpoints):
    _, theory = fit_kernels(
        points["train"],
        points["test"],
        activation="relu",
        learning_rate=learning_rate,
        checkpoints=checkpoints,
        ridge=0.0,
        rcond=None,
    )
    return theory


def test_theory_that_diverges_is_missing_not_a_number(points):
    theory = theory_of(points, 50.0, [0, 1, 1000])
    assert theory[theory["step"] == 1000]["mean"].isna().all()
    assert theory[theory["step"] == 1]["mean"].notna().all()


def test_what_theory_says_beyond_the_bound_can_be_drawn_or_is_missing(points):
    mean = theory_of(points, 0.3, list(range(0, 3000, 50)))["mean"].abs()
    assert mean.isna().any()
    assert 1e10 < mean.max() < 1e60
