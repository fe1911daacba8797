"""Python imports this in each process of a run that `benchmarks.shares` watches.

At its end a job's process leaves a line: its script, the CPU seconds until it opened its log, which
is once everything is imported, and those it took in all. So does Snakemake's own, as "snakemake".
"""

import atexit
import json
import os
import re
import sys
import time

_begun: list[float] = []


def _watch(event: str, arguments: tuple) -> None:
    if event == "open" and not _begun and str(arguments[0]).endswith(".log"):
        _begun.append(time.process_time())


def _leave() -> None:
    # Snakemake runs a copy of the script: .snakemake/scripts/tmp1a2b3c.figure.py
    script = re.search(r"scripts/[^/]*\.(\w+)\.py$", sys.argv[0])
    main = sys.argv[0].endswith("snakemake/__main__.py") and "snakemake"
    if main or (script and _begun):
        begun = 0.0 if main else _begun[0]
        line = json.dumps([main or script[1], begun, time.process_time()]) + "\n"
        with open(os.environ["WIDELIMIT_CLOCK"], "a", encoding="utf-8") as file:
            file.write(line)


if "WIDELIMIT_CLOCK" in os.environ:
    sys.addaudithook(_watch)
    atexit.register(_leave)
