"""Step 4: dual activations, random features, double descent, and every number of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from widelimit.data.points import generate_data
from widelimit.measure.features.data_sets import fit_data_sets
from widelimit.measure.features.double_descent import fit_double_descent
from widelimit.measure.features.duals import fit_duals
from widelimit.measure.features.numbers import feature_numbers
from widelimit.measure.features.widths import fit_features
from widelimit.tables.features import TABLES

__all__ = ["TABLES", "measure"]


def measure(
    *,
    root: int,
    points: Mapping[str, Any],
    activations: Sequence[str],
    degrees: Sequence[int],
    pairs: int,
    seeds: int,
    widths: Sequence[int],
    activation: str,
    gaussian_scale: float,
    trained_widths: Sequence[int],
    trained_seeds: int,
    steps: int,
    ratios: Sequence[float],
    data_sets: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    points : arguments of generate_data; the others are those of ``fit_duals``, ``fit_features``,
        ``fit_double_descent`` and ``fit_data_sets``
    """
    splits = generate_data(root=root, **points)
    train, test = splits["train"], splits["test"]
    shared = {
        "activation": activation,
        "gaussian_scale": gaussian_scale,
        "seeds": seeds,
        "root": root,
    }
    tables = fit_duals(
        activations=activations, degrees=degrees, width=pairs, seeds=seeds, root=root
    )
    tables |= fit_features(
        train,
        test,
        activations=activations,
        widths=widths,
        trained_widths=trained_widths,
        trained_seeds=trained_seeds,
        steps=steps,
        **shared,
    )
    tables |= fit_double_descent(train, test, ratios=ratios, **shared)
    means = {name: shared[name] for name in ("activation", "gaussian_scale", "root")}
    tables["data_sets"] = fit_data_sets(points, ratios=ratios, data_sets=data_sets, **means)
    return tables | {"measured": feature_numbers(tables, activation=activation)}
