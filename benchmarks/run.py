"""``python -m benchmarks.run [--quick]``: every method on every case, in turns, on one core."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import ratios, report
from benchmarks.cases import Case, blocks

ROUNDS, SECONDS = 3, 1.0
"""How often each method takes its turn, and how long it is timed, roughly, at each."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


class LibraryMissing(ImportError):
    """The library that a method is written in is not in this environment."""


def run(*, quick: bool = False) -> list[dict]:
    """The rows of all measurements; progress goes to standard error."""
    rows: list[dict] = []
    missing: set[str] = set()
    rounds, seconds = (1, SECONDS / 5) if quick else (ROUNDS, SECONDS)
    # A new cache of compiled code: the first process compiles, the others load.
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, **ONE_THREAD, "NUMBA_CACHE_DIR": scratch}
        # Of the cases of a block, those that are checked are alone in it.
        task = {"seconds": seconds, "reference": os.path.join(scratch, "reference.npz")}
        for block in blocks(quick=quick):
            with contextlib.ExitStack() as stack:
                workers = [
                    (case, method, worker)
                    for case in block
                    for method, worker in _workers(case, task, environment, missing, stack)
                ]
                for turn in range(rounds):
                    for case, method, worker in workers:
                        measured = worker.time_round()
                        where = {name: getattr(case, name) for name in ratios.CASE}
                        rows += [
                            where | {"method": method, "round": turn} | row for row in measured
                        ]
                        cost = rows[-1]["seconds"] / rows[-1]["steps"]
                        print(f"{case}: {method}, {cost:.3g} s", file=sys.stderr)
    return rows


def _workers(case: Case, task: dict, environment, missing: set[str], stack: contextlib.ExitStack):
    """A process for each method of the case whose library is there, with the method's name."""
    for method in case.methods:
        if method in missing:
            continue
        case = replace(case, methods=tuple(m for m in case.methods if m not in missing))
        try:
            task = {**task, "case": case.to_dict(), "method": method}
            yield method, stack.enter_context(Worker(task, environment))
        except LibraryMissing as error:
            missing.add(method)
            print(f"left out: {method} ({error})", file=sys.stderr)


class Worker:
    """A method on a case in a process of its own, which waits until its turn comes."""

    def __init__(self, task: dict, environment: dict[str, str]):
        self.task = task
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.measure", json.dumps(task)],
            cwd=Path(__file__).parents[1],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        answer = self._answer()
        if "missing" in answer:
            raise LibraryMissing(answer["missing"])

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_) -> None:
        self._process.communicate()

    def time_round(self) -> list[dict]:
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            where = f"{self.task['method']} failed on {self.task['case']}"
            raise SystemExit(f"{where}:\n{self._errors.read()[-3000:]}")
        return json.loads(line)


def pin(core: int | None) -> None:
    """Keep this process and its children on one core, the last one unless told; Linux only."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0)) if core is None else core})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small cases, one round: two minutes")
    parser.add_argument("--core", type=int, help="core to run on (default: the last)")
    arguments = parser.parse_args()
    pin(arguments.core)
    begin = time.monotonic()
    report.write(run(quick=arguments.quick))
    minutes = (time.monotonic() - begin) / 60
    print(f"{minutes:.1f} minutes; see {report.RESULTS}", file=sys.stderr)
