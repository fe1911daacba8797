"""``python -m benchmarks.run [--quick]``: every method on every case, in turns, on one core."""

from __future__ import annotations

import argparse
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

ROUNDS, SECONDS = 3, 1.5
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
        for turn, case, method in _turns(blocks(quick=quick), rounds):
            if method in missing:
                continue
            case = replace(case, methods=tuple(m for m in case.methods if m not in missing))
            # Of the cases of a block, those that are checked are alone in it.
            task = {"case": case.to_dict(), "method": method, "seconds": seconds}
            task["reference"] = os.path.join(scratch, "reference.npz")
            try:
                measured = _in_a_process(task, environment)
            except LibraryMissing as error:
                missing.add(method)
                print(f"left out: {method} ({error})", file=sys.stderr)
                continue
            where = {name: getattr(case, name) for name in ratios.CASE}
            rows += [where | {"method": method, "round": turn} | row for row in measured]
            last = rows[-1]
            print(f"{case}: {method}, {last['seconds'] / last['steps']:.3g} s", file=sys.stderr)
    return rows


def _turns(blocks: list[list[Case]], rounds: int):
    for block in blocks:
        for turn in range(rounds):
            for case in block:
                for method in case.methods:
                    yield turn, case, method


def _in_a_process(task: dict, environment: dict[str, str]) -> list[dict]:
    command = [sys.executable, "-m", "benchmarks.measure", json.dumps(task)]
    root = Path(__file__).parents[1]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{task['method']} failed on {task['case']}:\n{done.stderr[-3000:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    if isinstance(answer, dict):
        raise LibraryMissing(answer["missing"])
    return answer


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
