"""How training fails, and what an error says of the cause."""

import numpy as np

from widelimit.networks.tangent import ntk_matrix

LARGEST_KERNEL = 2048
"""Beyond so many points times outputs, a network's own kernel takes too long for an error."""


class TrainingDiverged(ArithmeticError):
    """The loss is not finite any more: `step` is how many steps it took, `loss` its value."""

    def __init__(self, step: int, loss: float, learning_rate: float, cause: str = ""):
        super().__init__(
            f"training diverged: the loss is {loss} after step {step} at learning rate "
            f"{learning_rate:g}{cause and f'; {cause}'}"
        )
        self.step, self.loss, self.learning_rate, self.cause = step, loss, learning_rate, cause

    def __reduce__(self):  # an exception with arguments of its own must say how to be unpickled
        return type(self), (self.step, self.loss, self.learning_rate, self.cause)


class TrainingCollapsed(ArithmeticError):
    """All outputs on the training points are 0 and stay so: `step` is the first one of them."""

    def __init__(self, step: int, learning_rate: float, target_size: float):
        super().__init__(
            f"training collapsed: after step {step} at learning rate {learning_rate:g} no hidden"
            f" unit is active on a training point, and the loss cannot move any more;"
            f" {_advice(target_size)}"
        )
        self.step, self.learning_rate, self.target_size = step, learning_rate, target_size

    def __reduce__(self):
        return type(self), (self.step, self.learning_rate, self.target_size)


def _advice(target_size: float) -> str:
    return (
        f"the targets are {target_size:.3g} in size (root mean square), the outputs at the start"
        " about 1: divide the targets or raise the output scale, lower the learning rate, or take"
        " a wider network"
    )


def cause_of_divergence(X, Y, A, B, *, activation: str, learning_rate: float) -> str:
    """Whether the learning rate was below 2/lambda_max of the network's own NTK at its start, the
    bound for a kernel that stays as it is; nothing where that kernel is too large to look at.

    X (n, d), Y (n, p), and the weights at the start, A (p, k), B (k, d).
    """
    if Y.size > LARGEST_KERNEL:
        return ""
    kernel = ntk_matrix(X, None, A, B, activation=activation)
    largest = np.linalg.eigvalsh(kernel)[-1] if np.isfinite(kernel).all() else np.inf
    bound = 2 / largest if largest > 0 else np.inf
    place = f"2/lambda_max = {bound:.3g} of the network's NTK at its start"
    if learning_rate >= bound:
        return f"gradient descent is stable below {place}"
    size = float(np.sqrt(np.mean(np.square(Y))))
    return f"it is below {place}, so the kernel has grown; {_advice(size)}"


def collapse(losses: np.ndarray, f: np.ndarray) -> int | None:
    """Which of these steps made the network 0 on the training points for ever; None where none did.

    losses : of steps in a row, up to now; f (n, p) : the outputs on the training points now. Where
    these are exactly 0, the targets are not, and a step has left the loss as it was, no weight
    moves any more. A network that was 0 from its start has not collapsed: its gradient is 0.
    """
    if len(losses) < 2 or not losses[-1] == losses[-2] > 0 or f.any():
        return None
    moving = np.flatnonzero(losses != losses[-1])
    return int(moving[-1]) + 1 if moving.size else None
