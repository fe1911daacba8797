"""Which rules an edit reaches: those whose digest of code is taken over the edited file."""

import re

import pytest

from checkout import ROOT
from widelimit.report import catalog
from widelimit.study.measurements import MEASUREMENTS
from widelimit.tables.provenance import PACKAGE, sources

SCRIPTS = ROOT / "workflow/scripts"
RULES = dict(
    re.findall(
        r"^rule (\w+):\n(.*?)(?=^\S|\Z)",
        "".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk"))),
        re.DOTALL | re.MULTILINE,
    )
)
SCRIPT_OF = {
    rule: found[1]
    for rule, text in RULES.items()
    if (found := re.search(r'script:\n\s+"../scripts/(\w+\.py)"', text))
}


def rules_reached_from(file: str) -> set[str]:
    """Rules whose digest changes with a file of the package; each figure and step by itself."""
    reached = {
        rule for rule, script in SCRIPT_OF.items() if PACKAGE / file in sources(SCRIPTS / script)
    }
    by_module = {
        f"figure {name}": ("figure.py", f"widelimit.report.figures.{name}")
        for name in catalog.FIGURES
    } | {f"measure_{step}": ("measure_step.py", each.module) for step, each in MEASUREMENTS.items()}
    return reached | {
        rule
        for rule, (script, module) in by_module.items()
        if PACKAGE / file in sources(SCRIPTS / script, [module])
    }


@pytest.mark.parametrize("rule", SCRIPT_OF)
def test_every_rule_has_the_digest_of_its_script(rule):
    digests = [f'code("{SCRIPT_OF[rule]}"', f'CODE["{rule}"]', "code=page_code(),"]
    assert sum(digest in RULES[rule] for digest in digests) == 1


def test_the_rules_were_read():
    # The script of the steps belongs to rules that a loop makes.
    assert {*SCRIPT_OF.values(), "measure_step.py"} == {path.name for path in SCRIPTS.glob("*.py")}
    assert SCRIPT_OF["train_networks"] == "train_networks.py"


FIGURES = {f"figure {name}" for name in catalog.FIGURES}
STEPS = {f"measure_{step}" for step in MEASUREMENTS}
TRAIN = {"train_networks", "measure_step5", "measure_small", "measure_learning", "predict_distance"}
FIT = {
    "fit_kernels",
    "predict_distance",
    "measure",
    "measure_step3",
    "measure_step4",
    "measure_classes",
    "measure_lecture",
    "measure_step2",
    "measure_step5",
    "measure_small",
    "measure_learning",
}


@pytest.mark.parametrize(
    "file, rules",
    [
        ("kernels/duals.py", FIT),
        ("training/dense/pairs.py", TRAIN),
        ("training/circle/steps.py", TRAIN),
        ("report/figures/style.py", {"figure", *FIGURES}),
        ("report/figures/step7_loss.py", {"figure step7_loss"}),
        ("report/figure_text.py", {"page", "gallery", "figure", *FIGURES}),
        ("report/pages/render.py", {"page", "gallery"}),
        ("report/claims/features.py", {"judge_claims", "claims"}),
        ("tables/files.py", {*SCRIPT_OF, *STEPS, *FIGURES}),
    ],
)
def test_an_edit_reaches_what_uses_it_and_nothing_else(file, rules):
    assert rules_reached_from(file) == rules


TRAINED_WITH = (
    *("activations", "elementary", "elementwise", "preactivations"),
    *("written", "written_code", "quadrature"),  # of an activation that is written out
)


def test_points_and_networks_do_not_depend_on_kernels():
    """What a study must not compute anew when a kernel is edited."""
    for file in (PACKAGE / "kernels").glob("*.py"):
        if file.stem not in ("__init__", *TRAINED_WITH):
            reached = rules_reached_from(f"kernels/{file.name}")
            assert not {"generate_data", "train_networks"} & reached, file
    for file in ("linear/gradient_descent.py", "linear/least_squares.py"):
        assert "train_networks" not in rules_reached_from(file)
