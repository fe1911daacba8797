"""Step 5 in training: the linearised network, several outputs, discrete steps against the flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from widelimit.finite_width.fluctuation import ntk_fluctuation
from widelimit.kernels.gram import nngp_gram, ntk_gram
from widelimit.linear.gradient_descent import (
    GradientDescent,
    GradientFlow,
    ensemble_moments,
    stability_bound,
)
from widelimit.measure.distances import rmse
from widelimit.measure.frames import long_table
from widelimit.measure.log_steps import log_steps
from widelimit.measure.metric_rows import Row
from widelimit.networks.linearised import linearised_descent
from widelimit.networks.model import forward, initialise
from widelimit.networks.tangent import empirical_ntk, jacobian
from widelimit.seeds import generator
from widelimit.training import train

FLOW_TIMES = np.geomspace(0.02, 2e3, 81)
"""Times in units of 1 / lambda_max at which discrete steps and the flow are compared."""

LONGER = 1000
"""How many times longer than networks are trained the cost of ignoring f_0 is followed."""


@dataclass(frozen=True)
class Problem:
    """Points, targets and training of all that step 5 trains; the limit NTK of the points.

    X (n, d), Z (m, d) training and test points; y (n, p), a target for each output
    steps                   : the last step
    relative_learning_rate  : eta in units of the limit's stability bound 2 / lambda_max
    """

    X: np.ndarray
    Z: np.ndarray
    y: np.ndarray
    activation: str
    steps: int
    relative_learning_rate: float

    @cached_property
    def K(self) -> np.ndarray:
        return ntk_gram(self.X, activation=self.activation)

    @cached_property
    def K_test(self) -> np.ndarray:
        return ntk_gram(self.Z, self.X, activation=self.activation)

    @cached_property
    def learning_rate(self) -> float:
        return self.relative_learning_rate * stability_bound(self.K)

    @cached_property
    def checkpoints(self) -> list[int]:
        """Where networks are read out: 1, 2, 5, 10, 20, 50, ... and the last step."""
        return sorted({*log_steps(self.steps, 3, digits=1), self.steps})

    @cached_property
    def long_checkpoints(self) -> list[int]:
        """The same, far beyond the last step, for predictions that need no training."""
        last = LONGER * self.steps
        return sorted({*self.checkpoints, *log_steps(last, 3, digits=1), last})

    def networks(
        self, y: np.ndarray, purpose: str, *, root: int, widths: Sequence[int], seeds: int
    ) -> Iterator[Network]:
        """Networks trained on y, (n,) or (n, p), one after the other."""
        outputs = 1 if y.ndim == 1 else y.shape[1]
        for width, seed in product(widths, range(seeds)):
            rng = generator(root, purpose, width, seed)
            A, B = initialise(width, self.X.shape[1], outputs=outputs, rng=rng)
            f0, f0_test = (forward(Z, A, B, activation=self.activation) for Z in (self.X, self.Z))
            result = train(
                self.X,
                y,
                A,
                B,
                activation=self.activation,
                learning_rate=self.learning_rate,
                steps=self.steps,
                checkpoints=self.checkpoints,
                engine="dense",
                X_test=self.Z,
            )
            yield Network(width, seed, A, B, {"f0_train": f0, "f0_test": f0_test}, result.f_test)


class Network(NamedTuple):
    """One trained network: weights and outputs at its start, and f at the test points and
    checkpoints, (c, m) or (c, m, p)."""

    width: int
    seed: int
    A: np.ndarray
    B: np.ndarray
    start: dict[str, np.ndarray]
    f: np.ndarray


def single_output_rows(
    problem: Problem, *, root: int, widths: Sequence[int], seeds: int
) -> Iterator[Row]:
    """Networks of one output, their linearisation, and predictions of their own empirical NTK.

    The first target is taken, and the prediction once with f_0, once without, once for the flow.
    """
    X, Z, y, phi = problem.X, problem.Z, problem.y[:, 0], problem.activation
    rate, steps, longer = problem.learning_rate, problem.checkpoints, problem.long_checkpoints
    networks = {"root": root, "widths": widths, "seeds": seeds}
    for width, seed, A, B, start, network in problem.networks(y, "step5 training", **networks):
        K = empirical_ntk(X, None, A, B, activation=phi)
        K_test = empirical_ntk(Z, X, A, B, activation=phi)
        descent, flow = GradientDescent(K, learning_rate=rate), GradientFlow(K, learning_rate=rate)
        own = descent.prediction(K_test, y, steps=steps, **start)
        linearised = linearised_descent(
            *(jacobian(points, A, B, activation=phi) for points in (X, Z)),
            y,
            learning_rate=rate,
            steps=steps,
            **start,
        )
        uncorrected = descent.prediction(K_test, y, steps=steps)
        pairs = {
            "rmse_linearised_vs_empirical_ntk": (linearised, own),
            "rmse_network_vs_empirical_ntk": (network, own),
            "rmse_network_vs_empirical_ntk_uncorrected": (network, uncorrected),
            "rmse_network_vs_empirical_ntk_flow": (
                network,
                flow.prediction(K_test, y, steps=steps, **start),
            ),
        }
        for metric, (f, g) in pairs.items():
            for i, step in enumerate(steps):
                yield Row(metric, rmse(f[i], g[i]), phi, width, seed, step)
        for metric, cost in _cost_of_ignoring(descent, K_test, **start, steps=longer).items():
            for step, value in zip(longer, cost, strict=True):
                yield Row(metric, value, phi, width, seed, step)


def _cost_of_ignoring(descent, K_test, *, f0_train, f0_test, steps) -> dict[str, np.ndarray]:
    """Root mean square of f_0(x) - M f_0(X), what f_0 adds to the prediction, at the steps.

    The prediction is linear in y and f_0, so that it is the prediction for y = 0.
    """
    zero = np.zeros_like(f0_train)
    on_test = descent.prediction(K_test, zero, steps=steps, f0_train=f0_train, f0_test=f0_test)
    on_train = descent.residual(zero, steps=steps, f0_train=f0_train)
    return {
        "rmse_ignoring_f0": np.sqrt(np.mean(on_test**2, axis=1)),
        "rmse_ignoring_f0_train": np.sqrt(np.mean(on_train**2, axis=1)),
    }


def limit_rows(problem: Problem) -> Iterator[Row]:
    """What ignoring f_0 costs in the limit: f_0(x) - M f_0(X) has the variance of the ensemble."""
    phi, K = problem.activation, problem.K
    S, S_test = (nngp_gram(problem.X, Z, activation=phi) for Z in (None, problem.Z))
    for step in problem.long_checkpoints:
        for metric, K_points, S_points in (
            ("rmse_ignoring_f0_limit", problem.K_test, S_test.T),
            ("rmse_ignoring_f0_train_limit", K, S),
        ):
            _, variance = ensemble_moments(
                K,
                K_points,
                S,
                S_points,
                np.ones(len(K_points)),  # the NNGP kernel's diagonal on the sphere
                problem.y[:, 0],
                learning_rate=problem.learning_rate,
                steps=step,
            )
            yield Row(metric, float(np.sqrt(variance.mean())), phi, step=step)


def several_outputs(
    problem: Problem, *, root: int, widths: Sequence[int], seeds: int
) -> tuple[list[Row], pd.DataFrame]:
    """Networks of p outputs: their NTK against K x identity, and against one kernel's prediction.

    Returns the rows, and predictions of the first network of the greatest width in the columns of
    schemas.PREDICTIONS.
    """
    X, y, phi = problem.X, problem.y, problem.activation
    p, steps = y.shape[1], problem.checkpoints
    # One n x n kernel for the columns of all outputs.
    descent = GradientDescent(problem.K, learning_rate=problem.learning_rate)
    size = np.linalg.norm(problem.K) * np.sqrt(p)
    one, all_of_them = (ntk_fluctuation(X, activation=phi, outputs=q) for q in (1, p))
    fluctuations = {"same": one, "cross": np.sqrt(all_of_them**2 - one**2)}
    rows, shown = [], pd.DataFrame()
    for (name, fluctuation), width in product(fluctuations.items(), widths):
        expected = float(fluctuation / np.sqrt(width))
        rows.append(Row(f"ntk_outputs_{name}_expected", expected, phi, width))
    networks = {"root": root, "widths": widths, "seeds": seeds}
    for width, seed, A, B, start, network in problem.networks(y, "step5 outputs", **networks):
        theta = empirical_ntk(X, None, A, B, activation=phi)
        same = np.einsum("xzpp->pxz", theta) - problem.K
        cross = theta * (1 - np.eye(p))
        rows.append(Row("ntk_outputs_same", np.linalg.norm(same) / size, phi, width, seed))
        rows.append(Row("ntk_outputs_cross", np.linalg.norm(cross) / size, phi, width, seed))
        predicted = descent.prediction(problem.K_test, y, steps=steps, **start)
        for f, g, step in zip(network, predicted, steps, strict=True):
            rows.append(Row("rmse_outputs_vs_ntk", rmse(f, g), phi, width, seed, step))
        if width == max(widths) and seed == 0:
            last = {"network": network[-1], "ntk_corrected": predicted[-1]}
            axes = {"index": range(len(problem.Z)), "output": range(p)}
            frames = [long_table("f", f, **axes).assign(model=m) for m, f in last.items()]
            shown = pd.concat(frames).assign(activation=phi, width=width, seed=seed, step=steps[-1])
    return rows, shown


def flow_table(problem: Problem, relative_learning_rates: Sequence[float]) -> pd.DataFrame:
    """rmse between discrete steps and the flow, from f_0 = 0, at several learning rates.

    In the columns of step 5's table flow; both follow the limit NTK, on all outputs.
    """
    lambda_max = 2 / stability_bound(problem.K)
    parts = []
    for relative in sorted(relative_learning_rates):
        learning_rate = 2 * relative / lambda_max
        steps = np.unique(np.maximum(np.rint(FLOW_TIMES / (2 * relative)), 1).astype(int))
        descent, flow = (
            dynamics(problem.K, learning_rate=learning_rate).prediction(
                problem.K_test, problem.y, steps=steps
            )
            for dynamics in (GradientDescent, GradientFlow)
        )
        columns = {
            "relative_learning_rate": relative,
            "learning_rate": learning_rate,
            "step": steps,
            "time": learning_rate * steps,
            "rmse": [rmse(f, g) for f, g in zip(descent, flow, strict=True)],
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
