"""Stage train_networks: train the networks of one width and one chunk of seeds."""

import platform
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd

from widelimit.data.points import Points
from widelimit.measure.wide import MAX_EMPIRICAL_SIZE
from widelimit.networks.model import initialise
from widelimit.networks.tangent import last_layer_kernel, network_kernels, ntk_matrix
from widelimit.seeds import generator
from widelimit.tables.provenance import versions
from widelimit.training import TrainingCollapsed, TrainingDiverged, TrainingResult, train


def train_networks(
    train_points: Points,
    test_points: Points,
    *,
    root: int,
    width: int,
    seeds: Iterable[int],
    activation: str,
    learning_rate: float,
    steps: int,
    checkpoints: Sequence[int],
    loss_steps: Sequence[int],
    engine: str,
    output_scale: float | None = None,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[str, int, int, float], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the NETWORKS table, and of the RUNS table without experiment, chunk and threads.

    With an output_scale alpha, outputs and losses are those of alpha (f - f_0), f_0 the network at
    its start. Kernels and weights are those of f: gradient descent on the loss / alpha^2 moves
    alpha (f - f_0) by the very kernel of f, at the same learning rate.
    say takes a line for each network; progress(network, step, steps, loss) is called a few times
    a second at most. Neither changes a number.

    The initial weights of a network depend on (root, width, seed) alone. Raises ArithmeticError,
    naming width, seed and step, when a network diverges, collapses or is dead from its start.
    """
    X, y, Z = train_points.X, train_points.y, test_points.X
    if y.shape[1] == 1:
        y = y[:, 0]
    loss_steps = sorted({*loss_steps, *checkpoints})
    networks, runs = [], []
    for seed in seeds:
        clock = _Clock()
        rng = generator(root, "init", width, seed)
        A, B = initialise(width, X.shape[1], outputs=train_points.y.shape[1], rng=rng)
        training_clock = _Clock()
        try:
            result = train(
                X,
                y,
                A,
                B,
                activation=activation,
                learning_rate=learning_rate,
                steps=steps,
                checkpoints=checkpoints,
                loss_steps=loss_steps,
                X_test=Z,
                engine=engine,
                output_scale=output_scale,
                progress=progress
                and partial(_report, progress, f"width {width}, seed {seed}", steps),
            )
        except (TrainingCollapsed, TrainingDiverged) as error:
            scaled = "" if output_scale is None else f", output scale {output_scale:.3g}"
            raise ArithmeticError(f"width {width}, seed {seed}{scaled}: {error}") from None
        train_seconds = training_clock.wall()
        readouts = _readouts(X, Z, A, B, result, activation)
        if steps and result.losses[-1] > 0 and not np.any(readouts["last_layer_train"][0]):
            raise ArithmeticError(
                f"width {width}, seed {seed}: no hidden unit is active on a training point at step"
                f" 0, so that no weight moves and the training loss stays {result.losses[-1]:.4g};"
                " take wider networks"
            )
        networks += _rows(seed, activation, result, loss_steps, readouts)
        runs.append(
            {
                "width": width,
                "seed": seed,
                "engine": result.engine,
                "steps": steps,
                "train_seconds": train_seconds,
                "wall_seconds": clock.wall(),
                "cpu_seconds": clock.cpu(),
                "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _RSS_UNITS_A_MB,
                "machine": f"{_processor()}, {platform.system()} {platform.release()}",
                "versions": versions(),
            }
        )
        say(
            f"width {width}, seed {seed}: {steps} steps by the {result.engine} engine in"
            f" {train_seconds:.2f} s ({steps / train_seconds:.3g} a second),"
            f" training loss {result.losses[0]:.4g} -> {result.losses[-1]:.4g}"
        )
    return pd.DataFrame(networks), pd.DataFrame(runs)


def _report(progress, network: str, steps: int, step: int, loss: float):
    progress(network, step, steps, loss)


def summary(networks: pd.DataFrame, runs: pd.DataFrame) -> str:
    """The job in one line: width, seeds, steps a second, training losses at the end."""
    seeds, losses = runs["seed"], networks.groupby("seed")["train_loss"].last()
    pace = runs["steps"].sum() / runs["train_seconds"].sum()
    steps, last_losses = f"{runs['steps'].iloc[0]} steps", f"{losses.min():.3g}"
    if len(seeds) == 1:
        seed_words = f"seed {seeds.iloc[0]}"
    else:
        seed_words, steps = f"seeds {seeds.min()} to {seeds.max()}", f"{steps} each"
        last_losses += f" to {losses.max():.3g}"
    return (
        f"width {runs['width'].iloc[0]}, {seed_words}: {steps}, {pace:.3g} a second,"
        f" training loss {last_losses}"
    )


def _readouts(X, Z, A, B, result: TrainingResult, activation: str) -> dict[str, list]:
    """Kernels of the network at the first and the last checkpoint, ravelled."""
    if len(X) * len(A) > MAX_EMPIRICAL_SIZE:
        kernels = {
            "last_layer_train": [last_layer_kernel(X, None, B, activation=activation)],
            "last_layer_test_train": [last_layer_kernel(Z, X, B, activation=activation)],
        }
    else:
        start = network_kernels(X, Z, A, B, activation=activation)
        kernels = {name: [kernel] for name, kernel in start._asdict().items()}
        kernels["ntk_train"].append(ntk_matrix(X, None, result.A, result.B, activation=activation))
    return {name: [kernel.ravel() for kernel in values] for name, values in kernels.items()}


def _rows(seed, activation, result: TrainingResult, loss_steps, kernels: dict[str, list]):
    """One row for each step at which the loss or more is kept."""
    checkpoints = {int(step): i for i, step in enumerate(result.checkpoints)}
    first, last = min(checkpoints), max(checkpoints)
    for step, loss in zip(loss_steps, result.losses, strict=True):
        row = {
            "activation": activation,
            "seed": seed,
            "step": step,
            "train_loss": loss,
            "f_train": None,
            "f_test": None,
            "weight_movement": None,
        }
        if step in checkpoints:
            place = checkpoints[step]
            row["f_train"] = result.f_train[place].ravel()
            row["f_test"] = result.f_test[place].ravel()
            row["weight_movement"] = result.weight_movement[place]
        for name in ("ntk_train", "ntk_test_train", "last_layer_train", "last_layer_test_train"):
            values = kernels.get(name, [])
            place = {first: 0, last: 1}.get(step, len(values))
            row[name] = values[place] if place < len(values) else None
        yield row


class _Clock:
    def __init__(self):
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def wall(self) -> float:
        return time.perf_counter() - self._wall

    def cpu(self) -> float:
        return time.process_time() - self._cpu


_RSS_UNITS_A_MB = 1e6 if sys.platform == "darwin" else 1e6 / 1024
"""ru_maxrss counts bytes on macOS, KiB on Linux."""


@cache
def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
