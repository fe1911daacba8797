"""Step 4 of a study, made by its stages without any files."""

from widelimit.data.points import generate_data
from widelimit.measure.features.statements import measure
from widelimit.measure.slopes import slopes_table

ACTIVATIONS = ("relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3")
RATIOS = (0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 4.0, 10.0, 40.0)


def make_points(root=3, **points):
    return generate_data(root=root, **point_arguments(**points))


def point_arguments(n_train=20, n_test=60, noise_std=0.5, dimension=8):
    return {
        "source": "sphere",
        "design": "uniform",
        "dimension": dimension,
        "n_train": n_train,
        "n_test": n_test,
        "targets": ["3 * x_0 + 5 * x_1 * x_2"],
        "noise_std": noise_std,
    }


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
    data_sets=4,
    root=3,
    **points,
):
    """The tables of all of step 4 by name, and their numbers as metrics."""
    tables = measure(
        root=root,
        points=point_arguments(**points),
        activations=activations,
        activation=activation,
        gaussian_scale=0.5,
        degrees=degrees,
        pairs=pairs,
        seeds=seeds,
        widths=widths,
        trained_widths=trained_widths,
        trained_seeds=trained_seeds,
        steps=steps,
        ratios=ratios,
        data_sets=data_sets,
    )
    metrics = tables.pop("measured")
    return tables | {"metrics": metrics, "slopes": slopes_table(metrics, "step4", widest=3)}
