"""What arguments of public functions must be: one check, with one text, for each kind.

Each function returns the argument in one form, or raises ValueError with its name, what is allowed
and what was given.
"""

import math
import numbers
from collections.abc import Iterable, Sequence

import numpy as np


def is_whole(value) -> bool:
    """Whether a value is a whole number: 3 and 1e5 are, 1.5, inf, True and "3" are not."""
    return _is_real(value) and abs(value) < math.inf and value == int(value)


def whole(name: str, value, *, least: int) -> int:
    """A whole number, as an int."""
    if not is_whole(value) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}; got {value!r}")
    return int(value)


def listed(values) -> list:
    """The values of a sequence, whatever they are, or the only one."""
    return list(values) if np.asarray(values, dtype=object).ndim == 1 else [values]


def step_numbers(name: str, values: Iterable, *, last: int | None = None) -> list[int]:
    """Numbers of steps, whole, from 0 to the last one allowed, as they were given."""
    values = listed(values)
    high = math.inf if last is None else last
    wrong = [value for value in values if not is_whole(value) or not 0 <= value <= high]
    if wrong:
        allowed = ">= 0" if last is None else f"in [0, {last}]"
        raise ValueError(f"{name} must be whole numbers {allowed}; got {wrong[0]!r}")
    return [int(value) for value in values]


def positive(name: str, value) -> float:
    """A finite number above 0."""
    number = _as_float(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be positive and finite; got {value!r}")
    return number


def within(name: str, value, low: float, high: float) -> float:
    """A number in [low, high)."""
    number = _as_float(value)
    if not low <= number < high:
        raise ValueError(f"{name} must lie in [{low:g}, {high:g}); got {value!r}")
    return number


def one_of(name: str, value, allowed: Sequence[str]) -> str:
    """One of the texts allowed."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
    return value


def reals(name: str, values) -> np.ndarray:
    """An array of real numbers, as floats; text, complex and masked numbers are none."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must be real numbers; got masked ones among them")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be an array; got rows of different lengths") from None
    kind = array.dtype.kind
    odd = [] if kind in "biuf" else array.ravel().tolist()
    if kind == "O":
        odd = [value for value in odd if not _is_real(value)]
    if odd:
        raise ValueError(f"{name} must be real numbers; got {odd[0]!r}")
    try:
        return array.astype(float, copy=False)
    except OverflowError:
        raise ValueError(f"{name} must be real numbers of size below 1.8e308") from None


def finite(name: str, values, *shapes: tuple[int | str, ...], empty: bool = False) -> np.ndarray:
    """An array of finite floats, of one of the shapes, if any are given.

    shapes : an int is a length; a name stands for any length, the same wherever it is repeated
    empty  : whether lengths that a name stands for may be 0
    """
    array = reals(name, values)
    if shapes and not any(_fits(array.shape, shape, empty) for shape in shapes):
        allowed = _words(shapes) + ", not empty" * (not empty and array.size == 0)
        raise ValueError(f"{name} must {allowed}; got shape {array.shape}")
    odd = ~np.isfinite(array)
    if odd.any():
        place = tuple(map(int, np.argwhere(odd)[0]))
        raise ValueError(f"{name} must be finite; got {array[place]}{f' at {place}' * bool(place)}")
    return array


def _is_real(value) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _as_float(value) -> float:
    """NaN for what is no real number, infinity for what is beyond all floats."""
    try:
        return float(value) if _is_real(value) else math.nan
    except OverflowError:
        return math.inf


def _words(shapes: Sequence[tuple[int | str, ...]]) -> str:
    texts = [f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" for shape in shapes]
    arrays = " or ".join(text for text in texts if text != "()")
    return " or ".join(["be a number"] * ("()" in texts) + [f"have shape {arrays}"] * bool(arrays))


def _fits(shape: tuple[int, ...], wanted: tuple[int | str, ...], empty: bool) -> bool:
    if len(shape) != len(wanted):
        return False
    lengths = {}
    for length, name in zip(shape, wanted, strict=True):
        if isinstance(name, str):
            if length == 0 and not empty:
                return False
            name = lengths.setdefault(name, length)
        if length != name:
            return False
    return True
