"""PyTorch's autograd and its SGD, as in any of its tutorials, in float64."""

import numpy as np
import torch

from benchmarks.cases import LEARNING_RATE, Problem
from benchmarks.methods.base import Method

torch.set_num_threads(1)

ACTIVATIONS = {
    "relu": torch.relu,
    "gelu": torch.nn.functional.gelu,
    "erf": torch.erf,
    "sin": torch.sin,
}


class AutogradSGD(Method):
    def __init__(self, problem: Problem):
        self.X, self.Y = torch.tensor(problem.X), torch.tensor(problem.Y)
        self.A = torch.tensor(problem.A, requires_grad=True)
        self.B = torch.tensor(problem.B, requires_grad=True)
        self.phi, self.scale = ACTIVATIONS[problem.activation], problem.scale
        self.optimizer = torch.optim.SGD([self.A, self.B], lr=LEARNING_RATE)

    def advance(self, steps: int) -> np.ndarray:
        losses = torch.empty(steps, dtype=torch.float64)
        for t in range(steps):
            self.optimizer.zero_grad()
            f = self.scale * (self.phi(self.X @ self.B.T) @ self.A.T)
            loss = (self.Y - f).square().sum() / 2
            loss.backward()
            self.optimizer.step()
            losses[t] = loss.detach()
        return losses.numpy()

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self.A.detach().numpy(), self.B.detach().numpy()
