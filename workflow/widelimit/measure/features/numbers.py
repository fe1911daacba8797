"""Stage fit_step4, numbers: every measured statement of step 4 as rows of the METRICS table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from widelimit.measure.distances import rmse
from widelimit.measure.features.turning_points import find_regimes, interpolation_width
from widelimit.measure.metric_rows import Row, metrics_table

PREFIX = {"network": "last_layer", "fourier": "fourier"}
"""Of the metrics of a fit, by its features."""

ROUNDING = 1e-13
"""Chebyshev coefficients below this share of phi^(1) are rounding."""


def measure_step4(tables: Mapping[str, pd.DataFrame], *, activation: str) -> pd.DataFrame:
    """Rows of the METRICS table, sorted; METRIC_MEANINGS says what each metric is.

    tables     : all tables of the stage fit_step4 by name
    activation : of the networks in the table double_descent
    """
    rows = [
        *_duals(tables["duals"]),
        *_series(tables["truncation"], tables["chebyshev"]),
        *_deviations(tables["deviations"]),
        *_last_layer(tables["last_layer"]),
        *_double_descent(tables["double_descent"], activation),
    ]
    return metrics_table("step4", rows)


def _duals(duals: pd.DataFrame) -> Iterator[Row]:
    for activation, rows in duals.groupby("activation", sort=False):
        part = {name: group.set_index("xi")["value"] for name, group in rows.groupby("quantity")}
        closed, derivative = part["closed"], part["derivative"]
        xi, values = closed.index.to_numpy(), closed.to_numpy()
        right = xi >= 0
        slopes = np.diff(values[right]) / np.diff(xi[right])
        defined = part["derivative_definition"]
        numbers = {
            "dual_closed_form_error": _distance(closed, part["definition"]),
            "dual_derivative_error": _distance(derivative, defined),
            "dual_commutation_error": _distance(
                part["differences"], defined[part["differences"].index]
            ),
            "dual_range": np.abs(values).max() / values[-1],
            "dual_least_slope": slopes.min(),
            "dual_least_curvature": (np.diff(slopes) / np.diff(xi[right])[1:]).min(),
        }
        for metric, value in numbers.items():
            yield Row(metric, float(value), activation)
        drawn = rows[rows["quantity"] == "monte_carlo"]
        for (width, seed), draw in drawn.groupby(["width", "seed"]):
            error = rmse(draw["value"], closed[draw["xi"]])
            yield Row("dual_monte_carlo_error", error, activation, width, seed)


def _distance(one: pd.Series, other: pd.Series) -> float:
    return float(np.abs(one.to_numpy() - other.to_numpy()).max())


def _series(truncation: pd.DataFrame, chebyshev: pd.DataFrame) -> Iterator[Row]:
    for activation, rows in truncation.groupby("activation", sort=False):
        gap = np.abs(rows["measured"] - rows["left_out"]).max()
        yield Row("dual_truncation_gap", float(gap), activation)
        last = rows.loc[rows["degree"].idxmax(), "measured"]
        yield Row("dual_truncation_error", float(last), activation)
    for activation, rows in chebyshev[chebyshev["function"] == "dual"].groupby("activation"):
        size = rows["coefficient"].abs()
        # At degree 0 the bound is 2 phi^(1).
        known = size > ROUNDING * rows["bound"].max() / 2
        ratio = (size / rows["bound"])[known].max()
        yield Row("dual_smoothness_ratio", float(ratio), activation)


def _deviations(deviations: pd.DataFrame) -> Iterator[Row]:
    names = {"network": "nngp_deviation", "fourier": "fourier_deviation"}
    for row in deviations.itertuples():
        activation = row.activation if row.features == "network" else None
        yield Row(names[row.features], row.deviation, activation, row.width, row.seed)


def _last_layer(last_layer: pd.DataFrame) -> Iterator[Row]:
    for row in last_layer.itertuples():
        network = row.activation, row.width, row.seed, row.step
        if pd.isna(row.step):
            rounding = row.condition_number * np.finfo(float).eps
            yield Row("last_layer_limit_vs_kernel", row.difference, *network)
            yield Row("last_layer_limit_vs_rounding", row.difference / rounding, *network)
            yield Row("last_layer_condition_number", row.condition_number, *network)
        else:
            yield Row("last_layer_vs_kernel", row.difference, *network)
            yield Row("last_layer_to_limit", row.to_limit, *network)


def _double_descent(fits: pd.DataFrame, activation: str) -> Iterator[Row]:
    for (features, points), rows in fits.groupby(["features", "points"], sort=False):
        phi = activation if features == "network" else None
        name = PREFIX[features] + "_circle" * (points == "circle")
        fits_of_features = rows[rows["model"] == "features"]
        for fit in fits_of_features.itertuples():
            draw = phi, fit.width, fit.seed
            yield Row(f"{name}_train_rmse", fit.train_rmse, *draw)
            yield Row(f"{name}_rank", float(fit.rank), *draw)
            if points == "sphere":
                yield Row(f"{name}_test_rmse", fit.test_rmse, *draw)
        typical = fits_of_features.groupby("width")[["train_rmse", "test_rmse"]].median()
        zero, limit = (rows[rows["model"] == model].iloc[0] for model in ("zero", "limit"))
        if points == "circle":
            train = typical["train_rmse"].to_numpy()
            width = interpolation_width(typical.index, train, zero_train=zero["train_rmse"])
            numbers = {"interpolation_ratio": _share(width, rows)}
        else:
            numbers = _regimes(typical, rows, zero, limit)
        for metric, value in numbers.items():
            if value is not None:
                yield Row(f"{name}_{metric}", float(value), phi)


def _share(width: int | None, rows: pd.DataFrame) -> float | None:
    return None if width is None else width / rows["n_train"].iloc[0]


def _regimes(
    typical: pd.DataFrame, rows: pd.DataFrame, zero: pd.Series, limit: pd.Series
) -> dict[str, float | None]:
    """Where double descent turns, from the medians at each width and the errors of predicting 0."""
    test = typical["test_rmse"]
    found = find_regimes(
        typical.index,
        typical["train_rmse"],
        test,
        zero_train=zero["train_rmse"],
        zero_test=zero["test_rmse"],
    )
    first, last = found.critical or (None, None)
    classical = test.get(found.classical)
    return {
        "interpolation_ratio": _share(found.interpolation, rows),
        "peak_ratio": _share(found.peak, rows),
        "critical_first_ratio": _share(first, rows),
        "critical_last_ratio": _share(last, rows),
        "classical_ratio": _share(found.classical, rows),
        "classical_test_rmse": classical,
        "peak_test_rmse": test[found.peak],
        "widest_test_rmse": test.iloc[-1],
        "limit_test_rmse": limit["test_rmse"],
        "zero_test_rmse": zero["test_rmse"],
        "peak_to_classical": None if classical is None else test[found.peak] / classical,
        "peak_to_widest": test[found.peak] / test.iloc[-1],
        "widest_to_limit": test.iloc[-1] / limit["test_rmse"],
    }
