"""Step 4, numbers: every measured statement of step 4 as rows of the METRICS table."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from widelimit.kernels.activations import parse_activation
from widelimit.kernels.quadrature import pair_expectation
from widelimit.measure.distances import deviation_from_theory, rmse
from widelimit.measure.metric_rows import Row, metrics_table

PREFIX = {"network": "last_layer", "fourier": "fourier"}
"""Of the metrics of a fit, by its features."""

AWAY = 0.2
"""From k = n on either side, as a share of n, up to where means over data sets are compared with
theory: closer to the peak a few draws decide them."""

ROUNDING = 1e-13
"""Chebyshev coefficients below this share of phi^(1) are rounding."""


def feature_numbers(tables: Mapping[str, pd.DataFrame], *, activation: str) -> pd.DataFrame:
    """Rows of the METRICS table, sorted; METRIC_MEANINGS says what each metric is.

    tables     : all tables of step 4 by name
    activation : of the networks in the table double_descent
    """
    rows = [
        *_duals(tables["duals"]),
        *_series(tables["truncation"], tables["chebyshev"]),
        Row("hermite_orthonormality", _orthonormality(10)),
        *_deviations(tables["deviations"]),
        *_last_layer(tables["last_layer"]),
        *_double_descent(tables["double_descent"], tables["turning_points"], activation),
        *_data_sets(tables["data_sets"], tables["double_descent"], activation),
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


def _orthonormality(degree: int) -> float:
    h = [np.ones_like] + [parse_activation(f"hermite:{n}").value for n in range(1, degree + 1)]
    products = [[pair_expectation(f, g, np.ones(1))[0] for f in h] for g in h]
    return float(np.abs(products - np.eye(len(h))).max())


def _deviations(deviations: pd.DataFrame) -> Iterator[Row]:
    names = {"network": "nngp_deviation", "fourier": "fourier_deviation"}
    for row in deviations.itertuples():
        activation = row.activation if row.features == "network" else None
        yield Row(names[row.features], row.deviation, activation, row.width, row.seed)
        if row.seed == 0:
            metric = f"{names[row.features]}_expected"
            yield Row(metric, row.expected, activation, row.width)


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


def _double_descent(fits: pd.DataFrame, turns: pd.DataFrame, activation: str) -> Iterator[Row]:
    for (features, points), rows in fits.groupby(["features", "points"], sort=False):
        phi = activation if features == "network" else None
        name = PREFIX[features] + "_circle" * (points == "circle")
        fits_of_features = rows[rows["model"] == "features"]
        limit = rows.loc[rows["model"] == "limit", "test_rmse"].iloc[0]
        for fit in fits_of_features.itertuples():
            draw = phi, fit.width, fit.seed
            yield Row(f"{name}_train_rmse", fit.train_rmse, *draw)
            yield Row(f"{name}_rank", float(fit.rank), *draw)
            if points == "sphere":
                yield Row(f"{name}_test_rmse", fit.test_rmse, *draw)
                if fit.width == fits_of_features["width"].max():
                    yield Row(f"{name}_widest_to_limit", fit.test_rmse / limit, *draw)
        here = turns[turns["features"].eq(features) & turns["points"].eq(points)]
        numbers = _turns(here.set_index("place"), rows)
        if points == "sphere":
            numbers |= _errors(here.set_index("place")["test_rmse"], rows)
        for metric, value in numbers.items():
            yield Row(f"{name}_{metric}", float(value), phi)


def _turns(turns: pd.DataFrame, rows: pd.DataFrame) -> dict[str, float]:
    n = rows["n_train"].iloc[0]
    return {f"{place}_ratio": width / n for place, width in turns["width"].items()}


def _errors(errors: pd.Series, rows: pd.DataFrame) -> dict[str, float]:
    """Test errors: medians where they turn and at the widest width, and of the limit and f = 0."""
    zero, limit = (
        rows.loc[rows["model"] == model, "test_rmse"].iloc[0] for model in ("zero", "limit")
    )
    fits = rows[rows["model"] == "features"]
    widest = fits.loc[fits["width"] == fits["width"].max(), "test_rmse"].median()
    numbers = {
        "peak_test_rmse": errors["peak"],
        "widest_test_rmse": widest,
        "limit_test_rmse": limit,
        "zero_test_rmse": zero,
        "peak_to_widest": errors["peak"] / widest,
    }
    if "classical" in errors:
        numbers["classical_test_rmse"] = errors["classical"]
        numbers["peak_to_classical"] = errors["peak"] / errors["classical"]
    return numbers


def _data_sets(data_sets: pd.DataFrame, fits: pd.DataFrame, activation: str) -> Iterator[Row]:
    n = fits["n_train"].iloc[0]
    shown = fits[fits["model"].eq("limit") & fits["points"].eq("sphere")].set_index("features")
    for features, rows in data_sets.groupby("features", sort=False):
        phi = activation if features == "network" else None
        name = PREFIX[features]
        deviations = []
        for width, errors in rows.groupby("width", dropna=False):
            measured, theory = errors["test_rmse"].to_numpy(float), errors["theory"].iloc[0]
            known = None if pd.isna(width) else int(width)
            yield Row(f"{name}_mean_test_rmse", rmse(measured, 0 * measured), phi, known)
            if not pd.isna(theory):
                yield Row(f"{name}_mean_test_rmse_theory", float(theory), phi, known)
            if known is None or round(abs(known / n - 1), 9) > AWAY:
                deviations.append(deviation_from_theory(measured, theory))
        yield Row(f"{name}_theory_deviation", max(deviations), phi)
        limits = rows.loc[rows["width"].isna(), "test_rmse"]
        share = float((limits < shown.loc[features, "test_rmse"]).mean())
        yield Row(f"{name}_share_of_smaller_errors", share, phi)
