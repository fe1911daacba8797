"""What jobs are told: arguments that the functions take, and whole chunks of seeds."""

import inspect

import pytest

from widelimit.data.points import draw_dataset, draw_lecture, generate_data, read_points
from widelimit.measure.wide.kernels import fit_kernels
from widelimit.measure.wide.networks import train_networks
from widelimit.measure.wide.predictions import compare
from widelimit.measure.wide.small_experiment import run_experiment
from widelimit.study.arguments import (
    chunk_arguments,
    chunks,
    comparison_arguments,
    data_arguments,
    kernel_arguments,
    network_arguments,
    small_experiment_arguments,
)
from widelimit.study.config import Data, Experiment, Kernels, Network


def takes(function, arguments: dict, *others: str) -> None:
    """The arguments are the function's, and with the others all keywords that it needs."""
    parameters = inspect.signature(function).parameters
    needed = {
        name
        for name, each in parameters.items()
        if each.kind is each.KEYWORD_ONLY and each.default is each.empty
    }
    assert needed <= {*arguments, *others} <= set(parameters)


@pytest.mark.parametrize(
    "data, function",
    [
        (Data(), generate_data),
        (Data(source="file", path="a.csv", inputs=["a"], outputs=["b"]), read_points),
        (Data(source="digits"), draw_dataset),
        (Data(source="wine", standardise=True), draw_dataset),
        (Data(source="lecture"), draw_lecture),
    ],
    ids=["generated", "file", "digits", "wine", "lecture"],
)
def test_a_source_is_told_the_keys_that_it_asks_for(data, function):
    arguments = data_arguments(data)
    assert arguments.pop("bias") is False
    if function is not generate_data:
        assert arguments.pop("source") == data.source
    takes(function, arguments, "root")


def test_the_stages_take_what_they_are_told():
    experiment = Experiment()
    takes(fit_kernels, kernel_arguments(experiment))
    takes(compare, comparison_arguments(experiment))
    chunk = chunk_arguments(experiment.network, width=64, chunk=0)
    takes(train_networks, network_arguments(experiment) | chunk, "root")
    takes(run_experiment, small_experiment_arguments("a", experiment), "root", "say")


def test_scales_are_those_that_are_set():
    assert kernel_arguments(Experiment(kernels=Kernels()))["scales"] == {}
    scaled = Experiment(kernels=Kernels(laplace_scale=3))
    assert kernel_arguments(scaled)["scales"] == {"laplace": 3}


@pytest.mark.parametrize("seeds, per_job, count", [(1, 5, 1), (5, 5, 1), (6, 5, 2), (7, 1, 7)])
def test_chunks_hold_all_seeds(seeds, per_job, count):
    network = Network(seeds=seeds, seeds_per_job=per_job)
    assert list(chunks(network)) == list(range(count))
    trained = [
        seed
        for chunk in chunks(network)
        for seed in chunk_arguments(network, width=64, chunk=chunk)["seeds"]
    ]
    assert trained == list(range(count * per_job))


def test_more_seeds_leave_a_chunk_as_it_is():
    few, many = Network(seeds=3, seeds_per_job=2), Network(seeds=30, seeds_per_job=2)
    assert chunk_arguments(few, width=64, chunk=1) == chunk_arguments(many, width=64, chunk=1)
