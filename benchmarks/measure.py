"""One measurement in a process of its own: see that the method is right, then time it.

``python -m benchmarks.measure '{"case": .., "method": .., "seconds": .., "reference": ..}'`` prints
the rows as JSON, or {"missing": ..} where the method's library is not there.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import methods
from benchmarks.cases import FIRST_STEPS, MANY_STEPS, Case
from benchmarks.checks import TOLERANCE, TOLERANCES, check, deviation

FEWEST_STEPS = 3
FEWEST_CALLS = 2


class Stopwatch:
    """Adds up the seconds of its blocks: of this process (`cpu`), and all that passed (`wall`).

    Those of the process hardly change with what else runs on the machine.
    """

    def __init__(self):
        self.cpu = self.wall = 0.0

    def __enter__(self):
        self._started = time.process_time(), time.perf_counter()

    def __exit__(self, *_):
        cpu, wall = self._started
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall


def measure(case: Case, method: str, *, seconds: float, reference: Path) -> list[dict]:
    """The rows of one method on one case.

    seconds    how long to time it, roughly; the circle engine has its fixed numbers of steps
    reference  where the case's first method leaves its result for the others to be held to

    Raises ImportError where a library is missing, `checks.Disagreement` for a wrong result.
    """
    solve = methods.load(case.experiment, method)
    rows = _gram if case.width is None else _training
    return rows(solve, case, method, seconds, reference)


def _training(kind, case: Case, method: str, seconds: float, reference: Path) -> list[dict]:
    problem = case.problem()
    warm_up, trying, set_up, stepping = (Stopwatch() for _ in range(4))
    with warm_up:
        kind.warm_up(problem)

    trial, trial_steps = kind(problem), case.check_steps or FEWEST_STEPS
    with trying:
        losses = trial.advance(trial_steps)
    off = None
    if case.check_steps and kind.checked:
        A, B = trial.weights()
        off = _held_to(reference, case, method, {"losses": losses, "A": A, "B": B})
    del trial

    with set_up:
        run = kind(problem)
    if method == "circle":
        marks = [FIRST_STEPS, MANY_STEPS]
    else:
        fitting = seconds * trial_steps / max(trying.cpu, 1e-6)
        marks = [int(np.clip(fitting, FEWEST_STEPS, FIRST_STEPS))]
    rows = []
    for before, steps in zip([0, *marks], marks, strict=False):
        with stepping:
            run.advance(steps - before)
        rows.append(_row(steps, stepping, set_up=set_up, warm_up=warm_up, off=off))
    return rows


def _gram(gram, case: Case, method: str, seconds: float, reference: Path) -> list[dict]:
    X = case.inputs()
    warm_up, calling, calls = Stopwatch(), Stopwatch(), 0
    with warm_up:
        K = gram(X)
    off = _held_to(reference, case, method, {"K": K})
    while calls < FEWEST_CALLS or calling.cpu < seconds:
        with calling:
            gram(X)
        calls += 1
    return [_row(calls, calling, set_up=Stopwatch(), warm_up=warm_up, off=off)]


def _row(steps: int, timed: Stopwatch, *, set_up: Stopwatch, warm_up: Stopwatch, off) -> dict:
    return {
        "steps": steps,
        "seconds": timed.cpu,
        "wall_seconds": timed.wall,
        "set_up_seconds": set_up.cpu,
        "warm_up_seconds": warm_up.cpu,
        "deviation": off,
    }


def _held_to(reference: Path, case: Case, method: str, result: dict[str, np.ndarray]) -> float:
    # The first method's result is the reference, kept on disk for the others.
    if method == case.methods[0]:
        np.savez(reference, **result)
    with np.load(reference) as kept:
        off = deviation(result, dict(kept))
    check(f"{method} on {case}", off, TOLERANCES.get(case.experiment, TOLERANCE))
    return off


def main(task: dict):
    try:
        rows = measure(
            Case.from_dict(task["case"]),
            task["method"],
            seconds=task["seconds"],
            reference=Path(task["reference"]),
        )
    except ImportError as error:
        rows = {"missing": str(error)}
    print(json.dumps(rows))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
