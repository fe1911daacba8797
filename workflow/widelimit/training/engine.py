"""What `train` asks of an engine."""

from typing import Protocol

import numpy as np

from widelimit.kernels.activations import Activation


class Engine(Protocol):
    """Gradient descent in progress, one step of all weights at a time.

    It copies the weights it is given, X (n, d), Y (n, p), A (p, k), B (k, d), and its steps do not
    depend on how they are dealt out over calls of `advance`.
    """

    name: str

    def __init__(
        self,
        X: np.ndarray,
        Y: np.ndarray,
        A: np.ndarray,
        B: np.ndarray,
        *,
        activation: Activation,
        learning_rate: float,
    ): ...

    def advance(self, losses: np.ndarray) -> int:
        """Take len(losses) steps and note the loss after each; returns how many were taken.

        These are fewer if the last of the losses is not finite.
        """

    def loss(self) -> float:
        """1/2 sum |y - f|^2 before the first step."""

    @property
    def f(self) -> np.ndarray:
        """The network at the training points now, (n, p)."""

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """A (p, k) and B (k, d) now, in arrays that the next call may write to again."""
