"""The two products of large matrices in a step of gradient descent, and nothing else."""

import numpy as np

from benchmarks.cases import Problem
from benchmarks.methods.base import Method


class Gemm(Method):
    """B X' of the forward pass and X' D of the gradient, 4 n k d operations a step.

    BLAS alone, into memory that is already there and in the order of axes in which it is fastest:
    what the dense engine is held against.
    """

    checked = False

    def __init__(self, problem: Problem):
        self.X, self.B = problem.X, problem.B
        n, d = self.X.shape
        k = len(self.B)
        self.U, self.D, self.gradient = np.empty((k, n)), np.ones((n, k)), np.empty((d, k))

    def advance(self, steps: int) -> np.ndarray:
        for _ in range(steps):
            np.matmul(self.B, self.X.T, out=self.U)
            np.matmul(self.X.T, self.D, out=self.gradient)
        return np.zeros(steps)
