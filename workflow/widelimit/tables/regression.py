"""The tables of steps 2 and 3: kernel regression."""

import pyarrow as pa

from widelimit.tables.columns import (
    ACTIVATION,
    INDEX,
    INPUT_T,
    SPLIT,
    STEP,
    VALUE,
    Column,
    Table,
    count,
    real,
    text,
)

KERNEL = text("kernel", "linear, gaussian, laplace, nngp or ntk")
SCALE = real("scale", "L of the kernel", "the kernel has none")
PART = text(
    "part",
    "kernels: all kernels, at one L; scales: those with an L; slider: the same, at many values",
)
TARGET = real("y", "target")
PREDICTION = real("f", "prediction")

TABLES = {
    "interpolants": Table(
        "step2/interpolants.parquet",
        "one point of one fit with polynomial features on the circle, or a sample",
        (
            Column("degree", pa.int32(), "p of psi(x).psi(z) = (1 + x.z)^p"),
            count("features", "features D of the degree"),
            count("rank", "rank of the features on the samples"),
            text(
                "fit",
                "kernel: K(x, X) K^+ y; features: w.psi(x) with w = psi(X)^+ y; other: other"
                " weights that fit the samples as well; samples: the samples themselves",
            ),
            count("number", "number of the other weights, else 0"),
            real("t", "angle on the circle", unit="radians"),
            real("f", "value of the fit, or target of the sample"),
            real("norm", "|w|; for the kernel sqrt(y.K^+ y)", "a sample"),
        ),
    ),
    "psd": Table(
        "step2/psd.parquet",
        "the Gram matrix of one kernel on one set of random points",
        (
            text("kernel", "linear, polynomial, gaussian, laplace, nngp, ntk; indicator is none"),
            ACTIVATION.but(meaning="of nngp and ntk", null="the kernel has none"),
            count("draw", "number of the random draw"),
            count("n", "points, one of them twice"),
            count("d", "inputs"),
            text("norms", "of the points: one or any"),
            real("lambda_min", "smallest eigenvalue; negative by rounding"),
            real("lambda_max", "largest eigenvalue"),
        ),
    ),
    "descent": Table(
        "step2/descent.parquet",
        "kernel regression by gradient descent with one kernel after so many steps",
        (
            KERNEL,
            SCALE,
            real(
                "effective_condition", "lambda_max / smallest eigenvalue that does not count as 0"
            ),
            STEP,
            real("closed_form", "root mean square of f_T - f, f_T in closed form"),
            real("distance", "the same, step by step", "not so many taken"),
            real(
                "difference",
                "largest |f_T step by step - in closed form| / largest |y|",
                "not so many taken",
            ),
            real("start", "root mean square of f, the distance at step 0"),
        ),
    ),
    "points": Table(
        "step3/points.parquet",
        "one point: a sample (train) or a point of the grid (test)",
        (SPLIT, INDEX, INPUT_T, TARGET),
    ),
    "predictions": Table(
        "step3/predictions.parquet",
        "one prediction of kernel regression on the samples",
        (PART, KERNEL, SCALE, SPLIT, INDEX, INPUT_T, PREDICTION),
    ),
    "gram": Table(
        "step3/gram.parquet",
        "one entry of the Gram matrix of a kernel on the samples",
        (
            PART,
            KERNEL,
            SCALE,
            count("row", "number i of the sample"),
            count("column", "number j of the sample"),
            VALUE.but(meaning="K(x_i, x_j)"),
        ),
    ),
    "spectra": Table(
        "step3/spectra.parquet",
        "one eigenvalue of the Gram matrix of a kernel on the samples",
        (
            PART,
            KERNEL,
            SCALE,
            count("index", "number of the eigenvalue, from the largest"),
            real("eigenvalue", "eigenvalue"),
            Column("kept", pa.bool_(), "above the cut-off, so that regression uses it"),
            real("condition_number", "of the matrix; inf unless all are kept"),
        ),
    ),
    "worked": Table(
        "step3/worked.parquet",
        "one number of the worked example of kernel regression",
        (
            KERNEL,
            SCALE,
            text(
                "quantity",
                "y: target y_i; gram: K(x_i, x_j), j a sample; alpha: alpha_i of alpha = K^+ y;"
                " term: alpha_i K(x_i, x_j), j a test point; f: their sum over i;"
                " kernel: K(x_i, x_j), j the one test point worked in full",
            ),
            count("i", "number of the sample", "quantity is f"),
            count("j", "number of the other point", "quantity has one point"),
            real("t", "position of x_j, or of x_i where there is no j"),
            VALUE,
        ),
    ),
    "circles": Table(
        "step3/circles.parquet",
        "one point of two concentric circles",
        (
            count("circle", "0 inner, 1 outer"),
            real("x_0", "first coordinate"),
            real("x_1", "second coordinate"),
            real("radius", "third coordinate after the feature map, |x|"),
        ),
    ),
}
"""f is kernel regression K(x, X) K^+ y; root mean squares of step 2 are over the test grid."""
