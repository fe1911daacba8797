# What the rules share: the study, where its files lie, and what their jobs are told.
import atexit
import gc
import logging
import os
import re
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace

# What Snakemake plans lives as long as it does: to look for garbage among it after each few hundred
# objects, and once more at the end, took a quarter of the time of a run that has nothing to do.
gc.set_threshold(100_000)
atexit.register(gc.freeze)

# The workflow's own folder, also when another workflow imports this one. It does not exist where the
# rules come from a remote repository and the package is installed.
WORKFLOW = Path(str(workflow.current_basedir)).parent
# The package of this checkout, whichever is installed.
if WORKFLOW.is_dir():
    sys.path.insert(0, str(WORKFLOW))

from snakemake.common import NOTHING_TO_BE_DONE_MSG
from widelimit.report.catalog import (
    FIGURES,
    figure_settings,
    figure_tables,
    figures_of,
    figures_on,
    page_commands,
    page_tables,
    pages_of,
    step_of,
)
from widelimit.report.verdict import answer, tally
from widelimit.study import arguments, cost
from widelimit.study.checks import check_results, check_study, engine_of, mend_results
from widelimit.study.commands import Command
from widelimit.study.config import load_study, read_configs, with_own_extras
from widelimit.study.environment import check_place, share_environment
from widelimit.study.measurements import measurements_of
from widelimit.study.told import told
from widelimit.tables import run
from widelimit.tables.files import concatenate
from widelimit.tables.provenance import PACKAGE, code_digest

share_environment(PACKAGE)

# What the user has typed, for the commands on pages too; config.yaml is taken by itself.
SHIPPED = str(WORKFLOW.parent / "config.yaml")
COMMAND = Command(
    configfiles=[
        path for path in workflow.config_settings.configfiles if os.path.abspath(path) != SHIPPED
    ],
    changes=workflow.config_settings.config_args or [],
    snakefile=workflow.main_snakefile,
)
# Snakemake has laid the study over config.yaml, but for a workflow that imports this one.
if COMMAND.configfiles and SHIPPED in map(os.path.abspath, workflow.configfiles):
    config = with_own_extras(config, workflow.config_settings.overwrite_config)


@contextmanager
def refusing():
    """One readable line for what cannot be run."""
    try:
        yield
    except ValueError as error:
        # Not a WorkflowError, which Snakemake prints with the place in this file where it was raised;
        # nor by its logger, which says nothing at all after --quiet all.
        print(f"The configuration cannot be run.\n{error}", file=sys.stderr)
        sys.exit(1)


with refusing():
    STUDY = load_study(config)
    if workflow.is_main_process:
        # Snakemake does without it, in silence, where another file is given.
        if WORKFLOW.is_dir() and not os.path.isfile(SHIPPED):
            raise ValueError(f"{SHIPPED} is missing: what a study leaves out is as in that file")
        check_place(sys.executable, PACKAGE, os.getcwd())
        # Snakemake has read these by itself, and has dropped what is there twice.
        read_configs(workflow.config_settings.configfiles)
        check_study(STUDY)
        check_results(STUDY.results_dir)
        run.begin(run.text_digest(STUDY.model_dump_json()), workflow)
    else:
        run.check(run.text_digest(STUDY.model_dump_json()), "the configuration")


# Pages that a page can link to, told to jobs, which know neither the targets nor what was there.
LINKED = f"WIDELIMIT_PAGES_{run.text_digest(STUDY.results_dir)}"
os.environ.setdefault(LINKED, "")


# Jobs compare what they find with what the run began with, wherever they are run.
envvars:
    run.VARIABLE,
    LINKED,


# Of every job, for those who run them in conda; as seen from the files of rules.
ENVIRONMENT = "../envs/widelimit.yaml"

RESULTS = os.path.normpath(STUDY.results_dir)
# The main experiment lies in the results directory itself, each variant in a folder of its own.
EXPERIMENTS = {
    RESULTS if name == "step7" else f"{RESULTS}/variants/{name}": (name, experiment)
    for name, experiment in STUDY.experiments().items()
}
# Smaller experiments, each in a folder of its own too.
SMALL = STUDY.small_experiments()
SCALES = list(STUDY.scale_experiments())
NETWORKS = "{base}/networks/width={width}/chunk={chunk}/networks.parquet"
RUNS = "{base}/runs/width={width}/chunk={chunk}/runs.parquet"
# Where theory's predictions of the main experiment are, if they are made.
PREDICTED = [f"{RESULTS}/predicted.parquet"] if arguments.predictable(STUDY) else []
STUDY_PAGES = pages_of(STUDY)
# Where the numbers of each step of the course are.
MEASURED = {
    **{
        step: [f"{RESULTS}/{step}/measured.parquet"]
        for step, measurement in measurements_of(STUDY).items()
        if "measured" in measurement.tables
    },
    "step7": [f"{base}/measured.parquet" for base in EXPERIMENTS]
    + [f"{RESULTS}/{small}/measured.parquet" for small in STUDY.beyond_experiments()]
    + PREDICTED,
    **(
        {
            "distance": [
                f"{RESULTS}/measured.parquet",
                *PREDICTED,
                f"{RESULTS}/distance/measured.parquet",
            ]
        }
        if "distance" in STUDY_PAGES
        else {}
    ),
    **(
        {"scale": [f"{RESULTS}/{part}/measured.parquet" for part in ["scale", *SCALES]]}
        if SCALES
        else {}
    ),
}
ALL_MEASURED = list(dict.fromkeys(path for paths in MEASURED.values() for path in paths))
# Steps with numbers that fall as powers of the width.
FITTED = ("step4", "step5", "step7", *(["scale"] if SCALES else []))


wildcard_constraints:
    base="|".join(map(re.escape, EXPERIMENTS)),
    small="|".join(map(re.escape, SMALL)) or "(?!)",
    width=r"\d+",
    chunk=r"\d+",
    step="|".join(MEASURED),
    figure="|".join(figures_of(STUDY)),
    page="|".join(["index", *STUDY_PAGES]),


def table(name):
    """Path of a table by its place in the results directory."""
    return f"{RESULTS}/{name}.parquet"


def of_every_experiment(*names):
    return [f"{base}/{name}.parquet" for base in EXPERIMENTS for name in names]


def experiment(wildcards):
    return EXPERIMENTS[wildcards.base][1]


def training_jobs(pattern, base):
    """Paths of what the training jobs of the experiment at base write, widths ascending."""
    network = EXPERIMENTS[base][1].network
    return [
        pattern.format(base=base, width=width, chunk=chunk)
        for width in sorted(network.widths)
        for chunk in arguments.chunks(network)
    ]


def code(script, *modules, files=()):
    """Digest of a script, all it imports and the lock: an edit to any of them reruns the rule."""
    path = workflow.source_path(f"../scripts/{script}")
    digest = code_digest(Path(path), modules=modules, files=files)
    if workflow.is_main_process:
        run.add(digest)
    return told("code", digest)


def data_file(experiment):
    """The user's own data, an input: an edit to it reruns what depends on it."""
    return experiment.data.path or []


def content(experiment):
    """Digest of the user's own data: another file may lie in its place with an older date. None
    in a job that runs elsewhere, whose script looks at the copy that Snakemake has fetched."""
    path = experiment.data.path
    digest = run.file_digest(path) if path and os.path.exists(path) else None
    if digest and workflow.is_main_process:
        run.add(digest)
    return digest


def named(params):
    """Params by name, functions of wildcards, of which Snakemake keeps and prints digests."""
    return {
        name: lambda wildcards, name=name, value=value: told(name, value(wildcards))
        for name, value in params.items()
    }


def as_typed(name):
    """A rule's name with the prefix that a workflow gives it that imports this one."""
    return getattr(rules, name).rule.name


def origins(*names):
    """What the inputs of a job, and what these were made from, must have been made with: what the
    rules of these names are told (TOLD, of experiment.smk) and their code."""
    return lambda wildcards: told(
        "origins",
        {
            name: {
                "params": {param: value(wildcards) for param, value in TOLD[name].items()},
                "code": CODE[name],
            }
            for name in names
        },
    )


def growing(amount):
    """A resource of which a job that failed is given more: twice, three times as much."""
    return lambda wildcards, attempt: amount * attempt


@cache
def engine(name):
    """circle or dense: what trains the networks of an experiment, or of a small one."""
    return engine_of((dict(EXPERIMENTS.values()) | SMALL)[name], root=STUDY.seed)


def chunk_minutes(wildcards):
    name, trained = EXPERIMENTS[wildcards.base]
    return cost.training_minutes(
        trained,
        engine(name),
        widths=[int(wildcards.width)],
        seeds=trained.network.seeds_per_job,
    )


def small_minutes(wildcards):
    small = SMALL[wildcards.small]
    network = small.network
    trained = cost.training_minutes(
        small, engine(wildcards.small), widths=network.widths, seeds=network.seeds
    )
    return trained + cost.comparison_minutes(small)


def figure_inputs(wildcards):
    tables = figure_tables(wildcards.figure, STUDY)
    return {argument: [table(name) for name in names] for argument, names in tables.items()}


def page_inputs(wildcards):
    figures = [f"{RESULTS}/figures/{figure}" for figure in figures_on(wildcards.page, STUDY)]
    return {
        **{name: table(place) for name, place in page_tables(wildcards.page).items()},
        "svgs": [f"{figure}.svg" for figure in figures],
        "texts": [f"{figure}.json" for figure in figures],
        "tables": [f"{figure}.parquet" for figure in figures],
    }


def linked_pages(wildcards):
    """The pages that are there, and those that this run makes: index, gallery, names of ``PAGES``."""
    if workflow.is_main_process:
        targets = set(workflow.dag_settings.targets)
        every = not targets or targets & {as_typed("all"), as_typed("pages")}
        names = ["index", *STUDY_PAGES, "gallery"]
        pages = {page: f"{RESULTS}/pages/{page}.html" for page in names}
        os.environ[LINKED] = " ".join(
            page
            for page, path in pages.items()
            if every
            or targets & {path, page if page == "index" else as_typed(page)}
            or Path(path).exists()
        )
    return os.environ[LINKED].split()


def page_code(script="page.py"):
    """Digest of what the text of a page follows from, besides what it reads."""
    folders = (PACKAGE / "report/pages" / name for name in ("templates", "style"))
    return code(script, files=[path for folder in folders for path in folder.iterdir()])


def is_result(path):
    """Whether a rule of this study makes the file of a path."""
    return any(rule.is_producer(path) for rule in workflow.rules)


def origins_of():
    """Each table that is computed, with what each rule on the way to it is told."""
    names = ("data", "kernels", "theory", "predictions", "measured")
    for base in EXPERIMENTS:
        paths = [f"{base}/{name}.parquet" for name in names] + training_jobs(NETWORKS, base)
        on_the_way = ("generate_data", "fit_kernels", "train_networks", "compare")
        expected = origins(*on_the_way)(SimpleNamespace(base=base))
        yield from ((path, expected) for path in paths)
    if PREDICTED:
        expected = origins("generate_data", "predict_distance")(SimpleNamespace(base=RESULTS))
        names = ("predicted", "predicted_points", "border_units")
        yield from ((table(name), expected) for name in names)
    for small in SMALL:
        expected = origins("measure_small")(SimpleNamespace(small=small))
        yield from ((table(f"{small}/{name}"), expected) for name in ("measured", "predictions"))
    for step, measurement in measurements_of(STUDY).items():
        expected = origins(f"measure_{step}")(None)
        yield from ((table(f"{step}/{name}"), expected) for name in measurement.tables)


def made_from():
    """Each table that is made from others, with their paths."""
    before = ("data", "kernels", "theory", "predictions")
    for base in EXPERIMENTS:
        others = [f"{base}/{name}.parquet" for name in before]
        yield f"{base}/measured.parquet", [*others, *training_jobs(NETWORKS, base)]
    if "distance" in STUDY_PAGES:
        others = [table(name) for name in ("predictions", "predicted", "predicted_points")]
        yield from ((table(f"distance/{name}"), others) for name in ("measured", "points"))
    if SCALES:
        names = ("measured", "predictions")
        others = [table(f"{scale}/{name}") for scale in SCALES for name in names]
        yield from ((table(f"scale/{name}"), others) for name in names)
    for step, measured in MEASURED.items():
        yield table(f"{step}/claims"), measured
        if step in FITTED:
            yield table(f"{step}/slopes"), measured
    yield table("metrics"), ALL_MEASURED
    yield table("claims"), [table(f"{step}/claims") for step in MEASURED]
    for figure in figures_of(STUDY):
        tables = figure_tables(figure, STUDY)
        yield table(f"figures/{figure}"), [table(name) for each in tables.values() for name in each]


def closing_words():
    """Where to look after a run, line by line; a part of a study leaves a part of it."""
    if as_typed("plan") in workflow.dag_settings.targets:
        yield Path(f"{RESULTS}/plan.md").read_text(encoding="utf-8")
    for what, paths in {"Pages": rules.pages.input, "Numbers": rules.metrics.input}.items():
        there = [path for path in paths if Path(path).exists()]
        yield from (f"{f'{what}:' if i == 0 else '':12}{path}" for i, path in enumerate(there))
    judged = [path for step in MEASURED if os.path.exists(path := table(f"{step}/claims"))]
    if judged:
        claims = concatenate(judged)
        yield f"{'Verdict:':12}{answer(claims)} ({tally(claims)})"
    for base in EXPERIMENTS:
        ours = {Path(path).parent for path in training_jobs(NETWORKS, base)}
        if others := set(Path(base).glob("networks/*/*/")) - ours:
            yield (
                f"{base}/networks: {len(others)} folders are of earlier configurations, such as"
                f" {min(others)}; {RESULTS}/runs.parquet lists those of this study"
            )


def say_closing_words():
    for line in closing_words():
        print(line)


class AfterNothing(logging.Handler):
    """Says where to look when Snakemake has found nothing to do."""

    def emit(self, record):
        if record.getMessage() == NOTHING_TO_BE_DONE_MSG:
            say_closing_words()
