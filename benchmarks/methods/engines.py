"""widelimit's two engines."""

import numpy as np

from benchmarks.cases import LEARNING_RATE, Problem
from benchmarks.methods.base import Method
from widelimit.kernels.activations import parse_activation
from widelimit.training.circle.engine import CircleEngine
from widelimit.training.dense import DenseEngine


class Engine(Method):
    def __init__(self, problem: Problem):
        self.engine = self.kind(
            problem.X,
            problem.Y,
            problem.A,
            problem.B,
            activation=parse_activation(problem.activation),
            learning_rate=LEARNING_RATE,
        )

    def advance(self, steps: int) -> np.ndarray:
        losses = np.empty(steps + 1)
        losses[0] = self.engine.loss()
        self.engine.advance(losses[1:])
        return losses[:-1]

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self.engine.weights()


class Dense(Engine):
    kind = DenseEngine


class Circle(Engine):
    kind = CircleEngine
