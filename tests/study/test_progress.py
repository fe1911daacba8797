"""Progress of long jobs, with a clock that stands still until told otherwise."""

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from spheres import sphere
from widelimit import initialise, train
from widelimit.data.points import generate_data
from widelimit.measure.wide.networks import summary, train_networks
from widelimit.study.progress import Progress
from widelimit.training import descent


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def job():
    clock = SimpleNamespace(now=100.0)
    lines, terminal = [], Terminal()
    progress = Progress(lines.append, terminal=terminal, clock=lambda: clock.now)
    return SimpleNamespace(clock=clock, lines=lines, terminal=terminal, progress=progress)


def test_a_short_job_says_its_last_word_only(job):
    job.clock.now += 1
    job.progress("width 64, seed 0", 50, 100, 0.1)
    assert (job.lines, job.terminal.getvalue()) == ([], "")
    job.progress.end("width 64: done")
    assert job.lines == ["width 64: done"]
    assert job.terminal.getvalue().endswith("\rwidth 64: done\n")


def test_a_long_job_shows_a_bar_and_logs_now_and_then(job):
    for step in range(1, 31):
        job.clock.now += 1
        job.progress("width 64, seed 0", 10 * step, 400, 0.125)
    assert job.lines == [
        "width 64, seed 0: 100 of 400 steps, 25%, training loss 0.125, 30 s left",
        "width 64, seed 0: 200 of 400 steps, 50%, training loss 0.125, 20 s left",
        "width 64, seed 0: 300 of 400 steps, 75%, training loss 0.125, 10 s left",
    ]
    *_, last = job.terminal.getvalue().split("\r")
    assert last.rstrip() == (
        "width 64, seed 0 [###############.....]  75%, training loss 0.125, 10 s left"
    )
    assert "\n" not in job.terminal.getvalue()


def test_the_next_network_is_reckoned_from_its_own_start(job):
    job.clock.now += 50
    job.progress("seed 0", 100, 100, 1.0)
    job.clock.now += 5
    job.progress("seed 1", 50, 100, 1.0)
    job.clock.now += 6
    job.progress("seed 1", 75, 100, 1.0)
    assert job.lines[-1] == "seed 1: 75 of 100 steps, 75%, training loss 1, 4 s left"


def test_no_bar_where_nobody_watches(job):
    file = io.StringIO()
    progress = Progress(job.lines.append, terminal=file, clock=lambda: job.clock.now)
    job.clock.now += 11
    progress("seed 0", 1, 2, 1.0)
    assert file.getvalue() == ""
    progress.end("done")
    assert file.getvalue() == "done\n"


CASES = [(2, "relu", 1, "circle"), (2, "relu", 1, "dense"), (5, "gelu", 1, "dense")]


@pytest.mark.parametrize("d, activation, outputs, engine", [*CASES, (4, "relu", 3, "dense")])
def test_watching_changes_no_bit(d, activation, outputs, engine, monkeypatch):
    rng = np.random.default_rng(0)
    X = sphere(rng, 8, d)
    y = rng.standard_normal(8 if outputs == 1 else (8, outputs))
    A, B = initialise(40, d, outputs=outputs, rng=rng)
    options = {"activation": activation, "learning_rate": 1e-2, "steps": 200, "engine": engine}
    plain = train(X, y, A, B, **options)
    # Watched at every step, which cuts the run into pieces of one step or a few.
    monkeypatch.setattr(descent, "SECONDS_BETWEEN_REPORTS", 1e-9)
    seen = []
    watched = train(X, y, A, B, **options, progress=lambda *report: seen.append(report))
    assert seen == list(enumerate(plain.losses))[1:]
    for name in ("A", "B", "losses"):
        np.testing.assert_array_equal(getattr(watched, name), getattr(plain, name))


def test_the_job_in_one_line(monkeypatch):
    monkeypatch.setattr(descent, "SECONDS_BETWEEN_REPORTS", 1e-9)
    points = generate_data(
        root=0,
        source="sphere",
        design="uniform",
        dimension=3,
        n_train=5,
        n_test=4,
        targets=["x_0"],
        noise_std=0.0,
    )
    seen = []
    networks, runs = train_networks(
        points["train"],
        points["test"],
        root=0,
        width=16,
        seeds=[3, 4],
        activation="relu",
        learning_rate=0.01,
        steps=20,
        checkpoints=[20],
        loss_steps=[1, 10],
        engine="dense",
        progress=lambda *report: seen.append(report),
    )
    last = networks[networks["step"] == 20].set_index("seed")["train_loss"]
    runs["train_seconds"] = [0.5, 1.5]
    assert summary(networks, runs) == (
        "width 16, seeds 3 to 4: 20 steps each, 20 a second,"
        f" training loss {last.min():.3g} to {last.max():.3g}"
    )
    assert {what for what, *_ in seen} == {"width 16, seed 3", "width 16, seed 4"}
    assert seen[-1] == ("width 16, seed 4", 20, 20, last[4])
    one = summary(networks[networks["seed"] == 3], runs[:1])
    assert one.startswith("width 16, seed 3: 20 steps, 40 a second, training loss")
    assert pd.notna(last).all()
