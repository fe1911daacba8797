"""Statements of the report beside the numbers that the study measured for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Claim:
    """One statement, and within which limits every value of a metric must lie for it to hold.

    statement : one sentence, plain text
    metric    : as in metrics.parquet
    low, high : limits, both included
    slope     : the limits are for the slopes of the metric over the widest widths
    """

    statement: str
    metric: str
    low: float = -math.inf
    high: float = math.inf
    slope: bool = False


@dataclass(frozen=True)
class Checked:
    """A claim with the smallest and largest value measured, and their number."""

    claim: Claim
    smallest: float
    largest: float
    count: int

    @property
    def holds(self) -> bool:
        return self.claim.low <= self.smallest and self.largest <= self.claim.high


def check_claims(
    claims: Iterable[Claim], experiment: str, metrics: pd.DataFrame, slopes: pd.DataFrame
) -> Iterator[Checked]:
    """Each claim with its numbers from the tables METRICS and SLOPES; none for what is missing."""
    metrics = metrics[metrics["experiment"] == experiment]
    slopes = slopes[(slopes["experiment"] == experiment) & (slopes["widths"] == "widest")]
    for claim in claims:
        table, column = (slopes, "slope") if claim.slope else (metrics, "value")
        values = table.loc[table["metric"] == claim.metric, column].dropna()
        if len(values):
            yield Checked(claim, float(values.min()), float(values.max()), len(values))


def _double_descent(features: str, prefix: str, limit: str) -> tuple[Claim, ...]:
    """What is stated of one kind of features, whose metrics begin with prefix."""
    return (
        Claim(
            f"{features[0].upper()}{features[1:]} interpolate from k = n on (k/n)",
            f"{prefix}_interpolation_ratio",
            low=1,
            high=1,
        ),
        Claim(
            f"The test error of {features} peaks at interpolation (k/n)",
            f"{prefix}_peak_ratio",
            low=0.95,
            high=1.05,
        ),
        Claim(
            f"That of fewer {features} is smaller (peak / best before)",
            f"{prefix}_peak_to_classical",
            low=2,
        ),
        Claim(
            f"That of many more {features} is smaller (peak / widest)",
            f"{prefix}_peak_to_widest",
            low=2,
        ),
        Claim(
            f"It comes close to that of the limit, {limit} (widest / limit)",
            f"{prefix}_widest_to_limit",
            low=0.9,
            high=1.1,
        ),
    )


STEP4 = (
    Claim(
        "The closed forms of the dual activations are E[φ(u) φ(v)]",
        "dual_closed_form_error",
        high=1e-12,
    ),
    Claim(
        "The closed forms of their derivatives are E[φ′(u) φ′(v)]",
        "dual_derivative_error",
        high=1e-12,
    ),
    Claim(
        "The derivative of the dual is the dual of the derivative",
        "dual_commutation_error",
        high=1e-10,
    ),
    Claim("A dual does not fall on [0, 1]", "dual_least_slope", low=-1e-12),
    Claim("A dual is convex on [0, 1]", "dual_least_curvature", low=-1e-11),
    Claim("A dual is largest in size at correlation 1", "dual_range", high=1 + 1e-12),
    Claim(
        "A dual is smooth inside (−1, 1): Chebyshev coefficients / bound",
        "dual_smoothness_ratio",
        high=1 + 1e-12,
    ),
    Claim(
        "A cut Hermite series is off by the squared coefficients left out",
        "dual_truncation_gap",
        high=1e-12,
    ),
    Claim(
        "Kernels of random features approach NNGP as k to the −1/2 (slope)",
        "nngp_deviation",
        low=-0.6,
        high=-0.4,
        slope=True,
    ),
    Claim(
        "Kernels of random Fourier features approach the Gaussian kernel so (slope)",
        "fourier_deviation",
        low=-0.6,
        high=-0.4,
        slope=True,
    ),
    Claim(
        "The last layer trained alone follows its kernel's closed form at every step",
        "last_layer_vs_kernel",
        high=1e-9,
    ),
    Claim(
        "In the limit it is kernel regression, in units of rounding × condition number",
        "last_layer_limit_vs_rounding",
        high=100,
    ),
    *_double_descent("network features", "last_layer", "NNGP"),
    Claim(
        "On the circle network features interpolate much later (k/n)",
        "last_layer_circle_interpolation_ratio",
        low=2,
    ),
    *_double_descent("random Fourier features", "fourier", "the Gaussian kernel"),
)
"""What the page of step 4 states."""
