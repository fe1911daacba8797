# What the rules share: the validated study, where its experiments lie, digests of code.
import os
import re
import shlex
import sys
from functools import cache
from pathlib import Path

from snakemake.logging import logger

ROOT = Path(workflow.basedir)
# The package of this checkout, whichever is installed.
sys.path.insert(0, str(ROOT / "workflow"))

from widelimit.report.catalog import (
    FIGURES,
    PAGES,
    figure_settings,
    figure_tables,
    figures_of,
    figures_on,
    page_tables,
    recomputed_by,
    step_of,
)
from widelimit.study.checks import check_results, check_study, data_arguments, engine_of
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError
from widelimit.study.environment import share_environment
from widelimit.study.cost import training_seconds
from widelimit.tables.provenance import LOCK, code_digest
from widelimit.measure.wide.networks import MAX_EMPIRICAL_SIZE

share_environment(ROOT)

try:
    STUDY = load_study(config)
    if workflow.is_main_process:
        check_study(STUDY)
        check_results(STUDY.results_dir)
except ConfigError as error:
    # Not a WorkflowError, which Snakemake prints with the place in this file where it was raised.
    logger.error(f"The configuration cannot be run.\n{error}")
    sys.exit(1)

RESULTS = os.path.normpath(STUDY.results_dir)
EXPERIMENTS = STUDY.experiments()
# The main experiment lies in the results directory itself, each variant in a folder of its own.
BASES = {RESULTS if name == "step7" else f"{RESULTS}/variants/{name}": name for name in EXPERIMENTS}
# Smaller ones, each measured by one job.
BEYOND = STUDY.beyond_experiments()
# Where the numbers of each step of the course are.
MEASURED = {
    **{
        step: [f"{RESULTS}/{step}/measured.parquet"]
        for step in ("step1", "step2", "step4", "step5")
    },
    "step7": [
        f"{base}/measured.parquet" for base in [*BASES, *(f"{RESULTS}/{part}" for part in BEYOND)]
    ],
}
# Steps with numbers that fall as powers of the width.
FITTED = ("step4", "step5", "step7")


wildcard_constraints:
    base="|".join(map(re.escape, BASES)),
    beyond="|".join(map(re.escape, BEYOND)) or "(?!)",
    width=r"\d+",
    chunk=r"\d+",
    step="|".join(MEASURED),
    figure="|".join(figures_of(STUDY)),
    page="|".join(["index", *PAGES]),


def table(name):
    """Path of a table of the results by its place there."""
    return f"{RESULTS}/{name}.parquet"


def experiment(wildcards):
    return EXPERIMENTS[BASES[wildcards.base]]


def code(script, *modules, files=()):
    """Digest of a script, all it imports and the lock: an edit to any of them reruns the rule."""
    return code_digest(ROOT / "workflow/scripts" / script, modules=modules, files=[LOCK, *files])


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


def study_folders(base):
    """Of the networks at base, where those of this study lie."""
    return {Path(path).parent for path in jobs(NETWORKS, base)}


NETWORKS = "{base}/networks/width={width}/chunk={chunk}/networks.parquet"
RUNS = "{base}/runs/width={width}/chunk={chunk}/runs.parquet"


def kernel_arguments(experiment):
    return {
        "activation": experiment.network.activation,
        "learning_rate": experiment.network.learning_rate,
        "checkpoints": experiment.network.all_checkpoints,
        "ridge": experiment.kernels.ridge,
        "rcond": experiment.kernels.rcond,
        "scales": {
            name: scale
            for name in ("gaussian", "laplace")
            if (scale := getattr(experiment.kernels, f"{name}_scale")) is not None
        },
    }


def chunk_arguments(wildcards):
    """What one training job trains. Its wildcards must stand here: the cache looks at params only."""
    # Always a whole chunk: adding seeds never changes a job that has been done.
    count = experiment(wildcards).network.seeds_per_job
    first = int(wildcards.chunk) * count
    return {"width": int(wildcards.width), "seeds": list(range(first, first + count))}


def network_arguments(network):
    return {
        "activation": network.activation,
        "learning_rate": network.learning_rate,
        "steps": network.steps,
        "checkpoints": network.all_checkpoints,
        "loss_steps": network.loss_steps,
        "engine": network.engine,
    }


def training_memory(wildcards):
    """MB: the interpreter with its libraries, for each unit six copies of its weights and ten
    numbers more, all of 8 bytes, and three copies of the kernels that are kept of each network.
    Twice what the circle engine was seen to take at width 2^24, 2.1 GB."""
    at = experiment(wildcards)
    data, outputs = at.data, at.data.n_outputs
    units = int(wildcards.width) * (10 + 6 * (data.n_inputs + outputs))
    kernel = data.n_train * (data.n_train + data.n_test)
    if data.n_train * outputs <= MAX_EMPIRICAL_SIZE:
        kernel += outputs**2 * data.n_train * (2 * data.n_train + data.n_test)
    return 600 + (units + 3 * kernel * at.network.seeds_per_job) * 8 // 10**6


def training_minutes(wildcards):
    """Of the networks of one width and chunk of seeds."""
    seeds = experiment(wildcards).network.seeds_per_job
    return minutes(BASES[wildcards.base], [int(wildcards.width)], seeds)


def beyond_minutes(wildcards):
    """Of all networks of a small experiment."""
    network = BEYOND[wildcards.beyond].network
    return minutes(wildcards.beyond, network.widths, network.seeds)


def minutes(name, widths, seeds):
    """Five more than the networks take, as code may have to be compiled; a day at most."""
    at = {**EXPERIMENTS, **BEYOND}[name]
    seconds = seeds * sum(
        training_seconds(
            engine_at(name),
            width=width,
            n_train=at.data.n_train,
            steps=at.network.steps,
            checkpoints=len(at.network.all_checkpoints),
        )
        for width in widths
    )
    return min(5 + int(seconds / 60), 24 * 60)


@cache
def engine_at(name):
    return engine_of({**EXPERIMENTS, **BEYOND}[name], root=STUDY.seed)


def step4_memory(step4):
    """MB: the interpreter with its libraries, and some copies of the largest features."""
    widest = max(*step4.ratios) * step4.n_train * (step4.n_train + step4.n_test)
    return 600 + int(4 * max(widest, max(step4.widths) * step4.n_train) * 8 / 10**6)


def figure_inputs(wildcards):
    tables = figure_tables(wildcards.figure, STUDY)
    return {argument: table(name) for argument, name in tables.items()}


def page_inputs(wildcards):
    figures = [f"{RESULTS}/figures/{figure}" for figure in figures_on(wildcards.page, STUDY)]
    return {
        **{name: table(place) for name, place in page_tables(wildcards.page).items()},
        "svgs": [f"{figure}.svg" for figure in figures],
        "texts": [f"{figure}.json" for figure in figures],
        "tables": [f"{figure}.parquet" for figure in figures],
    }


def page_code():
    """Digest of what the text of a page follows from, besides what it reads."""
    folders = (ROOT / "workflow/widelimit/report/pages" / name for name in ("templates", "style"))
    return code("page.py", files=[path for folder in folders for path in folder.iterdir()])


def page_commands(wildcards):
    """What a page shows under "Run it again": what each command does, and the command."""
    run, page = snakemake_command(), wildcards.page
    maker, work = recomputed_by(page)
    return {
        "What has changed": run,
        f"{work} anew, and what follows": f"{run} --forcerun {maker}",
        "Up to the numbers": snakemake_command("metrics"),
        "This page": snakemake_command("pages" if page == "index" else page),
    }


def snakemake_command(*targets):
    """What the user types to run this study; --configfile would take targets behind it for files."""
    given = [os.path.relpath(path) for path in workflow.config_settings.configfiles]
    files = [path for path in given if path != "config.yaml"]
    changes = workflow.config_settings.config_args or []
    words = ["snakemake", "--cores", "2", *targets]
    words += ["--configfile"] * bool(files) + files + ["--config"] * bool(changes) + [*changes]
    return shlex.join(words)


def closing_words():
    """Where to look after a run, line by line; a part of a study leaves a part of it."""
    for what, paths in {"Pages": rules.pages.input, "Numbers": rules.metrics.input}.items():
        there = [path for path in paths if Path(path).exists()]
        yield from (f"{f'{what}:' if i == 0 else '':9}{path}" for i, path in enumerate(there))
    for base in BASES:
        if others := set(Path(base).glob("networks/*/*/")) - study_folders(base):
            yield (
                f"{base}/networks: {len(others)} folders are of earlier configurations, such as"
                f" {min(others)}; {RESULTS}/runs.parquet lists those of this study"
            )
