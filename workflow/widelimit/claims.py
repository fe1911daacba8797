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


STEP4 = (
    Claim(
        "The closed forms of the dual activations are E[φ(u) φ(v)]",
        "dual_closed_form_error",
        high=1e-12,
    ),
    Claim("So are those of their derivatives E[φ′(u) φ′(v)]", "dual_derivative_error", high=1e-12),
    Claim(
        "The derivative of the dual is the dual of the derivative",
        "dual_commutation_error",
        high=1e-10,
    ),
    Claim("The dual does not fall on [0, 1]", "dual_least_slope", low=-1e-12),
    Claim("It is convex there", "dual_least_curvature", low=-1e-11),
    Claim("Its size is largest at correlation 1", "dual_range", high=1 + 1e-12),
    Claim(
        "It is smooth inside (−1, 1): Chebyshev coefficients within their bound",
        "dual_smoothness_ratio",
        high=1 + 1e-12,
    ),
    Claim(
        "A cut Hermite series is off by the squared coefficients left out",
        "dual_truncation_gap",
        high=1e-12,
    ),
    Claim(
        "Kernels of k random features approach NNGP like 1/√k (slope)",
        "nngp_deviation",
        low=-0.6,
        high=-0.4,
        slope=True,
    ),
    Claim(
        "Those of random Fourier features the Gaussian kernel (slope)",
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
        "In the limit it is kernel regression, up to rounding × condition number",
        "last_layer_limit_vs_rounding",
        high=100,
    ),
    Claim(
        "Network features interpolate from k = n on (k/n)",
        "last_layer_interpolation_ratio",
        low=1,
        high=1,
    ),
    Claim("Their test error peaks there (k/n)", "last_layer_peak_ratio", low=0.95, high=1.05),
    Claim("It comes down on the narrow side (peak / best)", "last_layer_peak_to_classical", low=2),
    Claim("And on the wide side (peak / widest)", "last_layer_peak_to_widest", low=2),
    Claim(
        "Where it approaches the NNGP limit (widest / limit)",
        "last_layer_widest_to_limit",
        low=0.9,
        high=1.1,
    ),
    Claim(
        "Random Fourier features interpolate from k = n on (k/n)",
        "fourier_interpolation_ratio",
        low=1,
        high=1,
    ),
    Claim("Their test error peaks there (k/n)", "fourier_peak_ratio", low=0.95, high=1.05),
    Claim("It comes down on the narrow side (peak / best)", "fourier_peak_to_classical", low=2),
    Claim("And on the wide side (peak / widest)", "fourier_peak_to_widest", low=2),
    Claim(
        "Where it approaches the Gaussian kernel (widest / limit)",
        "fourier_widest_to_limit",
        low=0.9,
        high=1.1,
    ),
)
"""What the page of step 4 states."""
