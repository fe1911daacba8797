"""The tables about classes of real data: kernel regression chosen by validation."""

from widelimit.tables.columns import INDEX, Table, count, matrix, real, text

KERNEL = text("kernel", "ntk, nngp, gaussian, laplace, or linear: 1 + x.z")
SCALE = real("scale", "L of the kernel", "the kernel has none")
RIDGE = real("ridge", "added to the diagonal of K(X, X)")
CLASS = text("label", "name of the class")
GUESS = text("predicted", "name of the class whose output is largest")

TABLES = {
    "choices": Table(
        "classes/choices.parquet",
        "one kernel with one ridge, fitted to a part of the training points",
        (
            KERNEL,
            SCALE,
            RIDGE,
            real("validation_error", "share of the other training points that is classified wrong"),
            real("validation_rmse", "root mean square of output - one-hot target on them"),
            count("chosen", "1 where it is the one chosen of this kernel, else 0"),
        ),
    ),
    "errors": Table(
        "classes/errors.parquet",
        "one kernel as it was chosen, fitted to all training points",
        (
            text("source", "data.source"),
            KERNEL,
            SCALE,
            RIDGE,
            count("n_train", "training points"),
            count("n_test", "test points"),
            real("test_error", "share of the test points that is classified wrong"),
            real("standard_error", "sqrt(e (1 - e) / n_test) of that share e"),
            real("lower", "lower end of its 95 % interval (Wilson, 1927)"),
            real("upper", "upper end of its 95 % interval"),
            real("published", "test error that was published for this setting", "none was"),
        ),
    ),
    "confusion": Table(
        "classes/confusion.parquet",
        "the test points of one class that one kernel takes for one class",
        (KERNEL, CLASS, GUESS, count("points", "how many")),
    ),
    "wrong": Table(
        "classes/wrong.parquet",
        "a test point that all kernels classify wrong",
        (
            INDEX.but(meaning="number of the test point"),
            CLASS,
            text("guesses", "what kernels take it for, the most frequent first"),
            matrix("inputs", "the point, as kernels see it"),
        ),
    ),
}
