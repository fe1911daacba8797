"""Step 4, features: kernels of random features, and the last layer trained on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.finite_width.fluctuation import fourier_fluctuation, nngp_fluctuation
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import gaussian_gram, nngp_gram
from widelimit.linear.gradient_descent import GradientDescent
from widelimit.linear.kernel_regression import kernel_regression
from widelimit.linear.least_squares import LeastSquares, descend
from widelimit.linear.random_features import draw_fourier, fourier_features, neuron_features
from widelimit.measure.distances import relative_frobenius, rmse
from widelimit.measure.log_steps import log_steps
from widelimit.seeds import generator
from widelimit.tables.features import TABLES

Draw = Callable[[int, int, int], Callable[[np.ndarray], np.ndarray]]
"""(width, d, seed) -> the feature map X (n, d) -> F (n, width) of that draw."""


@dataclass(frozen=True)
class Kind:
    """One kind of random features, with the kernel that they tend to."""

    features: str
    activation: str | None
    draw: Draw
    gram: Callable[..., np.ndarray]
    fluctuation: Callable[[np.ndarray], float]


def network_kind(activation: str, root: int) -> Kind:
    """phi(b.x) of standard normal b; a seed has the same b for every activation."""

    def draw(width: int, d: int, seed: int):
        B = generator(root, "features", width, seed).standard_normal((width, d))
        return partial(neuron_features, B=B, activation=activation)

    theory = (partial(f, activation=activation) for f in (nngp_gram, nngp_fluctuation))
    return Kind("network", activation, draw, *theory)


def fourier_kind(scale: float, root: int) -> Kind:
    """cos(w.x + b) of normal w and a random phase b, against exp(-scale |x - z|^2)."""

    def draw(width: int, d: int, seed: int):
        rng = generator(root, "fourier features", width, seed)
        W, b = draw_fourier(width, d, scale=scale, rng=rng)
        return partial(fourier_features, W=W, b=b)

    theory = (partial(f, scale=scale) for f in (gaussian_gram, fourier_fluctuation))
    return Kind("fourier", None, draw, *theory)


def fit_features(
    train: Points,
    test: Points,
    *,
    activations: Sequence[str],
    activation: str,
    gaussian_scale: float,
    widths: Sequence[int],
    seeds: int,
    trained_widths: Sequence[int],
    trained_seeds: int,
    steps: int,
    root: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name.

    activations, widths, seeds : of the kernels of random features
    activation                 : of the networks whose last layer is trained for so many steps
    """
    kinds = [network_kind(name, root) for name in activations] + [
        fourier_kind(gaussian_scale, root)
    ]
    deviations = pd.DataFrame(
        [row for k in kinds for row in _deviations(k, train.X, widths, seeds)]
    )
    kind = network_kind(activation, root)
    checkpoints = sorted({*log_steps(steps, 4), steps})
    trained = [
        row
        for width in sorted(trained_widths)
        for seed in range(trained_seeds)
        for row in _train(kind, train, test, width, seed, checkpoints)
    ]
    frames = {"deviations": deviations, "last_layer": pd.DataFrame(trained)}
    return {name: TABLES[name].arrange(frame) for name, frame in frames.items()}


def _deviations(kind: Kind, X: np.ndarray, widths: Sequence[int], seeds: int) -> Iterator[dict]:
    limit, fluctuation = kind.gram(X), kind.fluctuation(X)
    for width in sorted(widths):
        for seed in range(seeds):
            F = kind.draw(width, X.shape[1], seed)(X)
            deviation = relative_frobenius(F @ F.T, limit)
            labels = {"features": kind.features, "activation": kind.activation}
            drawn = {"width": width, "seed": seed, "deviation": deviation}
            yield labels | drawn | {"expected": fluctuation / np.sqrt(width)}


def _train(kind: Kind, train: Points, test: Points, width: int, seed: int, checkpoints):
    """A network by gradient descent on A, beside kernel regression with its kernel F F'."""
    phi = parse_activation(kind.activation).name
    features = kind.draw(width, train.X.shape[1], seed)
    F, G, y = features(train.X), features(test.X), train.y[:, 0]
    both = np.concatenate([F, G])
    K, K_both = F @ F.T, both @ F.T
    learning_rate = 1 / float(np.linalg.eigvalsh(K)[-1])
    descent = GradientDescent(K, learning_rate=learning_rate)
    fit = LeastSquares(F, y)
    limit = both @ fit.solution
    weights = descend(F, y, learning_rate=learning_rate, steps=checkpoints)
    networks = [*(weights @ both.T), limit]
    kernels = [*descent.prediction(K_both, y, steps=checkpoints), kernel_regression(K, K_both, y)]
    for step, network, kernel in zip([*checkpoints, None], networks, kernels, strict=True):
        yield {
            "activation": phi,
            "width": width,
            "seed": seed,
            "step": step,
            "learning_rate": learning_rate,
            "difference": float(np.abs(network - kernel).max()),
            "to_limit": rmse(network[len(F) :], limit[len(F) :]),
            "kernel_to_limit": rmse(kernel[len(F) :], limit[len(F) :]),
            "condition_number": fit.condition_number**2,
        }
