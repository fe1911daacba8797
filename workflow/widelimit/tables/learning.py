"""The tables of the page about learning curves."""

from __future__ import annotations

from widelimit.tables.columns import Table, count, real, text

DIMENSION = count("dimension", "d of the sphere S^{d-1} on which points are uniform")
KERNEL = text("kernel", "ntk, nngp, gaussian or laplace")
POINTS = count("n_train", "training points n")
DEGREE = count("degree", "degree of the target, a spherical harmonic with mean square 1")

TABLES = {
    "errors": Table(
        "learning/errors.parquet",
        "test error of kernel regression on one draw of points, for the targets of one degree",
        (
            DIMENSION,
            KERNEL,
            POINTS,
            DEGREE,
            count("draw", "number of the draw; with more points it keeps those it has"),
            real("test_rmse", "rms of f - target over test points and all targets of the degree"),
        ),
    ),
    "theory": Table(
        "learning/theory.parquet",
        "what the eigenframework says of one degree",
        (
            DIMENSION,
            KERNEL,
            POINTS,
            DEGREE.but(null="all degrees beyond, and the ridge"),
            real("share", "multiplicity x learnability: over all degrees it sums to n"),
            real("learnability", "share of a target of the degree that is learned", "no degree"),
            real("test_rmse", "root of the mean square test error over draws", "no degree"),
        ),
    ),
}
