"""What only the data can tell of a configuration: is it sound, is gradient descent stable, does
the engine asked for apply?

``python -m widelimit.study.checks config.yaml studies/mine.yaml`` checks the second
laid over the first.
"""

import os
import sys
from pathlib import Path

import numpy as np

from widelimit import PACKAGE
from widelimit.data.datasets import DATASETS
from widelimit.data.points import make_points
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import ntk_gram
from widelimit.linear.gradient_descent import stability_bound
from widelimit.measure.classes import fitted_points
from widelimit.study.arguments import data_arguments
from widelimit.study.config import Experiment, Study, load_study, read_configs
from widelimit.study.config.errors import ConfigError, readable
from widelimit.study.environment import check_paths
from widelimit.study.measurements import MEASUREMENTS
from widelimit.training.circle import obstacle_before_weights

MAX_JOBS = 50_000
"""Beyond this Snakemake takes hours to plan; docs/cluster.md has measurements."""
LONGEST_NAME = 255
"""Of a file or folder, in bytes, on the file systems of Linux and macOS."""
NO_RESULTS = ("workflow", "profiles", "studies", "tests", "docs", "benchmarks")
"""Folders of the project itself."""


def check_results(folder: str) -> None:
    """Raise ConfigError unless results can be written there: a folder of their own, not read-only,
    and without links into a cache that is gone, which Snakemake would take for files."""
    longest = max(folder.split("/"), key=lambda part: len(part.encode()))
    if len(longest.encode()) > LONGEST_NAME:
        raise ConfigError(
            f"results_dir: each folder's name must have at most {LONGEST_NAME} letters; got one of"
            f" {len(longest)}"
        )
    link = next((each for each in (Path(folder), *Path(folder).parents) if each.is_symlink()), None)
    if link and not link.exists():
        raise ConfigError(f"results_dir: {link} is a link to {link.readlink()}, which is not there")
    path = Path(folder).resolve()
    if Path.cwd().is_relative_to(path):
        raise ConfigError(
            "results_dir: must be a folder of its own, not one that holds the working directory;"
            f" got {folder}"
        )
    inside = path.relative_to(Path.cwd()).parts if path.is_relative_to(Path.cwd()) else ()
    if inside and (inside[0] in NO_RESULTS or inside[0].startswith(".")):
        raise ConfigError(
            f"results_dir: must be a folder of its own, not in {inside[0]}/; got {folder}"
        )
    there = next(part for part in (path, *path.parents) if part.exists())
    if not there.is_dir():
        raise ConfigError(f"results_dir: must be a folder; got {folder}, and {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ConfigError(f"results_dir: must be writable, and {there} is not; got {folder}")
    links = [path for path in Path(folder).rglob("*") if path.is_symlink() and not path.exists()]
    if links:
        raise ConfigError(
            f"results_dir: {len(links)} results are links to files that are gone, such as"
            f" {links[0]} to {links[0].readlink()}; bring those back, or delete the links with:"
            f" find {folder} -xtype l -delete"
        )


def check_study(study: Study) -> None:
    """Make the points of every experiment and hold its learning rate and engine against them.

    Raises ConfigError, naming the key, what is allowed and what was given.
    """
    networks = [experiment.network for experiment in study.experiments().values()]
    jobs = sum(len(each.widths) * -(-each.seeds // each.seeds_per_job) for each in networks)
    if jobs > MAX_JOBS:
        raise ConfigError(
            f"network.seeds_per_job: widths and seeds must make at most {MAX_JOBS} jobs that train;"
            f" got {jobs}: let each train more seeds"
        )
    for name, experiment in study.experiments().items():
        prefix = "" if name == "step7" else f"variants.{name}."
        _check_experiment(experiment, prefix, root=study.seed, unstable=study.allow_unstable)
    if study.data.has_classes:
        points = MEASUREMENTS["classes"].arguments(study)["points"]
        try:
            make_points(**points)
        except ValueError as error:
            raise ConfigError(f"classes.n_train: {error}") from None
        if fitted_points(points["n_train"], study.classes.validation) < 1:
            raise ConfigError(
                "classes.validation: must leave at least 1 of the training points to fit kernels"
                f" to; got {study.classes.validation:g} of {points['n_train']}"
            )
    for name, experiment in study.small_experiments().items():
        try:
            _check_experiment(experiment, "", root=study.seed, unstable=study.allow_unstable)
        except ConfigError as error:
            section = name.partition("/")[0]
            none = {"beyond": "activations: [], dimensions: []", "scale": "scales: []"}[section]
            raise ConfigError(
                f"{section}: of its experiment {name}, {error}"
                f" ({section}: {{{none}}} leaves these out)"
            ) from None


def _check_experiment(experiment: Experiment, prefix: str, *, root: int, unstable: bool) -> None:
    try:
        points = make_points(root=root, **data_arguments(experiment.data))
    except ValueError as error:
        source = experiment.data.source
        key = "source" if source in (*DATASETS, "lecture") else "target"
        key = "path" if source == "file" else key
        raise ConfigError(readable(f"{prefix}data.{key}: {error}")) from None
    try:
        K = ntk_gram(points["train"].X, activation=experiment.network.activation)
    except ValueError as error:
        raise ConfigError(
            f"{prefix}network.activation: {experiment.network.activation} has no limit kernel on"
            f" source {experiment.data.source}{' with a bias' * experiment.data.bias}: {error}"
        ) from None
    if experiment.network.engine == "circle":
        reason = _circle_obstacle(experiment, points["train"].X)
        if reason is not None:
            raise ConfigError(
                f"{prefix}network.engine: must be auto or dense, not circle: {reason}"
            )
    bound, learning_rate = stability_bound(K), experiment.network.learning_rate
    if learning_rate >= bound and not unstable:
        raise ConfigError(
            f"{prefix}network.learning_rate: must be below 2 / lambda_max = {bound:.6g} of the"
            f" study's NTK on its {len(K)} training points; got {learning_rate:g}"
            " (allow_unstable: true runs it all the same)"
        )


def engine_of(experiment: Experiment, *, root: int) -> str:
    """circle or dense: the engine that trains the networks of a sound experiment."""
    if experiment.network.engine == "dense":
        return "dense"
    points = make_points(root=root, **data_arguments(experiment.data))
    return "circle" if _circle_obstacle(experiment, points["train"].X) is None else "dense"


def _circle_obstacle(experiment: Experiment, X: np.ndarray) -> str | None:
    phi = parse_activation(experiment.network.activation)
    return obstacle_before_weights(X, experiment.data.n_outputs, phi)


if __name__ == "__main__":
    try:
        check_paths(sys.executable, PACKAGE, os.getcwd())
        study = load_study(read_configs(sys.argv[1:]))
        check_study(study)
        check_results(study.results_dir)
    except ConfigError as error:
        sys.exit(f"The configuration cannot be run.\n{error}")
