"""Rough upper bounds on the time and memory of jobs: what is asked of a cluster, which kills jobs
that take more. Times are twice to fifteen times what was measured on one core of 2024.
"""

import math
from collections.abc import Sequence

from widelimit.kernels.activations import parse_activation
from widelimit.measure.wide import MAX_EMPIRICAL_SIZE
from widelimit.study.config import Experiment, Study
from widelimit.study.config.steps import Learning, Step4

INTERPRETER = 700
"""MB of a job that has next to nothing to do: Python with its libraries, compiled code, and the
Snakemake that starts it."""
ROW = 350
"""Bytes of a row of predictions, with what is made of it on the way to the numbers."""
STRIDES = 1000
"""At most so many strides lead to the last step of a prediction: 912 to step 10^8."""
LONGEST = 24 * 60
"""Minutes that a first attempt asks for at most."""


def training_seconds(
    engine: str,
    *,
    width: int,
    n_train: int,
    steps: int,
    checkpoints: int = 0,
    activation: str = "relu",
    inputs: int = 2,
    outputs: int = 1,
) -> float:
    """Seconds for one network of `width` hidden units.

    dense     every pair of a unit and a point at every step: its activation, which is cheap for
              (leaky) ReLU with one output, and its share of products with all inputs and outputs
    circle    a step costs its points and the units at their kinks, of which there are some
              sqrt(width); setting up and each checkpoint cost every unit

    Raises ValueError for another engine.
    """
    if engine == "dense":
        phi = parse_activation(activation)
        cheap = phi.slope is not None and outputs == 1
        degree = phi.parameter if phi.family == "hermite" else 0
        pair = (1e-9 if cheap else 1.5e-8 + 1e-9 * degree) + 2e-10 * (inputs + outputs)
        return pair * width * n_train * steps
    if engine == "circle":
        step = 3e-7 * n_train + 5e-8 * math.sqrt(width)
        return step * steps + 2e-7 * width * (10 + checkpoints)
    raise ValueError(f"engine must be dense or circle; got {engine!r}")


def training_minutes(
    experiment: Experiment, engine: str, *, widths: Sequence[int], seeds: int
) -> int:
    """Minutes for `seeds` networks of each width: five more than they take, as code may have to be
    compiled, and a day at most."""
    data, network = experiment.data, experiment.network
    seconds = seeds * sum(
        training_seconds(
            engine,
            width=width,
            n_train=data.n_train,
            steps=network.steps,
            checkpoints=len(network.all_checkpoints),
            activation=network.activation,
            inputs=data.n_inputs,
            outputs=data.n_outputs,
        )
        for width in widths
    )
    return min(5 + int(seconds / 60), LONGEST)


def chunk_minutes(experiment: Experiment, engine: str, width: int) -> int:
    """Minutes for one job of an experiment: a chunk of seeds of one width."""
    seeds = experiment.network.seeds_per_job
    return training_minutes(experiment, engine, widths=[width], seeds=seeds)


def small_minutes(experiment: Experiment, engine: str) -> int:
    """Minutes for an experiment that one job trains and compares."""
    network = experiment.network
    trained = training_minutes(experiment, engine, widths=network.widths, seeds=network.seeds)
    return min(trained + comparison_minutes(experiment), LONGEST)


def fit_minutes(experiment: Experiment) -> int:
    """Minutes for fit_kernels: decompositions of n x n matrices, 30 s of them seen for n = 2500,
    and at each checkpoint products of K(Z, X) with them."""
    n, m = experiment.data.n_train, experiment.data.n_test
    products = 1e-9 * m * n**2 * len(experiment.network.all_checkpoints)
    return min(10 + int((6e-9 * n**3 + products) / 60), LONGEST)


def comparison_minutes(experiment: Experiment) -> int:
    """Minutes for compare and measure: as fit_kernels, and for each network the decompositions of
    its own kernels, 3 s each for n = 2500."""
    network, n = experiment.network, experiment.data.n_train
    networks = len(network.widths) * network.seeds
    products = 1e-9 * n**2 * experiment.data.n_test * len(network.all_checkpoints)
    one = 2e-9 * (n**3 + _empirical(experiment) ** 3) + products
    return min(5 + fit_minutes(experiment) + int(networks * one / 60), LONGEST)


def has_flux(experiment: Experiment) -> bool:
    """Whether networks are (leaky) ReLU on the circle with one output, where theory has a flux at
    the kinks: `widelimit.finite_width.movement` asks the points themselves."""
    kinked = parse_activation(experiment.network.activation).slope is not None
    return kinked and experiment.data.n_outputs == 1 and experiment.data.on_circle


def prediction_minutes(experiment: Experiment) -> int:
    """Minutes for predict_distance, twice those measured: for each checkpoint, thousands of
    products of n x n and m x n matrices with up to 65 columns; for each width, and where two
    theories are joined, 16 trainings of thousands of units. On the circle, where (leaky) ReLU
    crosses from units to fluxes, a step is one of the circle engine, and strides of many steps are
    followed; elsewhere single units at each step.
    """
    data, network = experiment.data, experiment.network
    n, m, steps, widths = data.n_train, data.n_test, network.steps, len(network.widths)
    columns = min(n, 64) + 1
    start = columns * (4e-7 * n * (n + 2 * m) + 4e-5 * m) * len(network.all_checkpoints)
    if has_flux(experiment):
        flux = 2e-7 * n**2 * min(steps, STRIDES)
        moved = flux + 16 * (widths + 1) * steps * (4e-7 + 1e-7 * n)
    else:
        moved = (4e-4 * n + 1.2e-5 * n**2) * steps * widths
    return 5 + int(2 * (start + moved) / 60)


def prediction_megabytes(experiment: Experiment) -> int:
    """MB for predict_distance: n x n matrices, and what is known of 2 n borders at each stride."""
    strides = min(experiment.network.steps, STRIDES)
    n = experiment.data.n_train
    return data_megabytes(experiment) + 300 + _megabytes(30 * _gram(experiment) + 40 * n * strides)


def training_megabytes(experiment: Experiment, width: int) -> int:
    """MB for a job that trains networks of one width.

    For each unit six copies of its weights and ten numbers more: twice what the circle engine was
    seen to take at width 2^24, 2.1 GB. The kernels of the networks are kept until all are trained,
    and on the way into the file they are copied: five times all of them, and twelve times one.
    """
    largest = max(experiment.data.n_train, _empirical(experiment)) ** 2
    copies = 5 * _kept(experiment) * experiment.network.seeds_per_job + 12 * largest
    return data_megabytes(experiment) + _megabytes(_units(experiment, width) + copies)


def fit_megabytes(experiment: Experiment) -> int:
    """MB for fit_kernels: 17 matrices were seen of as many numbers as K(X, X) and K(Z, X) have, of
    the two kernels, one decomposition, and on the way into the file."""
    return data_megabytes(experiment) + _megabytes(20 * _gram(experiment))


def comparison_megabytes(experiment: Experiment) -> int:
    """MB for compare and measure: limit kernels, the networks of two training jobs, the changes of
    all kernels of a width, predictions."""
    networks = 6 * _kept(experiment) * experiment.network.seeds_per_job
    changes = 2 * _empirical(experiment) ** 2 * experiment.network.seeds
    numbers = 9 * _gram(experiment) + networks + changes
    return INTERPRETER + _megabytes(numbers) + _prediction_rows(experiment)


def small_megabytes(experiment: Experiment) -> int:
    """MB for an experiment in one job, which keeps all of its networks."""
    network = experiment.network
    networks = 6 * _kept(experiment) * network.seeds * len(network.widths)
    numbers = 26 * _gram(experiment) + networks + _units(experiment, max(network.widths))
    return data_megabytes(experiment) + _megabytes(numbers) + _prediction_rows(experiment)


def figure_megabytes(experiment: Experiment, *, kernels: bool) -> int:
    """MB for a figure, which may read all predictions of an experiment, and its limit kernels."""
    read = 14 * _gram(experiment) if kernels else 0
    return data_megabytes(experiment) + 800 + _megabytes(read) + _prediction_rows(experiment)


def data_megabytes(experiment: Experiment) -> int:
    """MB for generate_data, as of each job that only reads points: of each number it has six copies
    for a while."""
    data = experiment.data
    columns = data.n_inputs + data.n_outputs
    return INTERPRETER + _megabytes(6 * (data.n_train + data.n_test) * columns)


def _units(experiment: Experiment, width: int) -> int:
    return width * (10 + 6 * (experiment.data.n_inputs + experiment.data.n_outputs))


def _gram(experiment: Experiment) -> int:
    """Numbers of K(X, X) and K(Z, X)."""
    return experiment.data.n_train * (experiment.data.n_train + experiment.data.n_test)


def _empirical(experiment: Experiment) -> int:
    """n_train p where the empirical NTK is kept, else 0."""
    size = experiment.data.n_train * experiment.data.n_outputs
    return size if size <= MAX_EMPIRICAL_SIZE else 0


def _kept(experiment: Experiment) -> int:
    """Numbers of the kernels of one network: of its last layer, and empirical NTKs."""
    data, size = experiment.data, _empirical(experiment)
    return _gram(experiment) + size * (2 * size + data.n_test * data.n_outputs)


def _prediction_rows(experiment: Experiment) -> int:
    """MB of predictions: for each point, output and step four of each network, and the limits."""
    data, network = experiment.data, experiment.network
    each = data.n_test * data.n_outputs * len(network.all_checkpoints)
    return int(ROW * each * 4 * (len(network.widths) * network.seeds + 1) / 10**6)


def random_features_megabytes(step4: Step4) -> int:
    """MB for the measurements of step 4: some copies of the largest matrix of features."""
    double_descent = max(step4.ratios) * step4.n_train * (step4.n_train + step4.n_test)
    return INTERPRETER + _megabytes(4 * max(double_descent, max(step4.widths) * step4.n_train))


def classes_megabytes(study: Study) -> int:
    """MB for kernels on classes: some matrices of the training points beside each other."""
    n = study.classes.n_train or study.data.n_train
    m = study.classes.n_test or study.data.n_test
    return data_megabytes(study) + _megabytes(6 * n * (n + m))


def learning_megabytes(learning: Learning) -> int:
    """MB for learning curves: matrices of the largest number of points, several of each degree; or
    for its networks, whose gradients take three matrices of points by units."""
    n, m = max(learning.sizes), learning.n_test
    matrices = max(learning.degrees) + 2 * len(learning.degrees) + 8
    curves = matrices * n * (n + m)
    n, k, d = max(learning.network_sizes), learning.network_width, max(learning.dimensions)
    networks = 3 * n * (k + n + m) + k * (10 + 6 * (d + 1))
    rows = learning.draws * len(learning.sizes) * len(learning.degrees) * len(learning.dimensions)
    return INTERPRETER + _megabytes(max(curves, networks)) + int(8e-3 * rows)


def learning_minutes(learning: Learning) -> int:
    """Minutes for learning curves, twice those measured: a decomposition and some products for each
    of four kernels, draw and number of points; and the trainings, whose gradients are taken too."""
    m, degrees = learning.n_test, len(learning.degrees)
    curve = sum(2e-10 * n**2 * (n + (3 + degrees) * m) for n in learning.sizes)
    curves = 4 * learning.draws * len(learning.dimensions) * curve
    width, d = learning.network_width, max(learning.dimensions)
    networks = learning.network_draws * sum(
        1e-9 * n**3
        + len(learning.network_scales)
        * (
            4e-8 * n * width
            + training_seconds(
                "dense",
                width=width,
                n_train=n,
                steps=learning.network_steps,
                activation=learning.activation,
                inputs=d,
            )
        )
        for n in learning.network_sizes
    )
    return min(10 + int(2 * (curves + networks) / 60), LONGEST)


def _megabytes(numbers: float) -> int:
    """Of numbers of 8 bytes."""
    return int(8 * numbers / 10**6)
