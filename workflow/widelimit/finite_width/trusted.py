"""How far predicted distances are trusted: apart from the engines, for those who only quote it."""

SMALL = 0.25
"""Distances up to this share of what training changes: first order in them is trusted."""
NARROWEST_KINKED = 1 << 10
"""Of (leaky) ReLU: narrower networks move by chance about as far as the start takes them, and back
towards the limit, which the prediction knows nothing of."""
JOIN = 16
"""From so many crossover widths on the movement on the circle is the flux at the kinks."""


def why_doubtful(
    width: float, start: float, distance: float, change: float, *, kinked: bool, mean_field: bool
) -> str:
    """Why the theory does not vouch for a predicted distance; empty where it does.

    change       what training changes, as in `PredictedDistance`
    kinked       whether phi is (leaky) ReLU
    mean_field   whether the movement is that of the mean field
    """
    if kinked and width < NARROWEST_KINKED:
        return (
            f"Networks of (leaky) ReLU narrower than {NARROWEST_KINKED} come nearer to their "
            f"predictions than the predicted {distance:.3g}."
        )
    # The mean field is not expanded in the movement; all else is of first order.
    expanded = start if mean_field else distance
    if not expanded <= SMALL * change:
        return (
            f"A distance of {expanded:.3g} is predicted to first order, but it is more than "
            f"{SMALL:.0%} of what training changes ({change:.3g}, rms)."
        )
    return ""
