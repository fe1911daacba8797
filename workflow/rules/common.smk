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
from widelimit import PACKAGE
from widelimit.report.catalog import (
    figure_settings,
    figure_tables,
    figures_of,
    page_commands,
    step_of,
)
from widelimit.report.closing_words import closing_words
from widelimit.report.places import NETWORKS, RULES_OF_AN_EXPERIMENT, RUNS, Places
from widelimit.study import arguments, cost
from widelimit.study.checks import check_results, check_study, engine_of
from widelimit.study.commands import Command
from widelimit.study.config import load_study, read_configs, with_own_extras
from widelimit.study.environment import check_paths, share_environment
from widelimit.study.faults import faults, remove
from widelimit.study.measurements import measurements_of
from widelimit.study.told import told
from widelimit.tables import run
from widelimit.tables.provenance import code_digest

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
        check_paths(sys.executable, PACKAGE, os.getcwd())
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

PLACES = Places(STUDY)
RESULTS = PLACES.results
EXPERIMENTS = PLACES.experiments
SMALL = PLACES.small
MEASURED = PLACES.measured
table = PLACES.table


wildcard_constraints:
    base="|".join(map(re.escape, EXPERIMENTS)),
    small="|".join(map(re.escape, SMALL)) or "(?!)",
    width=r"\d+",
    chunk=r"\d+",
    step="|".join(MEASURED),
    figure="|".join(figures_of(STUDY)),
    page="|".join(["index", *PLACES.pages]),


def experiment(wildcards):
    return EXPERIMENTS[wildcards.base][1]


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


def origin(name, wildcards):
    """What the rule of that name is told (TOLD, of experiment.smk), and its code."""
    params = {param: value(wildcards) for param, value in TOLD[name].items()}
    return {"params": params, "code": CODE[name]}


def origins(*names):
    """What the inputs of a job, and what these were made from, must have been made with."""
    return lambda wildcards: told("origins", {name: origin(name, wildcards) for name in names})


def growing(amount):
    """A resource of which a job that failed is given more: twice, three times as much."""
    return lambda wildcards, attempt: amount * attempt


# What a job asks for that reads tables and writes a few lines or a page.
LIGHT = {"mem_mb": growing(1000), "runtime": growing(5)}


@cache
def engine(place):
    """circle or dense: what trains the networks of an experiment by its folder, or a small one."""
    trained = SMALL[place] if place in SMALL else EXPERIMENTS[place][1]
    return engine_of(trained, root=STUDY.seed)


@cache
def linked_pages():
    """The pages that are there, and those that this run makes: index, gallery, names of ``PAGES``.

    Found once, when the first page is planned: the targets are not known before.
    """
    if workflow.is_main_process:
        targets = set(workflow.dag_settings.targets)
        every = not targets or targets & {as_typed("all"), as_typed("pages")}
        names = ["index", *PLACES.pages, "gallery"]
        pages = {page: f"{RESULTS}/pages/{page}.html" for page in names}
        os.environ[LINKED] = " ".join(
            page
            for page, path in pages.items()
            if every
            or targets & {path, page if page == "index" else as_typed(page)}
            or Path(path).exists()
        )
    return os.environ[LINKED].split()


def about(wildcards):
    """What a figure shows, as the first paragraph of its module has it, for Snakemake's report."""
    source = PACKAGE / "report/figures" / f"{wildcards.figure}.py"
    return " ".join(source.read_text(encoding="utf-8").split('"""')[1].split("\n\n")[0].split())


def page_code(script="page.py"):
    """Digest of what the text of a page follows from, besides what it reads."""
    folders = (PACKAGE / "report/pages" / name for name in ("templates", "style"))
    return code(script, files=[path for folder in folders for path in folder.iterdir()])


def is_result(path):
    """Whether a rule of this study makes the file of a path."""
    return any(rule.is_producer(path) for rule in workflow.rules)


def origins_of():
    """Each table that is computed, with what each rule on the way to it is told."""
    for tables, on_the_way, wildcards in PLACES.computed():
        expected = origins(*on_the_way)(SimpleNamespace(**wildcards))
        yield from ((path, expected) for path in tables)


def say_closing_words():
    """Where to look after a run."""
    if as_typed("plan") in workflow.dag_settings.targets:
        print(Path(rules.plan.output.plan).read_text(encoding="utf-8"))
    made = {"Pages": rules.pages.input, "Numbers": rules.metrics.input}
    for line in closing_words(PLACES, made):
        print(line)


class AfterNothing(logging.Handler):
    """Says where to look when Snakemake has found nothing to do."""

    def emit(self, record):
        if record.getMessage() == NOTHING_TO_BE_DONE_MSG:
            say_closing_words()
