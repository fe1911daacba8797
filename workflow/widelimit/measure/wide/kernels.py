"""Stage fit_kernels: the limit kernels of an experiment and what they predict."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.kernels.gram import LIMITS, SCALED
from widelimit.linear.gradient_descent import GradientDescent, ensemble_moments
from widelimit.linear.kernel_regression import Eigensystem, eigensystem, kernel_regression, spectrum
from widelimit.measure.frames import long_table
from widelimit.tables.schemas import THEORY


def fit_kernels(
    train: Points,
    test: Points,
    *,
    activation: str,
    learning_rate: float,
    checkpoints: Sequence[int],
    ridge: float,
    rcond: float | None,
    scales: Mapping[str, float] | None = None,
    random_start: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the KERNELS and the THEORY table.

    scales : L of the Gaussian and the Laplace kernel, of those that are to be compared with
    random_start : False for networks alpha (f - f_0), which are 0 at their start: theory has no
        spread for them

    Both kernels predict at every checkpoint as gradient descent from f = 0 does, and in the
    limit of infinitely many steps (step missing) as kernel regression with the ridge does. For
    the NTK at a checkpoint the standard deviation over initialisations comes along.
    """
    grams = {name: _Gram(gram, train, test, activation) for name, gram in LIMITS.items()}
    kernels, theory = [], []
    for name, gram in grams.items():
        system = eigensystem(gram.train)
        kernels.append({"kernel": name, "activation": activation, **gram.row(system, rcond)})
        limit = kernel_regression(system, gram.test_train, train.y, ridge=ridge, rcond=rcond)
        theory.append(_predictions(name, None, limit, std=math.nan))
        descent = GradientDescent(system, learning_rate=learning_rate)
        for step in checkpoints:
            mean, std = np.full_like(limit, math.nan), math.nan
            with suppress(OverflowError):  # diverged: there is no number to write
                mean = descent.prediction(gram.test_train, train.y, steps=step)
                if name == "ntk":
                    std = 0.0
                    if random_start:
                        start = grams["nngp"]
                        std = _ensemble_std(system, gram, start, train.y, learning_rate, step)
            theory.append(_predictions(name, step, mean, std))
        del system, descent  # before the next kernel's: they are the most of the memory
    for name, scale in (scales or {}).items():
        gram = SCALED[name]
        K, K_test = gram(train.X, scale=scale), gram(test.X, train.X, scale=scale)
        limit = kernel_regression(K, K_test, train.y, ridge=ridge, rcond=rcond)
        theory.append(_predictions(name, None, limit, std=math.nan))
    frame = pd.concat(theory).assign(activation=activation)
    return pd.DataFrame(kernels), THEORY.arrange(frame)


class _Gram:
    """One kernel on the points: K(X, X), K(Z, X) and the diagonal of K(Z, Z)."""

    def __init__(self, gram, train: Points, test: Points, activation: str):
        self.train = gram(train.X, activation=activation)
        self.test_train = gram(test.X, train.X, activation=activation)
        self.diagonal_test = np.concatenate(
            [np.diag(gram(block, activation=activation)) for block in _blocks(test.X)]
        )

    def row(self, system: Eigensystem, rcond: float | None) -> dict:
        s = spectrum(system, rcond=rcond)
        return {
            "gram_train": self.train.ravel(),
            "gram_test_train": self.test_train.ravel(),
            "diagonal_test": self.diagonal_test,
            "eigenvalues": s.eigenvalues,
            "lambda_max": s.lambda_max,
            "lambda_min": s.lambda_min,
            "condition_number": s.condition_number,
            "rank": s.rank,
            "cutoff": s.rcond,
        }


def _blocks(Z: np.ndarray, size: int = 256):
    # Only the diagonal is wanted: blocks keep the matrices small.
    return (Z[start : start + size] for start in range(0, len(Z), size))


def _ensemble_std(
    system: Eigensystem, K: _Gram, S: _Gram, y: np.ndarray, learning_rate: float, step: int
) -> np.ndarray:
    """Standard deviation (m,) over initialisations of networks after that many steps; system is
    K's."""
    _, variance = ensemble_moments(
        system,
        K.test_train,
        S.train,
        S.test_train,
        S.diagonal_test,
        y,
        learning_rate=learning_rate,
        steps=step,
    )
    return np.sqrt(variance)


def _predictions(model: str, step: int | None, mean: np.ndarray, std: np.ndarray | float):
    """mean (m, p) and std (m,), the same for every output, as rows."""
    points, outputs = mean.shape
    frame = long_table("mean", mean, index=range(points), output=range(outputs))
    step = pd.array([step] * mean.size, dtype="Int64")
    std = np.repeat(np.broadcast_to(std, points), outputs)
    return frame.assign(model=model, step=step, std=std)
