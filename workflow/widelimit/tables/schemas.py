"""The tables of a study: points, kernels, networks, predictions, metrics and what they cost.

The tables of single chapters are declared beside this module, so that a change to one of theirs
reruns nothing elsewhere.
"""

from widelimit.tables.columns import (
    ACTIVATION,
    EXPERIMENT,
    FITTED_WIDTHS,
    INDEX,
    INPUT_T,
    LINE,
    METRIC,
    OUTPUT,
    SEED,
    SLOPE,
    SPLIT,
    STEP,
    VALUE,
    WIDTH,
    Column,
    Table,
    count,
    large_count,
    matrix,
    real,
    text,
)

DATA = Table(
    "data.parquet",
    "one point; x_0.. are its inputs, y_0.. its targets",
    (SPLIT, INDEX, INPUT_T.but(null="the source has no such t")),
)


def input_column(i: int) -> Column:
    return real(f"x_{i}", f"input coordinate {i}")


def target_column(o: int) -> Column:
    return real(f"y_{o}", f"target of output {o}, label noise included (train)")


KERNELS = Table(
    "kernels.parquet",
    "one limit kernel on the points of data.parquet",
    (
        text("kernel", "ntk or nngp"),
        ACTIVATION,
        matrix("gram_train", "K(X, X), n_train x n_train, row-major"),
        matrix("gram_test_train", "K(Z, X), n_test x n_train, row-major"),
        matrix("diagonal_test", "K(z, z) of each test point"),
        matrix("eigenvalues", "spectrum of K(X, X), descending"),
        real("lambda_max", "largest eigenvalue"),
        real("lambda_min", "smallest eigenvalue"),
        real("condition_number", "lambda_max / lambda_min; inf if singular"),
        count("rank", "eigenvalues above the relative cut-off"),
        real("cutoff", "relative cut-off below which an eigenvalue counts as 0"),
    ),
)

THEORY = Table(
    "theory.parquet",
    "one prediction of an infinitely wide network, at one test point and step",
    (
        text(
            "model",
            "ntk (all layers trained), nngp (last layer trained); gaussian, laplace: those kernels",
        ),
        ACTIVATION,
        STEP.but(null="the limit of infinitely many steps"),
        INDEX,
        OUTPUT,
        real(
            "mean",
            "mean over initialisations, that is kernel regression",
            "gradient descent has diverged beyond the range of numbers",
        ),
        real(
            "std",
            "standard deviation over initialisations",
            "model is not ntk, the limit of infinitely many steps, or diverged",
        ),
    ),
)

NETWORKS = Table(
    "networks/width=<k>/chunk=<c>/networks.parquet",
    "one network at one step; width and chunk are in the path",
    (
        ACTIVATION,
        SEED,
        STEP,
        real("train_loss", "1/2 sum of squared residuals, training points"),
        matrix("f_train", "outputs at training points, n_train x p", "no checkpoint"),
        matrix("f_test", "outputs at test points, n_test x p", "no checkpoint"),
        real("weight_movement", "|w - w_0| / |w_0|", "no checkpoint"),
        matrix(
            "ntk_train",
            "empirical NTK, (n_train p) x (n_train p)",
            "neither the first nor the last step, or n_train p above 2048",
        ),
        matrix(
            "ntk_test_train",
            "empirical NTK, (n_test p) x (n_train p)",
            "not the first step, or n_train p above 2048",
        ),
        matrix(
            "last_layer_train",
            "kernel of the last layer alone, n_train x n_train",
            "not the first step",
        ),
        matrix(
            "last_layer_test_train",
            "kernel of the last layer alone, n_test x n_train",
            "not the first step",
        ),
    ),
)

PREDICTIONS = Table(
    "predictions.parquet",
    "one prediction of one model at one test point and step",
    (
        text(
            "model",
            "network; its own predictions ntk_corrected, empirical_ntk, last_layer;"
            " the limits ntk, nngp; the kernels gaussian, laplace",
        ),
        ACTIVATION,
        WIDTH.but(null="a limit"),
        SEED.but(null="a limit"),
        STEP.but(null="the limit of infinitely many steps"),
        INDEX,
        OUTPUT,
        real("f", "predicted value", "diverged, see theory.parquet"),
    ),
)

METRICS = Table(
    "metrics.parquet",
    "one number",
    (
        text(
            "experiment",
            "step7, a variant of it, beyond/<activation>, beyond/sphere_<d>, scale, scale/<g>, or"
            " the step of the course",
        ),
        ACTIVATION.but(null="has nothing to do with one"),
        WIDTH.but(null="a limit"),
        SEED.but(null="a limit, or taken over all seeds"),
        STEP.but(null="does not depend on the step, or the limit of infinitely many"),
        text("metric", "name of the number, see the list of metrics"),
        VALUE,
    ),
)

SLOPES = Table(
    "slopes.parquet",
    "one straight line fitted to log2 metric against log2 width, all seeds",
    (
        EXPERIMENT,
        ACTIVATION.but(null="has nothing to do with one"),
        METRIC,
        STEP.but(null="the metric does not depend on the step"),
        text(
            "widths",
            "all; widest: the widest few, as configured; local: neighbours; shared: those of step7"
            " in the range of the experiments beyond/",
        ),
        *FITTED_WIDTHS,
        SLOPE[0],
        real("intercept", "log2 of the metric that the line gives at width 1"),
        *SLOPE[1:],
        *LINE,
    ),
)

CLAIMS = Table(
    "claims.parquet",
    "one statement of the report, and what was measured for it",
    (
        text("course_step", "step of the course that states it: step1, step2, ..."),
        text("statement", "one sentence"),
        METRIC,
        EXPERIMENT.but(meaning="as in metrics.parquet; with / at its end all that begin so"),
        text(
            "kind",
            "what of the metric the limits are for: values: each; slopes: those over the widest or"
            " all widths, or, where the line is rejected, from width to width; medians, means: over"
            " seeds at the widest width; ratios: its root mean square over widths and seeds /"
            " theory's;"
            " errors: its value at the widest width with its standard error",
        ),
        text("step", "steps of gradient descent after which it is stated, or last", "any, or none"),
        real("low", "lower limit, included", "there is none"),
        real("high", "upper limit, included", "there is none"),
        text("reason", "why the limits are where they are"),
        real("smallest", "smallest value measured", "nothing was measured"),
        real("largest", "largest value measured", "nothing was measured"),
        real("interval_low", "lowest end of the 95 % intervals", "kind is values"),
        real("interval_high", "highest end of the 95 % intervals", "kind is values"),
        large_count("count", "values measured"),
        large_count("rejected", "those that are slopes from width to width, for want of a line"),
        text(
            "verdict",
            "yes: every interval lies within the limits; no: one lies beyond them; open: one"
            " straddles a limit, and none lies beyond; not measured",
        ),
        real("truth", "what the value is supposed to be in the next column", "chance has no part"),
        real(
            "chance_if_true",
            "how often such a study says yes where all values are so in truth, by simulation",
            "chance has no part in it",
        ),
        real(
            "chance_if_false",
            "how often it does where one value is at a limit, whichever says yes most often",
            "chance has no part in it",
        ),
        text("test", "where it is tested: <file under tests/>::<function>"),
    ),
)

RUNS = Table(
    "runs.parquet",
    "one trained network: what it cost, and where",
    (
        EXPERIMENT,
        WIDTH,
        count("chunk", "number of the job among those of the width"),
        SEED,
        text("engine", "engine that trained it"),
        large_count("steps", "steps taken"),
        real("train_seconds", "wall time of the training alone", unit="s"),
        real("wall_seconds", "wall time, initialising and reading out too", unit="s"),
        real("cpu_seconds", "CPU time, the same", unit="s"),
        real("memory_mb", "peak resident memory of the job so far", unit="MB"),
        count("threads", "threads the job was given"),
        text("machine", "processor and operating system"),
        text("versions", "python, numpy, scipy, numba, pyarrow, widelimit"),
    ),
)
