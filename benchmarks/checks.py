"""That two methods compute the same thing."""

from collections.abc import Mapping

import numpy as np

TOLERANCE = 1e-10
"""Of losses relative to the reference's, of weights and kernels, which are of size 1, absolute."""

TOLERANCES = {"gram_ntk": 1e-7}
"""neural-tangents takes the arccos near xi = 1, where half of the digits are lost."""


class Disagreement(ArithmeticError):
    """A method does not do what the reference does: its time would mean nothing."""


def deviation(result: Mapping[str, np.ndarray], reference: Mapping[str, np.ndarray]) -> float:
    """The largest |value - reference| over all arrays, for the one named losses / reference.

    NaN if any of it is. Raises ValueError for other names or shapes than the reference's.
    """
    shapes, expected = ({name: a.shape for name, a in m.items()} for m in (result, reference))
    if shapes != expected:
        raise ValueError(f"result must have the arrays {expected}; got {shapes}")
    off = {name: np.abs(result[name] - reference[name]) for name in reference}
    if "losses" in off:
        off["losses"] /= reference["losses"]
    return float(np.max([array.max() for array in off.values()]))


def check(name: str, deviation: float, tolerance: float = TOLERANCE) -> None:
    """Raises `Disagreement` where the deviation is over the tolerance, or NaN."""
    if not deviation <= tolerance:
        raise Disagreement(f"{name} is off by {deviation:.2g}, more than {tolerance:g}")
