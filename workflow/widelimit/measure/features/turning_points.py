"""Where the curve of double descent turns, read off measured training and test errors."""

from dataclasses import dataclass

import numpy as np

INTERPOLATED = 1e-6
"""Training error, as a share of that of predicting 0, below which the fit interpolates."""


@dataclass(frozen=True)
class Regimes:
    """Widths at which the regimes meet, None where the curve has no such place.

    interpolation : the smallest width from which on every fit interpolates the training points
    peak          : the width of the largest test error
    critical      : first and last width around the peak of a test error above that of
                    predicting 0, that is worse than no model at all
    classical     : the width of the smallest test error before interpolation
    """

    interpolation: int | None
    peak: int
    critical: tuple[int, int] | None
    classical: int | None


def find_regimes(widths, train_rmse, test_rmse, *, zero_train: float, zero_test: float) -> Regimes:
    """The regimes of errors measured at ascending widths.

    widths, train_rmse, test_rmse : (m,), the errors as typical of a width, such as medians
    zero_train, zero_test         : the errors of predicting 0
    Raises ValueError unless the three have one shape and the widths ascend.
    """
    widths, train, test = (np.asarray(a, dtype=float) for a in (widths, train_rmse, test_rmse))
    if not widths.shape == train.shape == test.shape or widths.ndim != 1 or not widths.size:
        raise ValueError(
            "widths, train_rmse and test_rmse must have one shape (m,);"
            f" got {widths.shape}, {train.shape} and {test.shape}"
        )
    if (np.diff(widths) <= 0).any():
        raise ValueError(f"widths must ascend; got {widths}")
    interpolation = interpolation_width(widths, train, zero_train=zero_train)
    first = len(widths) if interpolation is None else int(np.searchsorted(widths, interpolation))
    peak = int(test.argmax())
    return Regimes(
        interpolation=interpolation,
        peak=int(widths[peak]),
        critical=_around(peak, test > zero_test, widths),
        classical=int(widths[test[:first].argmin()]) if first else None,
    )


def interpolation_width(widths, train_rmse, *, zero_train: float) -> int | None:
    """The smallest of ascending widths from which on no error exceeds INTERPOLATED zero_train."""
    above = np.flatnonzero(np.asarray(train_rmse) > INTERPOLATED * zero_train)
    first = int(above[-1]) + 1 if above.size else 0
    return int(widths[first]) if first < len(widths) else None


def _around(place: int, where: np.ndarray, widths: np.ndarray) -> tuple[int, int] | None:
    """Ends of the unbroken run of ``where`` that holds ``place``."""
    if not where[place]:
        return None
    gaps = np.flatnonzero(~where)
    before, after = gaps[gaps < place], gaps[gaps > place]
    first = before[-1] + 1 if before.size else 0
    last = after[0] - 1 if after.size else len(where) - 1
    return int(widths[first]), int(widths[last])
