"""The list of figures and pages agrees with the modules, the templates and the studies."""

import inspect
import re
import subprocess
import sys
from importlib import import_module

import pytest
import yaml

from checkout import ROOT
from widelimit.report.catalog import (
    FIGURES,
    PAGES,
    figure_settings,
    figure_tables,
    figures_of,
    figures_on,
    step_of,
)
from widelimit.report.questions import QUESTIONS
from widelimit.report.references import CITED, REFERENCES
from widelimit.study.config import Study, load_study, read_configs

REPORT = ROOT / "workflow/widelimit/report"
STUDIES = sorted((ROOT / "studies").glob("*.yaml"))


def study(*changes: str) -> Study:
    return load_study(read_configs([str(ROOT / "config.yaml"), *changes]))


def test_every_module_of_a_figure_is_listed():
    modules = {
        path.stem for path in (REPORT / "figures").glob("*.py") if "\nTABLE = " in path.read_text()
    }
    assert modules == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_module_takes_the_tables_and_settings_that_are_listed(name):
    module = import_module(f"widelimit.report.figures.{name}")
    given = {*FIGURES[name].tables, *(["quantiles"] if FIGURES[name].bands else [])}
    parameters = inspect.signature(module.summarise).parameters.values()
    assert given <= {each.name for each in parameters}
    assert {each.name for each in parameters if each.default is inspect.Parameter.empty} <= given
    # A setting that a module has a default for and is not told would be one that users cannot set.
    assert ("quantiles" in given) == ("quantiles" in {each.name for each in parameters})


def test_no_figure_waits_for_scipy():
    """Each is drawn by a job of its own, which would start a tenth of a second later."""
    code = "import sys; from importlib import import_module; list(map(import_module, sys.argv[1:]))"
    modules = [f"widelimit.report.figures.{name}" for name in FIGURES]
    check = f"{code}; sys.exit('scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", check, *modules], check=True)


@pytest.mark.parametrize("name", FIGURES)
def test_a_module_says_in_a_sentence_what_its_figure_shows(name):
    """For Snakemake's report."""
    sentence, *_ = import_module(f"widelimit.report.figures.{name}").__doc__.split("\n\n")
    assert re.fullmatch(r"[A-Z].{20,120}\.\n?", sentence, re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_has_a_place_for_every_figure_of_its_page(name):
    text = (REPORT / f"pages/templates/{name}.html.j2").read_text()
    figures = {figure for figure in FIGURES if step_of(figure) in PAGES[name].steps}
    assert {PAGES[name].picture, *re.findall(r'figure\("(\w+)"', text)} == figures


def test_questions_and_references_are_of_figures_and_pages_that_there_are():
    assert set(QUESTIONS) <= set(FIGURES)
    assert all(question.endswith("?") for question in QUESTIONS.values())
    assert set(CITED) <= set(PAGES)
    assert {name for names in CITED.values() for name in names} == set(REFERENCES)


def test_every_figure_is_on_one_page():
    steps = [step for page in PAGES.values() for step in page.steps]
    assert sorted(steps) == sorted({step_of(name) for name in FIGURES})


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_figures_of_a_study_lie_on_its_pages(path):
    given = study(str(path))
    shown = [name for page in PAGES for name in figures_on(page, given)]
    assert sorted(shown) == sorted(figures_of(given))
    assert set(figures_on("index", given)) <= set(shown)


def test_which_figures_depend_on_the_study():
    def of(name: str) -> set[str]:
        always = {name for name, figure in FIGURES.items() if figure.applies(Study())}
        return set(figures_of(study(str(ROOT / f"studies/{name}.yaml")))) - always

    scales = {"scale_collapse", "scale_phases", "scale_fits", "scale_limit"}
    assert of("tiny") == {"step7_interval", "step7_beyond", "step7_exponents", *scales}
    classes = {"step7_classes", "classes_kernels", "classes_confusion"}
    assert of("iris") == classes
    assert of("digits") == classes | {"classes_wrong"}
    assert of("mnist") == classes | {
        "classes_wrong",
        "classes_scale",
        "scale_collapse",
        "scale_limit",
    }
    assert of("lecture") == {"step7_lecture", "lecture_descent"}


def test_the_interval_is_shown_beside_the_same_targets_alone(tmp_path):
    def shown(**data) -> bool:
        changes = {"data": data, "variants": {"interval": {"data": {"source": "interval"}}}}
        (tmp_path / "changes.yaml").write_text(yaml.safe_dump(changes))
        return "step7_interval" in figures_of(study(str(tmp_path / "changes.yaml")))

    assert shown()
    assert shown(target="t")
    assert not shown(source="circle", target="x_0")


def test_tables_of_a_variant_are_left_out_where_there_is_none():
    lecture = study(str(ROOT / "studies/lecture.yaml"))
    assert figure_tables("step7_lecture", lecture) == {
        "metrics": ["measured"],
        "without": ["variants/no_bias/measured"],
    }
    assert figure_tables("step7_lecture", study()) == {"metrics": ["measured"]}


def test_the_figure_of_the_experiments_beyond_reads_no_other_step(tmp_path):
    (tmp_path / "changes.yaml").write_text("beyond: {activations: [sin], dimensions: [3]}")
    tables = figure_tables("step7_beyond", study(str(tmp_path / "changes.yaml")))
    assert tables["metrics"] == ["measured", "beyond/sin/measured", "beyond/sphere_3/measured"]


def test_settings_are_those_of_step_7(tmp_path):
    changes = tmp_path / "changes.yaml"
    changes.write_text("step7: {quantiles: [0.2, 0.8]}")
    given = study(str(changes))
    assert figure_settings("step4_width", given) == {"quantiles": [0.2, 0.8]}
    assert figure_settings("step7_fits", given) == {}
