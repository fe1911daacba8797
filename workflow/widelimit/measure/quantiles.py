"""Medians over seeds, with quantiles."""

from collections.abc import Sequence

import pandas as pd


def over_seeds(
    frame: pd.DataFrame,
    by: Sequence[str],
    value: str = "value",
    lower: float = 0.1,
    upper: float = 0.9,
) -> pd.DataFrame:
    """Median and quantiles of ``value`` in each group of equal ``by`` (null is a group as well).

    Returns ``by`` sorted, then centre (the median), lower and upper (the quantiles of these
    orders, interpolated linearly) and seeds (how many values, missing ones not counted; groups
    without a value are left out). Raises ValueError unless 0 <= lower <= upper <= 1.
    """
    if not 0 <= lower <= upper <= 1:
        raise ValueError(f"lower <= upper must lie in [0, 1], got lower={lower}, upper={upper}")
    groups = frame[frame[value].notna()].groupby(list(by), dropna=False)[value]
    return pd.DataFrame(
        {
            "centre": groups.median(),
            "lower": groups.quantile(lower),
            "upper": groups.quantile(upper),
            "seeds": groups.size(),
        }
    ).reset_index()
