"""What the training methods share."""

import numpy as np

from benchmarks.cases import Problem


class Method:
    """Gradient descent of L = 1/2 sum_i (y_i - f(x_i))^2 from the weights of a problem."""

    checked = True
    """Whether it computes what the other methods compute."""

    def __init__(self, problem: Problem):
        raise NotImplementedError

    @classmethod
    def warm_up(cls, problem: Problem) -> None:
        """Whatever only the first run in a process pays for, compilation above all."""
        cls(problem.narrowed(16 * len(problem.X))).advance(1)

    def advance(self, steps: int) -> np.ndarray:
        """Take so many steps; the losses before each of them."""
        raise NotImplementedError

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """A (1, k), B (k, d) after the steps taken."""
        raise NotImplementedError
