"""What is read out of a network in training at its checkpoints."""

import numpy as np

from widelimit.networks.model import forward
from widelimit.training.engine import Engine

BLOCK = 1 << 16


class ReadOut:
    """Collects f on the training and test points, and how far the weights have come."""

    def __init__(self, run: Engine, A, B, activation: str, X_test: np.ndarray | None):
        self.run, self.start, self.activation, self.X_test = run, (A, B), activation, X_test
        self.f_train, self.f_test, self.movement = [], [], []
        self.norm = np.hypot(*map(np.linalg.norm, self.start))

    def take(self) -> None:
        A, B = self.run.weights()
        self.f_train.append(self.run.f.copy())
        if self.X_test is not None:
            f = forward(self.X_test, A, B, activation=self.activation)
            self.f_test.append(f.reshape(len(self.X_test), len(A)))
        squares = sum(_squared_distance(w, w0) for w, w0 in zip((A, B), self.start, strict=True))
        self.movement.append(np.sqrt(squares) / self.norm if self.norm else np.nan)

    def arrays(self) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """f_train, f_test and weight_movement, as in TrainingResult."""
        f_train = self._stacked(self.f_train, len(self.run.f))
        f_test = None if self.X_test is None else self._stacked(self.f_test, len(self.X_test))
        return f_train, f_test, np.array(self.movement, dtype=float)

    def _stacked(self, outputs: list[np.ndarray], points: int) -> np.ndarray:
        f = np.array(outputs).reshape(len(outputs), points, len(self.start[0]))
        return f[:, :, 0] if f.shape[2] == 1 else f


def _squared_distance(w: np.ndarray, start: np.ndarray) -> float:
    """Block by block, as the difference of all weights would take as much memory as they do."""
    w, start = w.ravel(), start.ravel()
    blocks = (slice(start, start + BLOCK) for start in range(0, w.size, BLOCK))
    return sum(np.sum(np.square(w[block] - start[block])) for block in blocks)
