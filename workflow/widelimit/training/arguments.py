"""The arguments of `train`: checked, and brought into one shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from widelimit.validation import is_whole, whole


def as_problem(X, y, A, B) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """X (n, d), Y (n, p), A (p, k), B (k, d) as finite float arrays that fit together."""
    X, y, A, B = (finite(name, v) for name, v in (("X", X), ("y", y), ("A", A), ("B", B)))
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


def as_test_points(X_test, d: int) -> np.ndarray | None:
    if X_test is None:
        return None
    X_test = finite("X_test", X_test)
    if X_test.ndim != 2 or X_test.shape[1] != d:
        raise ValueError(f"X_test must be (points, {d}); got {X_test.shape}")
    return X_test


def as_schedule(steps, checkpoints: Sequence[int]) -> tuple[int, np.ndarray]:
    """The number of steps, and the checkpoints in order, each once."""
    steps = whole("steps", steps, least=0)
    marks = np.unique(np.asarray(checkpoints))
    wrong = [m for m in marks.tolist() if not is_whole(m) or not 0 <= m <= steps]
    if wrong:
        raise ValueError(f"checkpoints must be whole numbers in [0, {steps}]; got {wrong[0]!r}")
    return steps, marks.astype(np.int64)


def finite(name: str, values) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got {np.sum(~np.isfinite(array))} bad entries")
    return array
