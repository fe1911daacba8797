"""The movement of the kernel and its effect at many widths, each by the theory that applies.

smooth phi                  single_units: first order, 1/k
(leaky) ReLU                mean_field: all orders, at the width's own scale
the same on the circle      kinks, where no unit comes to a second border
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from widelimit.circle.arrangement import on_unit_circle
from widelimit.finite_width.kinks import KinkFlux
from widelimit.finite_width.mean_field import mean_field
from widelimit.finite_width.response import KernelResponse
from widelimit.finite_width.samples import initial_values
from widelimit.finite_width.single_units import first_order_movement
from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram

BEYOND_CROSSOVER = 4
"""In units of the crossover width: from here on the flux at the kinks is right to a few per cent."""
REPLICATES = 4
FEWEST_UNITS, MOST_UNITS = 1 << 12, 1 << 17
KINKS, MEAN_FIELD, FIRST_ORDER = "kinks", "mean field", "first order"


class Movement(NamedTuple):
    """effect, error (m, p): mean of network minus own-kernel prediction, and its standard error.
    drift: |K_T - K_0|_F / |K_0|_F, nan where the theory has none; theory: which one."""

    effect: np.ndarray
    error: np.ndarray
    drift: float
    theory: str


class Problem(NamedTuple):
    """X (n, d), Z (m, d), y (n, p), steps ascending; draws: values of f_0 averaged over, even."""

    X: np.ndarray
    Z: np.ndarray
    y: np.ndarray
    activation: str
    learning_rate: float
    steps: list[int]
    draws: int

    @property
    def phi(self) -> Activation:
        return parse_activation(self.activation)

    def response(self) -> KernelResponse:
        return KernelResponse(
            ntk_gram(self.X, activation=self.activation),
            ntk_gram(self.Z, self.X, activation=self.activation),
            learning_rate=self.learning_rate,
        )

    def initial_values(self) -> np.ndarray:
        S = nngp_gram(self.X, activation=self.activation)
        return initial_values(S, self.draws, outputs=self.y.shape[1])

    @property
    def has_flux(self) -> bool:
        """Whether the flux at the kinks is a theory for it."""
        return self.phi.slope is not None and self.y.shape[1] == 1 and on_unit_circle(self.X)


class Flux(NamedTuple):
    """effect, error (len(steps), m): sqrt(k) times the movement's, at large k.
    crossover (len(steps),): the width k* = c (Z(T) / gap)^2."""

    effect: np.ndarray
    error: np.ndarray
    crossover: np.ndarray


def flux(problem: Problem) -> Flux:
    kinks = KinkFlux(problem.X, problem.Z, problem.phi, problem.response(), problem.steps)
    residuals = (problem.y - problem.initial_values())[:, :, 0]
    effects, reached = zip(*(kinks.follow(residual) for residual in residuals), strict=True)
    effect, error = mean_of_pairs(np.array(effects))
    crossover = problem.phi.scale * (np.mean(reached, axis=0) / kinks.gap) ** 2
    return Flux(effect, error, crossover)


def movement(problem: Problem, width: int, large: Flux | None) -> list[Movement]:
    """After each of the steps. large: the flux, where the problem has one."""
    if problem.phi.slope is None:
        return _first_order(problem, width)
    steps, beyond = problem.steps, []
    if large is not None:
        beyond = [width >= BEYOND_CROSSOVER * k for k in large.crossover]
        steps = [T for T, far in zip(steps, beyond, strict=True) if not far]
    near = iter(_mean_field(problem._replace(steps=steps), width)) if steps else iter(())
    return [
        Movement(
            large.effect[i][:, None] / math.sqrt(width),
            large.error[i][:, None] / math.sqrt(width),
            math.nan,
            KINKS,
        )
        if beyond and beyond[i]
        else next(near)
        for i in range(len(problem.steps))
    ]


def _first_order(problem: Problem, width: int) -> list[Movement]:
    effects = [
        first_order_movement(
            problem.X,
            problem.Z,
            problem.y,
            activation=problem.activation,
            learning_rate=problem.learning_rate,
            steps=problem.steps,
            width=width,
            count=64 * problem.draws,
            seed=seed,
        )
        for seed in range(REPLICATES)
    ]
    mean, error = np.mean(effects, axis=0), np.std(effects, axis=0, ddof=1) / math.sqrt(REPLICATES)
    return [Movement(f, e, math.nan, FIRST_ORDER) for f, e in zip(mean, error, strict=True)]


def _mean_field(problem: Problem, width: int) -> list[Movement]:
    count = 1 << round(math.log2(min(max(width, FEWEST_UNITS), MOST_UNITS)))
    runs = [
        mean_field(
            problem.X,
            problem.Z,
            problem.y,
            f0,
            activation=problem.activation,
            learning_rate=problem.learning_rate,
            steps=problem.steps,
            width=width,
            count=count,
            seed=seed,
        )
        for seed, f0 in enumerate(problem.initial_values())
    ]
    mean, error = mean_of_pairs(np.array([run.effect for run in runs]))
    drift = np.mean([run.drift for run in runs], axis=0)
    return [Movement(*one, MEAN_FIELD) for one in zip(mean, error, drift, strict=True)]


def mean_of_pairs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the first axis, whose halves belong to f_0 and -f_0, and its standard error."""
    half = len(values) // 2
    pairs = (values[:half] + values[half:]) / 2
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / math.sqrt(half)
