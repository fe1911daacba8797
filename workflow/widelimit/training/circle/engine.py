"""The engine for points on the unit circle: holds the state between calls of the compiled steps."""

import numpy as np

from widelimit.circle.arrangement import arrange
from widelimit.circle.cell_lookup import borders_of
from widelimit.kernels.activations import Activation
from widelimit.training.circle import cells, near_border, queues, steps
from widelimit.training.circle.points import sorted_points
from widelimit.training.circle.units import sorted_units


class CircleEngine:
    """Follows d = 2, |x| = 1, (leaky) ReLU, one output exactly, up to rounding."""

    name = "circle"

    def __init__(
        self,
        X: np.ndarray,
        Y: np.ndarray,
        A: np.ndarray,
        B: np.ndarray,
        *,
        activation: Activation,
        learning_rate: float,
    ):
        width = len(B)
        arrangement = arrange(X)
        self.order, self.points = sorted_points(X, Y[:, 0], arrangement)
        self.borders = borders_of(arrangement)
        self.y = Y[:, 0]
        self.scale = np.sqrt(activation.scale / width)
        self.slope = activation.slope
        self.rate = learning_rate
        self.A, self.B = np.empty((1, width)), np.empty((width, 2))
        self.units = sorted_units(self.borders, A[0], B)
        self.table = cells.new_table(self.borders)
        self.queues = queues.empty_queues(arrangement.cells, width)
        self.frames = near_border.frames_of(self.borders)
        self.near_border = near_border.no_units_near(arrangement.cells, width)
        self.clock = steps.new_clock()
        self._loss = steps.start(
            self.table, self.queues, self.units, self.points, self.scale, self.slope
        )

    def loss(self) -> float:
        return self._loss

    @property
    def f(self) -> np.ndarray:
        f = self.y.copy()
        f[self.order] -= self.points.residual
        return f[:, None]

    def advance(self, losses: np.ndarray) -> int:
        """Take len(losses) steps, noting the loss after each; the number of steps taken.

        It is short of len(losses) when the last loss taken is not finite.
        """
        return steps.advance(
            self.points,
            self.borders,
            self.frames,
            self.table,
            self.queues,
            self.units,
            self.near_border,
            self.clock,
            losses,
            self.scale,
            self.slope,
            self.rate,
        )

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        steps.write_weights(
            self.table, self.units, self.near_border, self.frames, self.A[0], self.B
        )
        return self.A, self.B
