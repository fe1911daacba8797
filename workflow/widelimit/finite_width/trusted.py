"""How far predicted distances are trusted: apart from the engines, for those who only quote it."""

SMALL = 0.25
"""Distances up to this share of what training changes: first order in them is trusted."""
NARROWEST_KINKED = 1 << 10
"""Of (leaky) ReLU: narrower networks move by chance about as far as the start takes them, and back
towards the limit, which the prediction knows nothing of."""
