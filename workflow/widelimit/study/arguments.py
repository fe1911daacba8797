"""What of a study each job is told: the arguments of the functions that compute.

A job runs again when they change, so each is told what it needs and no more.
"""

from typing import Any

from widelimit.data.datasets import DATASETS, TABLES
from widelimit.study import cost
from widelimit.study.config import Data, Experiment, Network, Study

_POINTS = ("design", "dimension", "targets")
_POINTS_OF = {
    "file": ("path", "inputs", "outputs", "standardise"),
    "lecture": ("dimension",),
    **dict.fromkeys(DATASETS, ()),
    **dict.fromkeys(TABLES, ("standardise",)),
}


def data_arguments(data: Data) -> dict[str, Any]:
    """Arguments of data.points.make_points: the keys that the source asks for."""
    keys = _POINTS_OF.get(data.source, _POINTS)
    names = ("source", "bias", *keys, "n_train", "n_test", "noise_std")
    return {name: getattr(data, name) for name in names}


def kernel_arguments(experiment: Experiment) -> dict[str, Any]:
    """Arguments of measure.wide.kernels.fit_kernels."""
    kernels = experiment.kernels
    scales = {"gaussian": kernels.gaussian_scale, "laplace": kernels.laplace_scale}
    return {
        **comparison_arguments(experiment),
        "activation": experiment.network.activation,
        "ridge": kernels.ridge,
        "rcond": kernels.rcond,
        "scales": {name: scale for name, scale in scales.items() if scale is not None},
        "random_start": experiment.network.output_scale is None,
    }


def network_arguments(experiment: Experiment) -> dict[str, Any]:
    """Arguments of measure.wide.networks.train_networks that all networks share."""
    network = experiment.network
    return {
        **comparison_arguments(experiment),
        "activation": network.activation,
        "steps": network.steps,
        "loss_steps": network.loss_steps,
        "engine": network.engine,
    }


def comparison_arguments(experiment: Experiment) -> dict[str, Any]:
    """Arguments of measure.wide.predictions.compare."""
    network = experiment.network
    return {"learning_rate": network.learning_rate, "checkpoints": network.all_checkpoints}


LONGEST_PREDICTION = 30
"""Minutes, by the estimate: some 15 on one core."""


def predictable(study: Study) -> bool:
    """Whether the distance of the study's networks is predicted."""
    return not why_unpredictable(study)


def why_unpredictable(study: Study) -> str:
    """What in the configuration keeps theory from predicting the study's distances; empty if
    nothing does."""
    network = study.network
    if study.data.n_outputs > 1:
        return f"theory predicts networks of one output; got {study.data.n_outputs}"
    if network.output_scale is not None:
        return "network.output_scale: theory predicts networks without one"
    if study.allow_unstable:
        return "allow_unstable: theory predicts networks whose learning rate is stable"
    minutes = cost.prediction_minutes(study.experiments()["step7"])
    if minutes > LONGEST_PREDICTION:
        return (
            f"predicting so many points, steps and widths would take about {minutes} minutes; the"
            f" limit is {LONGEST_PREDICTION}. Use fewer points, steps or widths"
        )
    return ""


def prediction_arguments(name: str, experiment: Experiment) -> dict[str, Any]:
    """Arguments of measure.predicted.predict_distance."""
    network = experiment.network
    return {
        **comparison_arguments(experiment),
        "experiment": name,
        "activation": network.activation,
        "widths": network.widths,
    }


def small_experiment_arguments(name: str, experiment: Experiment) -> dict[str, Any]:
    """Arguments of measure.wide.small_experiment.run_experiment."""
    network = experiment.network
    return {
        "experiment": name,
        "widths": network.widths,
        "seeds": network.seeds,
        "kernels": kernel_arguments(experiment),
        "network": network_arguments(experiment),
        "output_scales": [network.output_scale_at(width) for width in network.widths],
    }


def chunks(network: Network) -> range:
    """Numbers of the jobs that train the seeds of one width."""
    return range(-(-network.seeds // network.seeds_per_job))


def chunk_arguments(network: Network, *, width: int, chunk: int) -> dict[str, Any]:
    """The networks that one job trains: always a whole chunk of seeds, so that more seeds never
    change a job that has been done."""
    first = chunk * network.seeds_per_job
    return {
        "width": width,
        "seeds": list(range(first, first + network.seeds_per_job)),
        "output_scale": network.output_scale_at(width),
    }
