"""The movement of the kernel and its effect at any width, by the theory that applies.

    smooth phi                    single_units: first order, 1/k
    (leaky) ReLU                  mean_field: all orders, at the width's own scale
    the same on the circle, from JOIN crossover widths k* on: the flux at the kinks, and its first
    correction,

        sqrt(k) movement(k) = flux + (sqrt(j) movement(j) - flux) sqrt(j / k),    j = JOIN k*,

with the movement at j from the mean field. The correction is of relative order k^-1/2, as all that
the flux neglects, and at j the two theories meet.
"""

import math
from typing import NamedTuple

import numpy as np

from widelimit.circle.arrangement import on_unit_circle
from widelimit.finite_width.kinks import KinkFlux
from widelimit.finite_width.mean_field import mean_field
from widelimit.finite_width.response import KernelResponse
from widelimit.finite_width.samples import initial_values
from widelimit.finite_width.single_units import first_order_movement
from widelimit.finite_width.trusted import JOIN
from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.gram import nngp_gram, ntk_gram
from widelimit.training import TrainingCollapsed, TrainingDiverged

REPLICATES, POINTS_PER_DRAW = 4, 64
FEWEST_UNITS, MOST_UNITS = 1 << 12, 1 << 17
KINKS, MEAN_FIELD, FIRST_ORDER = "kinks", "mean field", "first order"


class Movement(NamedTuple):
    """After one number of steps.

    effect, error (m, p)   mean of network minus own-kernel prediction, and its standard error
    drift                  |K_T - K_0|_F / |K_0|_F, nan where the theory has none
    theory                 which one
    """

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

    def kernels(self) -> tuple[np.ndarray, np.ndarray]:
        """K(X, X) and K(Z, X), the limit NTK."""
        K, K_Z = (ntk_gram(p, self.X, activation=self.activation) for p in (self.X, self.Z))
        return K, K_Z

    def response(self) -> KernelResponse:
        return KernelResponse(*self.kernels(), learning_rate=self.learning_rate)

    def initial_values(self) -> np.ndarray:
        S = nngp_gram(self.X, activation=self.activation)
        return initial_values(S, self.draws, outputs=self.y.shape[1])

    @property
    def has_flux(self) -> bool:
        """Whether the flux at the kinks is a theory for it."""
        return self.phi.slope is not None and self.y.shape[1] == 1 and on_unit_circle(self.X)


class Flux:
    """The movement at large widths, for a problem that `has_flux`.

    effect, error (len(steps), m): sqrt(k) times the movement as k -> infinity
    crossover (len(steps),): the width k* = c (Z(T) / gap)^2
    """

    def __init__(self, problem: Problem):
        kinks = KinkFlux(problem.X, problem.Z, problem.phi, problem.response(), problem.steps)
        residuals = (problem.y - problem.initial_values())[:, :, 0]
        effects, farthest = zip(*(kinks.follow(residual) for residual in residuals), strict=True)
        self.problem = problem
        self.effect, self.error = mean_of_pairs(np.array(effects))
        self.crossover = problem.phi.scale * (np.mean(farthest, axis=0) / kinks.gap) ** 2
        self._joined: dict[int, tuple[int, Movement]] = {}

    def holds(self, i: int, width: int) -> bool:
        """Whether this is the theory for the width, after steps[i]."""
        return width > JOIN * self.crossover[i]

    def movement(self, i: int, width: int) -> Movement:
        """With the correction that joins it to the mean field."""
        if i not in self._joined:
            width_there = max(1, round(JOIN * self.crossover[i]))
            problem = self.problem._replace(steps=[self.problem.steps[i]])
            self._joined[i] = width_there, _mean_field(problem, width_there)[0]
        at, there = self._joined[i]
        share = math.sqrt(at / width)
        flux = (1 - share) * self.effect[i][:, None] + share * math.sqrt(at) * there.effect
        errors = (1 - share) * self.error[i][:, None], share * math.sqrt(at) * there.error
        root = math.sqrt(width)
        return Movement(flux / root, np.hypot(*errors) / root, math.nan, KINKS)


def movement(problem: Problem, width: int, large: Flux | None) -> list[Movement]:
    """After each of the steps. large: the flux, where the problem has one."""
    if problem.phi.slope is None:
        return _first_order(problem, width)
    numbers = range(len(problem.steps))
    near = [i for i in numbers if large is None or not large.holds(i, width)]
    steps = [problem.steps[i] for i in near]
    found = dict(zip(near, _mean_field(problem._replace(steps=steps), width), strict=True))
    return [found[i] if i in found else large.movement(i, width) for i in numbers]


def _first_order(problem: Problem, width: int) -> list[Movement]:
    options = problem._asdict()
    draws = options.pop("draws")
    count = 1 << round(math.log2(POINTS_PER_DRAW * draws))
    effects = [
        first_order_movement(**options, width=width, count=count, seed=seed)
        for seed in range(REPLICATES)
    ]
    mean, error = np.mean(effects, axis=0), np.std(effects, axis=0, ddof=1) / math.sqrt(REPLICATES)
    return [Movement(f, e, math.nan, FIRST_ORDER) for f, e in zip(mean, error, strict=True)]


def _mean_field(problem: Problem, width: int) -> list[Movement]:
    """Values are nan where a network of this width, but for chance, does not converge."""
    if not problem.steps:
        return []
    options = problem._asdict()
    del options["draws"]
    count = 1 << round(math.log2(min(max(width, FEWEST_UNITS), MOST_UNITS)))
    try:
        runs = [
            mean_field(**options, f0=f0, width=width, count=count, seed=seed)
            for seed, f0 in enumerate(problem.initial_values())
        ]
    except (TrainingDiverged, TrainingCollapsed):
        nowhere = np.full((len(problem.Z), problem.y.shape[1]), math.nan)
        return [Movement(nowhere, nowhere, math.nan, MEAN_FIELD)] * len(problem.steps)
    mean, error = mean_of_pairs(np.array([run.effect for run in runs]))
    drift = np.mean([run.drift for run in runs], axis=0)
    return [Movement(*one, MEAN_FIELD) for one in zip(mean, error, drift, strict=True)]


def mean_of_pairs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the first axis, whose halves belong to f_0 and -f_0, and its standard error."""
    half = len(values) // 2
    pairs = (values[:half] + values[half:]) / 2
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / math.sqrt(half)
