"""`train`: checks the arguments, picks the engine, and reads the network out at checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from widelimit.activations import parse_activation
from widelimit.network import forward
from widelimit.training import circle
from widelimit.training.dense import DenseEngine

ENGINES = ("auto", "dense", "circle")
SECONDS_BETWEEN_REPORTS = 0.3


class TrainingResult(NamedTuple):
    """What `train` returns; `A, B, losses, *_ = train(...)` takes it apart.

    A (p, k), B (k, d)      the weights after the last step
    losses (steps + 1,)     losses[t] is 1/2 sum |y - f|^2 after t steps
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


class TrainingDiverged(ArithmeticError):
    """The loss is not finite any more: `step` is how many steps it took, `loss` its value."""

    def __init__(self, step: int, loss: float, learning_rate: float):
        super().__init__(
            f"training diverged: the loss is {loss} after step {step} at learning rate "
            f"{learning_rate:g}; gradient descent is stable below 2/lambda_max of the NTK"
        )
        self.step, self.loss, self.learning_rate = step, loss, learning_rate

    def __reduce__(self):  # an exception with arguments of its own must say how to be unpickled
        return type(self), (self.step, self.loss, self.learning_rate)


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
    engine: str = "auto",
    X_test: np.ndarray | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> TrainingResult:
    """w <- w - learning_rate grad L(w), L = 1/2 sum_i |y_i - f(x_i)|^2, full batch, `steps` times.

    X (n, d), y (n,) or (n, p), A (p, k), B (k, d), X_test (m, d); none of them is modified.
    checkpoints are steps in [0, steps] at which the network is read out.
    engine "circle" is exact and fast on the unit circle (d = 2, ReLU or leaky ReLU, one output);
    "dense" does the rest; "auto" takes circle wherever it applies.
    progress(step, loss) is called a few times a second at most.

    Raises ValueError for an argument out of range, TrainingDiverged (an ArithmeticError) at the
    first loss that is not finite.
    """
    phi = parse_activation(activation)
    X, Y, A, B = _as_problem(X, y, A, B)
    steps, marks = _as_schedule(steps, checkpoints)
    if not (np.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"learning_rate must be positive and finite; got {learning_rate!r}")
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
    if X_test is not None:
        X_test = _finite("X_test", X_test)
        if X_test.ndim != 2 or X_test.shape[1] != X.shape[1]:
            raise ValueError(f"X_test must be (points, {X.shape[1]}); got {X_test.shape}")

    run = _choose(engine, X, A, B, phi)(
        X, Y, A, B, activation=phi, learning_rate=float(learning_rate)
    )
    read_out = _ReadOut(run, A, B, activation, X_test)
    losses = np.empty(steps + 1)
    losses[0] = run.loss()
    if not np.isfinite(losses[0]):
        raise TrainingDiverged(0, float(losses[0]), learning_rate)
    pace = _Pace(progress)
    done = 0
    for target in sorted({*marks.tolist(), steps}):
        while done < target:
            chunk = losses[done + 1 : min(target, done + pace.steps) + 1]
            taken = run.advance(chunk)
            done += taken
            if not np.isfinite(losses[done]):
                raise TrainingDiverged(done, float(losses[done]), learning_rate)
            pace.report(done, losses[done], taken)
        if target in marks:
            read_out.take()
    A, B = run.weights()
    return TrainingResult(A, B, losses, marks, *read_out.arrays(), run.name)


def _choose(engine: str, X, A, B, phi):
    """The engine's class. Numba is imported with the engine that needs it, and not before."""
    if engine == "dense":
        return DenseEngine
    reason = circle.obstacle(X, A, B, phi)
    if reason is None:
        from widelimit.training.circle.engine import CircleEngine

        return CircleEngine
    if engine == "circle":
        raise ValueError(f"engine must be dense or auto here, not circle: {reason}")
    return DenseEngine


class _ReadOut:
    """Collects f on the training and test points and the weights' movement, checkpoint by one."""

    def __init__(self, run, A, B, activation, X_test):
        self.run, self.start, self.activation, self.X_test = run, (A, B), activation, X_test
        self.f_train, self.f_test, self.movement = [], [], []

    def take(self) -> None:
        A, B = self.run.weights()
        f = self.run.f
        self.f_train.append((f[:, 0] if len(A) == 1 else f).copy())
        if self.X_test is not None:
            self.f_test.append(forward(self.X_test, A, B, activation=self.activation))
        moved = [np.linalg.norm(w - w0) for w, w0 in zip((A, B), self.start, strict=True)]
        start = np.hypot(*map(np.linalg.norm, self.start))
        self.movement.append(np.hypot(*moved) / start if start else np.nan)

    def arrays(self):
        one = len(self.start[0]) == 1
        tail = () if one else (len(self.start[0]),)
        n = len(self.run.f)
        f_train = np.array(self.f_train).reshape((-1, n, *tail))
        f_test = None
        if self.X_test is not None:
            f_test = np.array(self.f_test).reshape((len(f_train), len(self.X_test), *tail))
        return f_train, f_test, np.array(self.movement, dtype=float)


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


def _as_problem(X, y, A, B):
    X, y, A, B = (_finite(name, v) for name, v in (("X", X), ("y", y), ("A", A), ("B", B)))
    if B.ndim != 2 or min(B.shape) < 1:
        raise ValueError(f"B must be (width, d), both at least 1; got {B.shape}")
    if A.ndim != 2 or A.shape[0] < 1 or A.shape[1] != len(B):
        raise ValueError(f"A must be (outputs, {len(B)}), as B has {len(B)} rows; got {A.shape}")
    if X.ndim != 2 or len(X) < 1 or X.shape[1] != B.shape[1]:
        raise ValueError(f"X must be (points, {B.shape[1]}) with a point or more; got {X.shape}")
    Y = y[:, None] if y.ndim == 1 else y
    if Y.shape != (len(X), len(A)):
        allowed = f"({len(X)}, {len(A)})" + (f" or ({len(X)},)" if len(A) == 1 else "")
        raise ValueError(f"y must be {allowed}, one row a point; got {y.shape}")
    return X, Y, A, B


def _finite(name: str, values) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got {np.sum(~np.isfinite(array))} bad entries")
    return array


def _as_schedule(steps, checkpoints) -> tuple[int, np.ndarray]:
    if isinstance(steps, bool) or steps != int(steps) or steps < 0:
        raise ValueError(f"steps must be an integer >= 0; got {steps!r}")
    marks = np.unique(np.asarray(checkpoints))
    wrong = [m for m in marks.tolist() if m != int(m) or not 0 <= m <= steps]
    if wrong:
        raise ValueError(f"checkpoints must be integers in [0, {steps}]; got {wrong[0]!r}")
    return int(steps), marks.astype(np.int64)
