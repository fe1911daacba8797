"""The tables of step 4: dual activations, random features and double descent."""

from widelimit.tables.columns import ACTIVATION, SEED, STEP, VALUE, WIDTH, Table, count, real, text

FEATURES = text("features", "network: sqrt(c/k) phi(BX); fourier: random cosines")
FEATURE_WIDTH = WIDTH.but(meaning="features k")
POINTS = text("points", "sphere: the study's; circle: as many, same targets")
DRAW = SEED.but(meaning="number of the random draw of the features")

TABLES = {
    "duals": Table(
        "step4/duals.parquet",
        "one value of one dual activation at one correlation",
        (
            ACTIVATION,
            text(
                "quantity",
                "closed, derivative: phi^ and its derivative in closed form; definition,"
                " derivative_definition: E[phi(u) phi(v)] and E[phi'(u) phi'(v)] by quadrature;"
                " differences: phi^ in closed form, differentiated numerically; series: truncated"
                " Hermite series; monte_carlo: average over k random pairs (u, v)",
            ),
            count("degree", "highest power of the series", "no series"),
            WIDTH.but(meaning="pairs k averaged over", null="not Monte Carlo"),
            SEED.but(meaning="number of the draw", null="not Monte Carlo"),
            real("xi", "correlation of u and v"),
            VALUE.but(meaning="the value, without the network's factor c"),
        ),
    ),
    "truncation": Table(
        "step4/truncation.parquet",
        "one degree at which the Hermite series of one dual is cut",
        (
            ACTIVATION,
            count("degree", "highest power kept"),
            real("measured", "largest |phi^ - series| over correlations"),
            real("left_out", "sum of the squared coefficients left out"),
        ),
    ),
    "chebyshev": Table(
        "step4/chebyshev.parquet",
        "one Chebyshev coefficient on [-0.9, 0.9]",
        (
            ACTIVATION,
            text("function", "dual: phi^ in closed form; activation: phi itself"),
            count("degree", "number of the coefficient"),
            real("coefficient", "the coefficient"),
            real("bound", "2 phi^(1) / rho^n, which a power series cannot exceed"),
        ),
    ),
    "deviations": Table(
        "step4/deviations.parquet",
        "one kernel of k random features, on the training points",
        (
            FEATURES,
            ACTIVATION.but(null="features are fourier"),
            FEATURE_WIDTH,
            DRAW,
            real("deviation", "|F F' - limit| / |limit|, Frobenius"),
            real("expected", "its root mean square over the draws at this width, exactly"),
        ),
    ),
    "last_layer": Table(
        "step4/last_layer.parquet",
        "one network at one step, its last layer alone trained from A = 0",
        (
            ACTIVATION,
            FEATURE_WIDTH,
            DRAW,
            STEP.but(null="infinitely many: least squares of minimum norm in the weights"),
            real("learning_rate", "1 / lambda_max of F F' on the training points"),
            real(
                "difference",
                "largest |network - closed form of the kernel F F'|, training and test points",
            ),
            real("to_limit", "rms of network - its limit, over test points"),
            real("kernel_to_limit", "rms of closed form - limit, the same"),
            real("condition_number", "of F F', of its eigenvalues above 0"),
        ),
    ),
    "double_descent": Table(
        "step4/double_descent.parquet",
        "one fit of the noisy training points",
        (
            FEATURES,
            POINTS,
            text("model", "features: k of them; limit: their kernel; zero: f = 0"),
            count("n_train", "training points n"),
            FEATURE_WIDTH.but(null="model is limit or zero"),
            DRAW.but(null="model is limit or zero"),
            real("train_rmse", "rms of f - noisy target, training points"),
            real(
                "test_rmse",
                "rms of f - target without noise, test points",
                "points are circle, where the targets are no function to be tested",
            ),
            count("rank", "rank of the features F", "model is not features"),
        ),
    ),
    "data_sets": Table(
        "step4/data_sets.parquet",
        "one fit of a fresh data set of the same kind",
        (
            FEATURES,
            FEATURE_WIDTH.but(null="the limit kernel's fit"),
            count("data_set", "number of the draw of points, noise and features"),
            real("test_rmse", "rms of f - target without noise, test points"),
            real(
                "theory",
                "root of the mean square over draws that the eigenframework predicts",
                "width is n, where it is infinite",
            ),
        ),
    ),
    "turning_points": Table(
        "step4/turning_points.parquet",
        "one width where the median errors of one kind of features turn",
        (
            FEATURES,
            POINTS,
            text(
                "place",
                "interpolation: from there on every fit goes through the training points; peak: the"
                " largest test error; classical: the smallest before interpolation; critical_first,"
                " critical_last: around the peak, the ends of test errors above that of f = 0",
            ),
            FEATURE_WIDTH,
            real("test_rmse", "median test error there", "points are circle"),
        ),
    ),
}
