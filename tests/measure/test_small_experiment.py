"""The smaller experiments: the same numbers as from the stages one by one, and the slope."""

import numpy as np
import pytest

from wide_experiment import number, run
from widelimit.data.points import make_points
from widelimit.kernels.gram import ntk_gram
from widelimit.measure.slopes import slopes_table
from widelimit.networks.model import forward, initialise
from widelimit.seeds import generator
from widelimit.study.config import load_study
from widelimit.training import train

ETA = 1e-2


def points(**changes):
    plain = {
        "source": "lift",
        "design": "uniform",
        "dimension": 2,
        "targets": ["t + sin(10 * t)"],
        "n_train": 20,
        "n_test": 20,
        "noise_std": 0.0,
    }
    return make_points(root=0, **plain | changes)


def on_sphere(d):
    return points(source="sphere", dimension=d, targets=["x_0 + sin(3 * x_1)"])


def measured(parts, activation="relu", widths=(16, 32), seeds=2, steps=10, before=()):
    options = {"checkpoints": [0, *before, steps], "loss_steps": [0, steps]}
    networks = {"activation": activation, "widths": widths, "seeds": seeds, "steps": steps}
    return run(parts, **networks, **options, learning_rate=ETA, experiment="beyond/it").metrics


@pytest.mark.parametrize("activation, d", [("erf", 2), ("relu", 7)])
def test_the_distance_is_that_of_network_and_prediction(activation, d):
    parts = points() if d == 2 else on_sphere(d)
    metrics = measured(parts, activation)
    assert set(metrics["experiment"]) == {"beyond/it"}
    assert set(metrics["activation"]) == {activation}
    X, y, Z = parts["train"].X, parts["train"].y[:, 0], parts["test"].X
    K, K_test = (ntk_gram(P, X, activation=activation) for P in (X, Z))
    for width in (16, 32):
        for seed in range(2):
            A, B = initialise(width, d, rng=generator(0, "init", width, seed))
            f, g = (forward(P, A, B, activation=activation) for P in (X, Z))
            for _ in range(10):
                f, g = f + ETA * K @ (y - f), g + ETA * K_test @ (y - f)
            end = train(
                X, y, A, B, activation=activation, learning_rate=ETA, steps=10, engine="dense"
            )
            network = forward(Z, end.A, end.B, activation=activation)
            distance = number(metrics, "rmse_network_vs_ntk", width, seed, 10)
            assert distance == pytest.approx(np.sqrt(np.mean((network - g) ** 2)), rel=1e-9)


CASES = [
    *(("lift", name) for name in ("leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3")),
    *((f"sphere {d}", "relu") for d in (2, 3, 10, 100)),
]


@pytest.mark.slow
@pytest.mark.parametrize("where, activation", CASES)
def test_the_distance_falls_as_one_over_the_root_of_the_width(where, activation):
    parts = points() if where == "lift" else on_sphere(int(where.split()[1]))
    metrics = measured(parts, activation, widths=(256, 4096), seeds=12, steps=20)
    slopes = slopes_table(metrics, "step7").query(
        "metric == 'rmse_network_vs_ntk' and widths == 'all'"
    )
    assert slopes["slope"].item() == pytest.approx(-0.5, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("where, activation", [case for case in CASES if case[1] != "hermite:3"])
def test_the_movement_falls_with_the_power_of_theory(where, activation):
    """-1 for smooth activations, -3/4 with a kink, early in training; to half the way between. The
    heavy tails of a polynomial of degree 3 hide the exponent at such widths."""
    parts = points() if where == "lift" else on_sphere(int(where.split()[1]))
    metrics = measured(parts, activation, widths=(128, 1024, 8192), seeds=24, steps=10)
    slopes = slopes_table(metrics, "step7").query(
        "metric == 'rmse_network_vs_empirical_ntk' and widths == 'all'"
    )
    theory = -0.75 if "relu" in activation else -1
    assert slopes["slope"].item() == pytest.approx(theory, abs=0.125)


@pytest.fixture(scope="module")
def wide():
    return slopes_table(measured(points(), widths=(256, 4096), seeds=16, steps=20), "step7")


@pytest.mark.slow
@pytest.mark.xdist_group("wide")
@pytest.mark.parametrize(
    "metric, steepest",
    [
        ("ntk_deviation", -0.6),
        ("weight_movement", -0.6),
        ("rmse_last_layer_vs_nngp", -0.6),
        # So early in training the kernel moves by less than a root of the width.
        ("ntk_drift", -1.1),
    ],
)
def test_kernel_and_weights_too(wide, metric, steepest):
    """What training starts from, and what it moves: slope -1/2 within 0.1, at fixed seeds."""
    slopes = wide[(wide["metric"] == metric) & (wide["widths"] == "all")]
    assert steepest < slopes["slope"].item() < -0.4


def test_the_experiments_are_the_main_one_but_for_what_is_named():
    study = load_study(
        {
            "data": {"n_train": 7, "noise_std": 0.25},
            "network": {"activation": "leaky_relu:0.2", "learning_rate": 0.03, "steps": 500},
            "beyond": {
                "activations": ["leaky_relu:0.1", "sin"],
                "dimensions": [4],
                "target": "x_3",
                "widths": [8],
                "seeds": 3,
                "steps": 20,
            },
        }
    )
    found = study.beyond_experiments()
    assert list(found) == ["beyond/leaky_relu_0.1", "beyond/sin", "beyond/sphere_4"]
    for experiment in found.values():
        network = experiment.network
        assert (network.widths, network.seeds, network.steps) == ([8], 3, 20)
        assert network.learning_rate == 0.03
        assert network.all_checkpoints == [0, 2, 20]
        assert (experiment.data.n_train, experiment.data.noise_std) == (7, 0.25)
    assert found["beyond/leaky_relu_0.1"].network.activation == "leaky_relu:0.1"
    assert found["beyond/sin"].data == study.data
    sphere = found["beyond/sphere_4"]
    assert sphere.network.activation == "leaky_relu:0.2"
    assert (sphere.data.source, sphere.data.n_inputs, sphere.data.targets) == ("sphere", 4, ["x_3"])
    assert study.network.steps == 500


def test_without_its_section_there_is_nothing_beyond():
    assert load_study({}).beyond_experiments() == {}
