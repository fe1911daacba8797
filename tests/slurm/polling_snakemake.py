"""Snakemake, asking SLURM for the state of jobs every second.

The executor waits ten seconds longer after each question without news, which on a cluster spares
the scheduler, and here would be most of the time of a test.
"""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda self: 1, lambda self, value: None)
main(sys.argv[1:])
