"""Step 4 of a study, made by its stages without any files."""

from __future__ import annotations

from widelimit.data.points import generate_data
from widelimit.measure.features.double_descent import fit_double_descent
from widelimit.measure.features.duals import fit_duals
from widelimit.measure.features.numbers import measure_step4
from widelimit.measure.features.widths import fit_features
from widelimit.measure.slopes import slopes_table

ACTIVATIONS = ("relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3")
RATIOS = (0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 4.0, 10.0, 40.0)


def make_points(root=3, n_train=20, n_test=60, noise_std=0.5, dimension=8):
    return generate_data(
        root=root,
        source="sphere",
        design="uniform",
        dimension=dimension,
        n_train=n_train,
        n_test=n_test,
        targets=["3 * x_0 + 5 * x_1 * x_2"],
        noise_std=noise_std,
    )


def make_step4(
    *,
    activations=ACTIVATIONS,
    activation="relu",
    degrees=(1, 2, 4),
    pairs=64,
    seeds=6,
    widths=(64, 256, 1024, 4096),
    trained_widths=(8, 40),
    trained_seeds=2,
    steps=200,
    ratios=RATIOS,
    root=3,
    **points,
):
    """The tables of all of step 4 by name, and their numbers as metrics."""
    made = make_points(root=root, **points)
    train, test = made["train"], made["test"]
    kernel = {"activation": activation, "gaussian_scale": 0.5, "seeds": seeds, "root": root}
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
        **kernel,
    )
    tables |= fit_double_descent(train, test, ratios=ratios, **kernel)
    metrics = measure_step4(tables, activation=activation)
    return tables | {"metrics": metrics, "slopes": slopes_table(metrics, widest=3)}
