"""The tables of step 5: the neural tangent kernel."""

from widelimit.tables import schemas
from widelimit.tables.columns import ACTIVATION, STEP, VALUE, Table, real, text

TABLES = {
    "predictions": Table(
        "step5/predictions.parquet",
        "one output of a network with several, or its prediction, at one test point",
        schemas.PREDICTIONS.columns,
    ),
    "flow": Table(
        "step5/flow.parquet",
        "discrete gradient descent against gradient flow after one number of steps",
        (
            real("relative_learning_rate", "eta / (2 / lambda_max)"),
            real("learning_rate", "eta"),
            STEP,
            real("time", "eta T, the time of the flow"),
            real("rmse", "root mean square difference over the test points"),
        ),
    ),
    "example": Table(
        "step5/example.parquet",
        "one weight of a one-dimensional network with two hidden units",
        (
            ACTIVATION,
            text("weight", "a_1, a_2 (last layer) or b_1, b_2 (first layer)"),
            VALUE.but(meaning="the weight"),
            real("x", "the first input"),
            real("z", "the second input"),
            real("gradient_x", "derivative of f(x) in this weight"),
            real("gradient_z", "derivative of f(z) in this weight"),
            real("product_xx", "this weight's part of K(x, x)"),
            real("product_xz", "this weight's part of K(x, z)"),
            real("product_zz", "this weight's part of K(z, z)"),
        ),
    ),
}
