"""The table about a lecture's double descent."""

from widelimit.tables.columns import SEED, WIDTH, Table, real, text

TABLES = {
    "descent": Table(
        "lecture/descent.parquet",
        "one fit of the lecture's ten noisy points of a line",
        (
            text(
                "model",
                "relu, fourier: least squares on k random ReLU features with a bias, or complex"
                " random Fourier features; nngp, gaussian: regression with the kernel that they"
                " tend to; laplace: with the one that the lecture calls Gaussian",
            ),
            WIDTH.but(meaning="features k", null="a kernel"),
            SEED.but(meaning="number of the random draw of the features", null="a kernel"),
            real("test_mse", "mean squared distance from the target without noise, on a grid"),
            real("published", "the lecture's number", "it has none"),
        ),
    ),
}
