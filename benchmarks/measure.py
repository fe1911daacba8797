"""One method on one case, in a process of its own: see that it is right, then time it in rounds.

``python -m benchmarks.measure '{"case": .., "method": .., "seconds": .., "reference": ..}'`` prints
{"ready": true} once it is, or {"missing": ..} where the method's library is not there, and then for
each line of its standard input the rows of one round, as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import methods
from benchmarks.cases import FIRST_STEPS, MANY_STEPS, Case
from benchmarks.checks import TOLERANCE, TOLERANCES, check, deviation

FEWEST_STEPS = 3
FEWEST_CALLS = 2

Round = Callable[[], list[dict]]


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
    """The rows of one round; arguments and errors as in `prepare`."""
    return prepare(case, method, seconds=seconds, reference=reference)()


def prepare(case: Case, method: str, *, seconds: float, reference: Path) -> Round:
    """Warm up, and compare the method with the first one of its case; then a round can be timed.

    seconds    how long to time it in a round, roughly; the circle engine has its fixed numbers of
               steps
    reference  where the case's first method leaves its result for the others to be compared with

    Raises ImportError where a library is missing, `checks.Disagreement` for a wrong result.
    """
    solve = methods.load(case.experiment, method)
    kind = _gram if case.width is None else _training
    return kind(solve, case, method, seconds, reference)


def _training(kind, case: Case, method: str, seconds: float, reference: Path) -> Round:
    problem = case.problem()
    warm_up, trying = Stopwatch(), Stopwatch()
    with warm_up:
        kind.warm_up(problem)
    trial, trial_steps = kind(problem), case.check_steps or FEWEST_STEPS
    with trying:
        losses = trial.advance(trial_steps)
    off = None
    if case.check_steps and kind.checked:
        A, B = trial.weights()
        off = _compared(reference, case, method, {"losses": losses, "A": A, "B": B})
    if method == "circle":
        marks = [FIRST_STEPS, MANY_STEPS]
    else:
        fitting = seconds * trial_steps / max(trying.cpu, 1e-6)
        marks = [int(np.clip(fitting, FEWEST_STEPS, FIRST_STEPS))]

    def time_round() -> list[dict]:
        set_up, stepping = Stopwatch(), Stopwatch()
        with set_up:
            run = kind(problem)
        rows = []
        for before, steps in zip([0, *marks], marks, strict=False):
            with stepping:
                run.advance(steps - before)
            rows.append(_row(steps, stepping, set_up=set_up, warm_up=warm_up, off=off))
        return rows

    return time_round


def _gram(method_for, case: Case, method: str, seconds: float, reference: Path) -> Round:
    X, gram, warm_up = case.inputs(), method_for(case), Stopwatch()
    with warm_up:
        K = gram(X)
    off = None
    if method not in methods.LIMITS:
        off = _compared(reference, case, method, {"K": K})
    del K

    def time_round() -> list[dict]:
        calling, calls = Stopwatch(), 0
        while calls < FEWEST_CALLS or calling.cpu < seconds:
            with calling:
                gram(X)
            calls += 1
        return [_row(calls, calling, set_up=Stopwatch(), warm_up=warm_up, off=off)]

    return time_round


def _row(steps: int, timed: Stopwatch, *, set_up: Stopwatch, warm_up: Stopwatch, off) -> dict:
    return {
        "steps": steps,
        "seconds": timed.cpu,
        "wall_seconds": timed.wall,
        "set_up_seconds": set_up.cpu,
        "warm_up_seconds": warm_up.cpu,
        "deviation": off,
    }


def _compared(reference: Path, case: Case, method: str, result: dict[str, np.ndarray]) -> float:
    # The first method's result is the reference, kept on disk for the others.
    if method == case.methods[0]:
        np.savez(reference, **result)
    with np.load(reference) as kept:
        off = deviation(result, dict(kept))
    check(f"{method} on {case}", off, TOLERANCES.get(case.experiment, TOLERANCE))
    return off


def main(task: dict):
    case, reference = Case.from_dict(task["case"]), Path(task["reference"])
    try:
        time_round = prepare(case, task["method"], seconds=task["seconds"], reference=reference)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(time_round()), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
