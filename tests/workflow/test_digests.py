"""Which rules an edit reaches: those whose digest of code is taken over the edited file."""

from __future__ import annotations

import re

import pytest

from checkout import ROOT
from widelimit.report import catalog
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
    """Rules whose digest changes with a file of the package; each figure by itself."""
    reached = {
        rule for rule, script in SCRIPT_OF.items() if PACKAGE / file in sources(SCRIPTS / script)
    }
    return reached | {
        f"figure {name}"
        for name in catalog.FIGURES
        if PACKAGE / file in sources(SCRIPTS / "figure.py", [f"widelimit.report.figures.{name}"])
    }


@pytest.mark.parametrize("rule", SCRIPT_OF)
def test_every_rule_has_the_digest_of_its_script(rule):
    digest = {"page": "code=page_code(),"}.get(rule, f'code("{SCRIPT_OF[rule]}"')
    assert digest in RULES[rule]


def test_the_rules_were_read():
    assert len(SCRIPT_OF) == len(list(SCRIPTS.glob("*.py")))
    assert SCRIPT_OF["train_networks"] == "train_networks.py"


FIGURES = {f"figure {name}" for name in catalog.FIGURES}
TRAIN = {"train_networks", "measure_step5", "measure_beyond"}
FIT = {"fit_kernels", "fit_step3", "fit_step4", "measure_step2", "measure_step5", "measure_beyond"}


@pytest.mark.parametrize(
    "file, rules",
    [
        ("kernels/duals.py", FIT),
        ("training/dense/pairs.py", TRAIN),
        ("training/circle/steps.py", TRAIN),
        ("report/figures/style.py", {"figure", *FIGURES}),
        ("report/figures/step7_loss.py", {"figure step7_loss"}),
        ("report/figure_text.py", {"page", "figure", *FIGURES}),
        ("report/pages/render.py", {"page"}),
        ("report/claims/step4.py", {"judge_claims", "claims"}),
        ("tables/files.py", {*SCRIPT_OF, *FIGURES}),
    ],
)
def test_an_edit_reaches_what_uses_it_and_nothing_else(file, rules):
    assert rules_reached_from(file) == rules


def test_points_and_networks_do_not_depend_on_kernels():
    """What a study must not compute anew when a kernel is edited."""
    for file in (PACKAGE / "kernels").glob("*.py"):
        if file.stem not in ("__init__", "activations"):
            reached = rules_reached_from(f"kernels/{file.name}")
            assert not {"generate_data", "train_networks"} & reached, file
