"""The tables of step 1: linear regression by gradient descent."""

from widelimit.tables.columns import STEP, Table, count, real, text

SPECTRUM = text(
    "spectrum",
    "condition <number>: sigma_i^2 even in the logarithm; gaussian: X has standard normal entries;"
    " deficient: condition 10, half the rank",
)
CONDITION = real("condition_number", "sigma_1^2 / smallest sigma_i^2 that is not 0")
RELATIVE_RATE = real("relative_learning_rate", "eta sigma_1^2; the threshold is 2")
SIZE = (count("n", "points"), count("d", "inputs"), count("rank", "rank of X"))
TARGET = real("y", "target of the point")

TABLES = {
    "threshold": Table(
        "step1/threshold.parquet",
        "gradient descent from 0 on one spectrum, with one learning rate, after so many steps",
        (
            SPECTRUM,
            CONDITION,
            RELATIVE_RATE,
            STEP,
            real("distance", "|w_T - X^+ y| / |X^+ y|, step by step"),
            real("closed_form", "the same by singular value decomposition"),
        ),
    ),
    "spectra": Table(
        "step1/spectra.parquet",
        "one spectrum: where gradient descent on it converges",
        (
            SPECTRUM,
            CONDITION,
            *SIZE,
            real("lower", "smallest stable eta sigma_1^2, found by bisection"),
            real("upper", "largest stable eta sigma_1^2, found by bisection"),
        ),
    ),
    "directions": Table(
        "step1/directions.parquet",
        "the distance to X^+ y along one singular direction, after so many steps",
        (
            CONDITION,
            RELATIVE_RATE,
            count("direction", "number i of the direction, from the largest"),
            real("eigenvalue", "sigma_i^2 / sigma_1^2"),
            STEP,
            real("distance", "|v_i.(w_T - X^+ y)| / |v_i.X^+ y|, step by step"),
            real("closed_form", "|1 - eta sigma_i^2|^T"),
        ),
    ),
    "regimes": Table(
        "step1/regimes.parquet",
        "gradient descent in one regime from one start, after so many steps",
        (
            text("regime", "overdetermined, square, underdetermined or deficient"),
            *SIZE,
            text("start", "zero, or elsewhere: a random w_0"),
            STEP,
            real("loss", "1/2 sum_i (y_i - w.x_i)^2 / the same of w = 0"),
            real("least_loss", "what it must tend to, / the same of w = 0"),
            real("distance", "|w_T - X^+ y| / |X^+ y|"),
            real("outside", "|component outside the points' span| / |X^+ y|"),
        ),
    ),
    "plane": Table(
        "step1/plane.parquet",
        "gradient descent with one point in the plane, after so many steps",
        (
            count("start", "number of the start; 0 starts at 0"),
            STEP,
            real("w_0", "first weight"),
            real("w_1", "second weight"),
            real("x_0", "first input of the point"),
            real("x_1", "second input of the point"),
            TARGET,
        ),
    ),
}
