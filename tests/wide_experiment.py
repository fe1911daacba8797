"""Experiments of seconds, run in memory as the workflow runs its own."""

from table_checks import where
from widelimit.measure.wide.small_experiment import Experiment, run_experiment


def run(
    points,
    *,
    activation="relu",
    widths=(16, 40),
    seeds=2,
    steps=50,
    checkpoints=None,
    loss_steps=None,
    learning_rate=0.01,
    engine="auto",
    scales=None,
    root=0,
    experiment="step7",
) -> Experiment:
    checkpoints = [0, steps] if checkpoints is None else checkpoints
    common = {
        "activation": activation,
        "learning_rate": learning_rate,
        "checkpoints": checkpoints,
    }
    return run_experiment(
        points,
        root=root,
        experiment=experiment,
        widths=widths,
        seeds=seeds,
        kernels=common | {"ridge": 0.0, "rcond": None, "scales": scales},
        network=common
        | {"steps": steps, "loss_steps": loss_steps or checkpoints, "engine": engine},
    )


def number(metrics, metric, width=None, seed=None, step=None):
    """The one value of a metric at this place."""
    return where(metrics, metric=metric, width=width, seed=seed, step=step)["value"].item()
