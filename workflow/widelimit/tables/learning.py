"""The tables of the page about learning curves."""

from widelimit.tables.columns import WIDTH, Table, count, real, text
from widelimit.tables.scale import G

DIMENSION = count("dimension", "d of the sphere S^{d-1} on which points are uniform")
KERNEL = text("kernel", "ntk, nngp, gaussian or laplace")
POINTS = count("n_train", "training points n")
DEGREE = count("degree", "degree of the target, a spherical harmonic with mean square 1")

RESOLVED = 1e-4
"""Smaller test errors, roots of differences of numbers near 1, are not compared with theory."""

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
    "networks": Table(
        "learning/networks.parquet",
        "one network, or the NTK, on one draw of points and a target of one direction",
        (
            DIMENSION,
            POINTS,
            count("draw", "number of the draw of points and weights"),
            G.but(null="the NTK's fit"),
            WIDTH.but(null="the NTK's fit"),
            real("test_rmse", "rms of f - target over test points"),
            real("theory", "root of its mean square over draws in theory", "a network"),
            real(
                "overlap",
                "|cosine| between the direction and the first eigenvector of B'B after training",
                "the NTK's fit",
            ),
            real(
                "correlation",
                "between B'B after training and the mean over training points of grad F grad F',"
                " both less their multiple of the identity: cosine in the Frobenius norm",
                "the NTK's fit",
            ),
        ),
    ),
}
