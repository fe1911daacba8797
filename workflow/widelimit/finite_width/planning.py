"""The width that a tolerance needs."""

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from widelimit.finite_width.movement import MEAN_FIELD
from widelimit.finite_width.prediction import PredictedDistance, Predictor
from widelimit.finite_width.trusted import why_doubtful
from widelimit.kernels.activations import parse_activation
from widelimit.validation import positive, whole

NARROWEST, WIDEST = 1 << 6, 1 << 40
PRECISION = 0.03
"""Of log2 of the width: 2 %."""
MORE = 1.1
"""A distance of so many tolerances is still called within the tolerance."""
NO_NUMBER = 1.0
"""log2 of distance / tolerance where a network is so narrow that the theory overflows."""


@dataclass(frozen=True, eq=False)
class WidthForTolerance:
    """The smallest width whose predicted distance is within the tolerance.

    width        to 2 %; from NARROWEST to WIDEST, which are given where they are the nearest answer
    prediction   `predicted_distance` at this width
    reached      whether the theory vouches for it
    remark       why not, or what to know about it; empty where there is nothing to say
    """

    width: int
    prediction: PredictedDistance
    reached: bool
    remark: str


def width_for_tolerance(
    X,
    Z,
    y,
    *,
    tolerance: float,
    activation: str = "relu",
    learning_rate: float,
    steps: int,
    draws: int = 8,
) -> WidthForTolerance:
    """The smallest k with sqrt(start^2 + movement^2) <= tolerance after T steps.

    tolerance   of the rms distance, over initialisations and test points, between the network and
                its NTK prediction (with its own f_0); in the units of y
    steps       one T >= 0
    The rest as in `predicted_distance`. Raises ValueError for other arguments.

    The start alone, C / sqrt(k), gives a width to begin with; the movement is predicted at each
    width that is tried, as before the crossover it falls by no power of k.
    """
    tolerance, steps = positive("tolerance", tolerance), whole("steps", steps, least=0)
    predictor = Predictor(
        X, Z, y, activation=activation, learning_rate=learning_rate, steps=steps, draws=draws
    )
    tried: dict[int, PredictedDistance] = {}

    def excess(log2_width: float) -> float:
        width = round(2**log2_width)
        if width not in tried:
            tried[width] = predictor.at([width])
        distance = float(tried[width].distance[0])
        if math.isnan(distance):
            return NO_NUMBER
        return math.log2(distance / tolerance) if distance > 0 else -math.inf

    low, last = math.log2(NARROWEST), math.log2(WIDEST)
    if excess(low) > 0:
        start = float(tried[NARROWEST].start[0])
        low = min(max(low, low + 2 * math.log2(start / tolerance) - PRECISION), last)
        low, high = _bracket(excess, low, last)
        width = round(2 ** brentq(excess, low, high, xtol=PRECISION)) if high > low else WIDEST
        if excess(math.log2(width)) > math.log2(MORE) and high > low:
            # A jump, where the theory begins to give a number.
            width = min(tried, key=lambda width: (excess(math.log2(width)) > 0, width))
    else:
        width = NARROWEST
    kinked = parse_activation(activation).slope is not None
    reached, remark = _verdict(tried[width], tolerance, kinked)
    return WidthForTolerance(width, tried[width], reached, remark)


def _bracket(excess, low: float, last: float) -> tuple[float, float]:
    """Widths between which the distance passes the tolerance; both `last` if it never does."""
    above = excess(low)
    while above > 0:
        if low >= last:
            return last, last
        # As if the distance fell like k^-1/2, and a little farther.
        high = min(low + 2 * above + 0.5, last)
        above = excess(high)
        if above <= 0:
            return low, high
        low = high
    return low - 1, low


def _verdict(prediction: PredictedDistance, tolerance: float, kinked: bool) -> tuple[bool, str]:
    width = prediction.widths[0]
    distance = float(prediction.distance[0])
    if not distance <= MORE * tolerance:
        return False, f"Even at width {width} the predicted distance is {distance:.3g}."
    if width == NARROWEST:
        return False, (
            f"Already at width {width} the predicted distance is {distance:.3g}; narrower networks "
            "are no matter for theories of wide ones."
        )
    doubt = why_doubtful(
        width,
        float(prediction.start[0]),
        distance,
        float(prediction.change),
        kinked=kinked,
        mean_field=prediction.theory[0] == MEAN_FIELD,
    )
    if doubt:
        return False, doubt
    crossover = float(prediction.crossover_width)
    if width < crossover:
        return True, (
            f"This is before the crossover, at a width of some {crossover:.2g}: do not extrapolate "
            "to other widths by a power of k."
        )
    return True, ""
