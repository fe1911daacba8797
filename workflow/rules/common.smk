# What the rules share: the validated study, where its experiments lie, digests of code.
import os
import re
from pathlib import Path

from snakemake.exceptions import WorkflowError

from widelimit.checks import check_study, data_arguments
from widelimit.config import ConfigError, load_study
from widelimit.provenance import code_digest

ROOT = Path(workflow.basedir)

# Compiled kernels are shared by all jobs of a checkout.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".numba_cache"))

try:
    STUDY = load_study(config)
    if workflow.is_main_process:
        check_study(STUDY)
except ConfigError as error:
    raise WorkflowError(f"The configuration cannot be run.\n{error}") from None

RESULTS = os.path.normpath(STUDY.results_dir)
EXPERIMENTS = STUDY.experiments()
# The main experiment lies in the results directory itself, each variant in a folder of its own.
BASES = {
    RESULTS if name == "step7" else f"{RESULTS}/variants/{name}": name for name in EXPERIMENTS
}


wildcard_constraints:
    base="|".join(map(re.escape, BASES)),
    width=r"\d+",
    chunk=r"\d+",


def experiment(wildcards):
    return EXPERIMENTS[BASES[wildcards.base]]


def code(script, *modules, files=()):
    """Digest of a script, all it imports and the lock: an edit to any of them reruns the rule."""
    lock = ROOT / "requirements.lock"
    return code_digest(ROOT / "workflow/scripts" / script, modules=modules, files=[lock, *files])


def chunks(network):
    """Numbers of the jobs that train the seeds of a width."""
    return range(-(-network.seeds // network.seeds_per_job))


def jobs(pattern, base):
    """Paths of all training jobs of the experiment that lies at base, widths ascending."""
    network = EXPERIMENTS[BASES[base]].network
    return [
        pattern.format(base=base, width=width, chunk=chunk)
        for width in sorted(network.widths)
        for chunk in chunks(network)
    ]


NETWORKS = "{base}/networks/width={width}/chunk={chunk}/networks.parquet"
RUNS = "{base}/runs/width={width}/chunk={chunk}/runs.parquet"
