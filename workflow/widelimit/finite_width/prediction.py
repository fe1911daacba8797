"""`predicted_distance`: how far a network of finite width will be from its kernel prediction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from widelimit.finite_width.movement import Flux, Problem, movement
from widelimit.finite_width.start import start_variance
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.gradient_descent import gradient_descent_prediction, stability_bound
from widelimit.validation import finite, listed, positive, step_numbers, whole

DRAWS = 16
START_SAMPLE = 1 << 12


@dataclass(frozen=True, eq=False)
class PredictedDistance:
    """The distance of trained networks from their NTK predictions, taken apart.

    Arrays have the shape (len(widths),), with an axis of len(steps) in front where `steps` was a
    sequence; m test points and the p outputs of y, if it has such an axis, come behind.

    steps, widths        as asked for
    start                rms, over initialisations and test points, of own-kernel minus limit
                         prediction: the effect of the kernel's error at the start
    movement             rms over test points of the mean over initialisations of network minus
                         own-kernel prediction: the effect of the kernel's movement
    movement_error       standard error of what stands under `movement_by_point`, rms over points:
                         of the sampling, not of the theory
    drift                |K_T - K_0|_F / |K_0|_F on the training points; nan where the theory used
                         gives no drift
    theory               of the movement: "kinks", "mean field" or "first order"
    crossover_width      (len(steps),) or a number: the width from which the movement is of its
                         final order; nan where no flux at kinks is known (see `crossover_width`)
    change               (len(steps),) or a number: rms over test points of what training changes,
                         K(x, X) K^-1 (I - (I - eta K)^T) y: what distances are small against
    start_by_point       (.., m[, p]): standard deviation over initialisations
    movement_by_point    (.., m[, p]): mean over initialisations
    """

    steps: int | tuple[int, ...]
    widths: tuple[int, ...]
    start: np.ndarray
    movement: np.ndarray
    movement_error: np.ndarray
    drift: np.ndarray
    theory: np.ndarray
    crossover_width: np.ndarray
    change: np.ndarray
    start_by_point: np.ndarray
    movement_by_point: np.ndarray

    @property
    def distance(self) -> np.ndarray:
        """sqrt(start^2 + movement^2): rms of network minus NTK prediction, but for the part of
        the movement that is chance."""
        return np.hypot(self.start, self.movement)


def predicted_distance(
    X,
    Z,
    y,
    *,
    activation: str = "relu",
    learning_rate: float,
    steps: int | Sequence[int],
    widths: Sequence[int],
    draws: int = DRAWS,
) -> PredictedDistance:
    """Start and movement at each width after T steps, without a free parameter or a network.

    X (n, d), Z (m, d)   training and test points, as `ntk_gram` takes them
    y                    (n,) or (n, p)
    learning_rate        eta > 0, below `stability_bound` of the NTK; the loss is 1/2 sum (y - f)^2
    steps                T >= 0, or a sequence
    widths               hidden units k >= 1
    draws                values of f_0 averaged over, even and at least 4; the cost of the movement
                         is in proportion to it, its standard error falls like its root
    Order k^-1/2 for the start; for the movement 1/k with smooth phi, k^-1/2 with kinks. Where the
    theory ends: see docs/finite_width.md. Raises ValueError for other arguments.
    """
    predictor = Predictor(
        X, Z, y, activation=activation, learning_rate=learning_rate, steps=steps, draws=draws
    )
    return predictor.at(widths)


class Predictor:
    """`predicted_distance` of one problem at any widths: what depends on none is computed once.

    Arguments and errors as there.
    """

    def __init__(self, X, Z, y, *, activation="relu", learning_rate, steps, draws=DRAWS):
        problem, self._order, self._squeeze = _problem(
            X, Z, y, activation, learning_rate, steps, draws
        )
        self._problem = problem
        self._single_output = np.ndim(y) == 1

    @cached_property
    def _flux(self) -> Flux | None:
        return Flux(self._problem) if self._problem.has_flux else None

    @cached_property
    def _variance(self) -> np.ndarray:
        """k times that of the start's effect, (len(steps), m, p)."""
        problem = self._problem
        return start_variance(
            problem.X,
            problem.Z,
            problem.y,
            problem.response(),
            problem.phi,
            steps=problem.steps,
            count=START_SAMPLE,
        )

    @cached_property
    def _change(self) -> np.ndarray:
        problem = self._problem
        limit = gradient_descent_prediction(
            *problem.kernels(),
            problem.y,
            learning_rate=problem.learning_rate,
            steps=problem.steps,
        )
        return np.sqrt(np.mean(np.square(limit), axis=(1, 2)))

    def at(self, widths: Sequence[int]) -> PredictedDistance:
        """Start and movement at each width; ValueError for other than whole numbers >= 1."""
        widths = [whole("widths", width, least=1) for width in listed(widths)]
        if not widths:
            raise ValueError("widths must not be empty")
        steps, large = self._problem.steps, self._flux
        moved = [movement(self._problem, width, large) for width in widths]
        effect, error = (
            np.array([[getattr(one, name) for one in column] for column in moved]).swapaxes(0, 1)
            for name in ("effect", "error")
        )
        deviation = np.sqrt(self._variance[:, None] / np.array(widths)[:, None, None])
        noise = np.sqrt(np.mean(error**2, axis=(2, 3)))
        shape = effect.shape[:3] if self._single_output else effect.shape
        crossover = np.full(len(steps), math.nan) if large is None else large.crossover

        def laid_out(array):
            array = np.asarray(array)[self._order]
            return array[0] if self._squeeze else array

        return PredictedDistance(
            steps=steps[0] if self._squeeze else tuple(steps[i] for i in self._order),
            widths=tuple(widths),
            start=laid_out(np.sqrt(np.mean(deviation**2, axis=(2, 3)))),
            movement=laid_out(without_chance(np.sqrt(np.mean(effect**2, axis=(2, 3))), noise)),
            movement_error=laid_out(noise),
            drift=laid_out(np.array([[one.drift for one in column] for column in moved]).T),
            theory=laid_out(np.array([[one.theory for one in column] for column in moved]).T),
            crossover_width=laid_out(crossover),
            change=laid_out(self._change),
            start_by_point=laid_out(deviation.reshape(shape)),
            movement_by_point=laid_out(effect.reshape(shape)),
        )


def crossover_width(
    X, y, *, activation: str = "relu", learning_rate: float, steps, draws: int = DRAWS
):
    """k* = c (Z(T) / gap)^2: the width from which ReLU networks move in the order k^-1/2.

    Until step T a unit near a border x_i.b = 0 moves by s |a| Z(T) at most, s = sqrt(c/k). Z(T) is
    the largest sum of eta (e.S) over the borders' sides, on average over f_0, and gap the smallest
    angle between two borders. At this width the farthest units come to a second border; from there
    on the movement tends to its final order, with corrections like sqrt(k*/k). It is the gap of
    neighbouring points, and not lambda_min, that decides how wide a network must be.

    X (n, 2) on the unit circle, y (n,); activation relu or leaky_relu; the rest as in
    `predicted_distance`. Returns a float, or an array (len(steps),). ValueError for others.
    """
    X = finite("X", X, ("n", 2))
    problem, order, squeeze = _problem(X, X, y, activation, learning_rate, steps, draws)
    if not problem.has_flux:
        norms = np.linalg.norm(problem.X, axis=1)
        raise ValueError(
            "X must be points on the unit circle, activation relu or leaky_relu, and y one output; "
            f"got norms from {norms.min():.12g} to {norms.max():.12g}, {activation!r} and "
            f"{problem.y.shape[1]} outputs"
        )
    crossover = Flux(problem).crossover[order]
    return float(crossover[0]) if squeeze else crossover


def without_chance(rms, noise):
    """sqrt(rms^2 - noise^2), 0 where noise is larger: the rms of a mean less what chance adds."""
    return np.sqrt(np.maximum(np.square(rms) - np.square(noise), 0.0))


def _problem(X, Z, y, activation, learning_rate, steps, draws):
    """The problem, the place of each of `steps` in its own, and whether it was a number."""
    bound = stability_bound(ntk_gram(X, activation=activation))
    ntk_gram(X, Z, activation=activation)  # what else kernels ask of points
    X, Z = np.asarray(X, dtype=float), np.asarray(Z, dtype=float)
    y = finite("y", y, (len(X),), (len(X), "p")).reshape(len(X), -1)
    if not positive("learning_rate", learning_rate) < bound:
        raise ValueError(
            f"learning_rate must be below the stability bound {bound:.6g} of the NTK; "
            f"got {learning_rate!r}"
        )
    ascending, order = np.unique(step_numbers("steps", steps), return_inverse=True)
    if ascending.size == 0:
        raise ValueError("steps must not be empty")
    if whole("draws", draws, least=4) % 2:
        raise ValueError(f"draws must be even; got {draws!r}")
    problem = Problem(X, Z, y, activation, float(learning_rate), ascending.tolist(), draws)
    return problem, order, np.ndim(steps) == 0
