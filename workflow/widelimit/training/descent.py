"""`train`: picks the engine, runs it from checkpoint to checkpoint, and watches the loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.networks.model import as_points, as_weights
from widelimit.training import circle
from widelimit.training.dense import DenseEngine
from widelimit.training.engine import Engine
from widelimit.training.failures import (
    TrainingCollapsed,
    TrainingDiverged,
    cause_of_divergence,
    collapse,
)
from widelimit.training.output_scale import OutputScale
from widelimit.training.read_out import ReadOut
from widelimit.validation import finite, one_of, positive, step_numbers, whole

ENGINES = ("auto", "dense", "circle")
SECONDS_BETWEEN_REPORTS = 0.3
PIECE = 1 << 16
"""Steps that an engine takes at a time, at most: so many losses are in memory beside those kept."""


class TrainingResult(NamedTuple):
    """What `train` returns; `A, B, losses, *_ = train(...)` takes it apart.

    A (p, k), B (k, d)      the weights after the last step
    losses (steps + 1,)     losses[t] is 1/2 sum |y - f|^2 after t steps; with loss_steps, (l,), the
                            losses after those steps alone
    checkpoints (c,)        the steps read out, ascending, each once
    f_train (c, n[, p])     the network on X at the checkpoints; no last axis for one output
    f_test (c, m[, p])      the same on X_test; None without X_test
    weight_movement (c,)    |w_t - w_0| / |w_0| over all entries of A and B
    engine                  the name of the engine that ran
    """

    A: np.ndarray
    B: np.ndarray
    losses: np.ndarray
    checkpoints: np.ndarray
    f_train: np.ndarray
    f_test: np.ndarray | None
    weight_movement: np.ndarray
    engine: str


def train(
    X: np.ndarray,
    y: np.ndarray,
    A: np.ndarray,
    B: np.ndarray,
    *,
    activation: str = "relu",
    learning_rate: float,
    steps: int,
    checkpoints: Sequence[int] = (),
    loss_steps: Sequence[int] | None = None,
    engine: str = "auto",
    X_test: np.ndarray | None = None,
    output_scale: float | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> TrainingResult:
    """w <- w - learning_rate grad L(w), L = 1/2 sum_i |y_i - f(x_i)|^2, full batch, `steps` times.

    X (n, d), y (n,) or (n, p), A (p, k), B (k, d), X_test (m, d); none of them is modified.
    checkpoints are steps in [0, steps] at which the network is read out.
    loss_steps are those at which the loss is kept, ascending, each once; None keeps 8 bytes a step.
    engine "circle" is exact and fast on the unit circle (d = 2, ReLU or leaky ReLU, one output);
    "dense" does the rest; "auto" takes circle wherever it applies.
    Of (leaky) ReLU phi'(0) is the slope of the negative side: in up to three dimensions a unit
    exactly orthogonal to a point is inactive on it, in more rounding decides
    (kernels/preactivations.py).
    output_scale alpha trains F = alpha (f - f_0) on L / alpha^2, f_0 the network at its start, and
    F and L = 1/2 sum_i |y_i - F(x_i)|^2 take the places of f and loss in the result: lazy where
    alpha sqrt(k) is large, rich where it is of order 1 (Chizat, Oyallon & Bach 2019; Geiger et al.
    2020). None trains f itself.
    progress(step, loss) is called a few times a second at most; its loss is the one that is
    descended, L / alpha^2 with an output_scale.

    Raises ValueError for an argument out of range, TrainingDiverged (an ArithmeticError) at the
    first loss that is not finite, and TrainingCollapsed (an ArithmeticError) where a step leaves no
    hidden unit active on a training point, so that all outputs there are 0 for ever.
    """
    phi = parse_activation(activation)
    A, B = as_weights(A, B)
    X = finite("X", X, ("points", B.shape[1]))
    one_column = [(len(X),)] * (len(A) == 1)
    Y = finite("y", y, *one_column, (len(X), len(A))).reshape(len(X), len(A))
    X_test = None if X_test is None else as_points("X_test", X_test, B)
    steps = whole("steps", steps, least=0)
    marks = np.unique(np.array(step_numbers("checkpoints", checkpoints, last=steps), np.int64))
    losses = _Losses(steps, loss_steps)
    learning_rate = positive("learning_rate", learning_rate)
    one_of("engine", engine, ENGINES)
    scale = None
    if output_scale is not None:
        scale = OutputScale(output_scale, X, X_test, A, B, activation=activation)
        Y = scale.targets(Y)

    # Numbers that overflow show in the loss, which is looked at after every step.
    with np.errstate(all="ignore"):
        run = _engine_for(engine, X, A, B, phi)(
            X, Y, A, B, activation=phi, learning_rate=learning_rate
        )
        read_out = ReadOut(run, A, B, activation, X_test)
        try:
            _descend(run, read_out, losses, steps, marks, learning_rate, progress)
        except TrainingDiverged as error:
            cause = cause_of_divergence(
                X, Y, A, B, activation=activation, learning_rate=learning_rate
            )
            raise TrainingDiverged(error.step, error.loss, learning_rate, cause) from None
        A, B = run.weights()
    result = TrainingResult(A, B, losses.kept, marks, *read_out.arrays(), run.name)
    return result if scale is None else scale.scaled(result)


def _engine_for(engine: str, X, A, B, phi: Activation) -> type[Engine]:
    """Numba is imported with the engine that needs it, and not before."""
    if engine == "dense":
        return DenseEngine
    obstacle = circle.obstacle(X, A, B, phi)
    if obstacle is None:
        from widelimit.training.circle.engine import CircleEngine

        return CircleEngine
    if engine == "circle":
        raise ValueError(f"engine must be dense or auto here, not circle: {obstacle}")
    return DenseEngine


def _descend(run: Engine, read_out: ReadOut, losses: _Losses, steps, marks, rate, progress) -> None:
    # Of the steps that the engine takes at a time, after those of the two steps before: a step that
    # leaves the loss as it was tells that the one before it made the network collapse.
    piece = np.full(2 + min(steps, PIECE), run.loss())
    if not np.isfinite(piece[0]):
        raise TrainingDiverged(0, float(piece[0]), rate)
    losses.keep(0, piece[:1])
    pace = _Pace(progress)
    done = 0
    for target in sorted({*marks.tolist(), steps}):
        while done < target:
            taken = run.advance(piece[2 : 2 + min(target - done, pace.steps, PIECE)])
            recent = piece[: 2 + taken]
            if not np.isfinite(recent[-1]):
                raise TrainingDiverged(done + taken, float(recent[-1]), rate)
            if (place := collapse(recent, run.f)) is not None:
                size = float(np.sqrt(2 * recent[-1] / run.f.size))
                raise TrainingCollapsed(done - 1 + place, rate, size)
            losses.keep(done + 1, recent[2:])
            done += taken
            pace.report(done, recent[-1], taken)
            piece[:2] = recent[-2:]
        if target in marks:
            read_out.take()


class _Losses:
    """The losses after the steps that are wanted, in ``kept``: all of them, or those of a list."""

    def __init__(self, steps: int, wanted: Sequence[int] | None):
        self.wanted = None
        if wanted is not None:
            numbers = step_numbers("loss_steps", wanted, last=steps)
            self.wanted = np.unique(np.array(numbers, np.int64))
        self.kept = np.empty(steps + 1 if self.wanted is None else len(self.wanted))

    def keep(self, first: int, losses: np.ndarray) -> None:
        """Of the losses after step `first` and those that follow it, the ones that are wanted."""
        end = first + len(losses)
        if self.wanted is None:
            self.kept[first:end] = losses
        else:
            start, stop = np.searchsorted(self.wanted, [first, end])
            self.kept[start:stop] = losses[self.wanted[start:stop] - first]


class _Pace:
    """Cuts a run into pieces of a fraction of a second, so that progress can be reported."""

    def __init__(self, progress):
        self.progress = progress
        self.steps = 1 if progress else np.iinfo(np.int64).max // 2
        self.start = self.last = time.monotonic()

    def report(self, step: int, loss: float, taken: int) -> None:
        if self.progress is None:
            return
        now = time.monotonic()
        elapsed, self.start = max(now - self.start, 1e-6), now
        self.steps = max(1, min(int(taken * SECONDS_BETWEEN_REPORTS / elapsed), 4 * self.steps))
        if now - self.last >= SECONDS_BETWEEN_REPORTS:
            self.last = now
            self.progress(step, float(loss))
