"""network.output_scale: what is taken, what is refused, and what a study makes of it."""

import numpy as np
import pytest

from wide_experiment import number
from widelimit.data.points import make_points
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.gradient_descent import gradient_descent_prediction
from widelimit.measure.wide.small_experiment import run_experiment
from widelimit.networks.model import forward, initialise
from widelimit.seeds import generator
from widelimit.study.arguments import chunk_arguments, data_arguments, small_experiment_arguments
from widelimit.study.config import ConfigError, load_study


def study(scale, **network):
    data = {"n_train": 6, "n_test": 15, "target": "t + sin(4 * t)"}
    plain = {"widths": [16, 64], "seeds": 2, "steps": 50, "learning_rate": 0.02, "checkpoints": []}
    return load_study({"data": data, "network": plain | network | {"output_scale": scale}})


@pytest.mark.parametrize(
    "scale, expected",
    [
        (None, [None, None]),
        (2, [2, 2]),
        ("1e-2", [0.01, 0.01]),
        ("8 / sqrt(k)", [2, 1]),
        ("min(k, 20)", [16, 20]),
    ],
)
def test_a_number_or_an_expression_in_the_width(scale, expected):
    network = study(scale).network
    assert [network.output_scale_at(width) for width in network.widths] == expected
    assert chunk_arguments(network, width=64, chunk=0)["output_scale"] == expected[1]


@pytest.mark.parametrize(
    "scale, message",
    [
        (0, "output_scale: must be greater than 0"),
        (".inf", "output_scale: not an arithmetic expression"),
        ("20 - k", "above 0 and at most 1e9 at every width; got 20 - k, which is -44 at k = 64"),
        ("3 / sqrt(width)", "output_scale: unknown name 'width'.*variables are k"),
        ("log(k - 16)", "output_scale: .* is not finite"),
    ],
)
def test_other_scales_are_refused_in_one_line(scale, message):
    with pytest.raises(ConfigError, match=message) as caught:
        study(scale)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("engine", ["circle", "dense"])
def test_networks_are_compared_with_the_kernel_at_their_scale(engine):
    """alpha (f - f_0), by steps of f in the definition's own units, beside the kernel from 0."""
    given = study("4 / sqrt(k)", engine=engine)
    points = make_points(root=0, **data_arguments(given.data))
    results = run_experiment(points, root=0, **small_experiment_arguments("a", given))
    train, test = points["train"], points["test"]
    K = ntk_gram(train.X)
    limit = gradient_descent_prediction(
        K, ntk_gram(test.X, train.X), train.y[:, 0], learning_rate=0.02, steps=50
    )
    theory = results.theory[results.theory["model"].eq("ntk") & results.theory["step"].eq(50)]
    np.testing.assert_allclose(theory["mean"], limit, atol=1e-12)
    assert (theory["std"] == 0).all()
    for width, alpha in ((16, 1.0), (64, 0.5)):
        A, B = initialise(width, 2, rng=generator(0, "init", width, 1))
        f0, g0 = forward(train.X, A, B), forward(test.X, A, B)
        s = np.sqrt(2 / width)
        for _ in range(50):
            U = train.X @ B.T
            r = (train.y[:, 0] - alpha * (forward(train.X, A, B) - f0)) / alpha
            dA = s * r @ np.maximum(U, 0)
            dB = s * (np.outer(r, A[0]) * (U > 0)).T @ train.X
            A, B = A + 0.02 * dA, B + 0.02 * dB
        network = alpha * (forward(test.X, A, B) - g0)
        distance = np.sqrt(np.mean((network - limit) ** 2))
        measured = number(results.metrics, "rmse_network_vs_ntk", width, 1, 50)
        assert measured == pytest.approx(distance, rel=1e-9)
        loss = 0.5 * np.sum((train.y[:, 0] - alpha * (forward(train.X, A, B) - f0)) ** 2)
        assert number(results.metrics, "train_loss", width, 1, 50) == pytest.approx(loss, rel=1e-9)


def test_a_rich_network_whose_kernel_outgrows_the_step_says_so_in_one_line():
    given = study("0.03 / sqrt(k)", learning_rate=0.15, steps=3000)
    points = make_points(root=0, **data_arguments(given.data))
    line = r"width 16, seed 0, output scale 0.0075: training .*raise the output scale"
    with pytest.raises(ArithmeticError, match=line) as caught:
        run_experiment(points, root=0, **small_experiment_arguments("a", given))
    assert "\n" not in str(caught.value)
