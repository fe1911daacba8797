"""What the README and docs/studies.md show can be typed as it stands."""

import re
import shutil

import pandas as pd
import pytest
import yaml

from checkout import ROOT, check_out
from widelimit.report import quote_in_docs as readme
from widelimit.report.figure_text import FigureText
from widelimit.report.quote_in_docs import with_block
from widelimit.study.checks import check_study
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError
from widelimit.tables import schemas
from widelimit.tables.files import write_table

README = (ROOT / "README.md").read_text()
STUDIES = (ROOT / "docs/studies.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_library_example_prints_what_the_readme_says(capsys):
    examples = "".join(blocks(README, "python"))
    exec(examples, {})
    printed = capsys.readouterr().out.splitlines()
    assert printed == re.findall(r"^print.*  # (.*)$", examples, re.MULTILINE)


def test_the_configuration_examples_are_valid():
    for example in blocks(README, "yaml") + blocks(STUDIES, "yaml"):
        load_study(yaml.safe_load(example))


def test_lines_go_between_the_markers():
    text = "a\n<!-- it -->\nold\n<!-- /it -->\nb\n"
    new = with_block(text, "it", [r"one \1", "two"])
    assert new == "a\n<!-- it -->\n\none \\1\ntwo\n\n<!-- /it -->\nb\n"
    assert with_block(new, "it", [r"one \1", "two"]) == new
    with pytest.raises(ValueError, match="must have the lines <!-- other -->"):
        with_block(text, "other", [])


def test_findings_of_the_shipped_study_are_quoted():
    science = (ROOT / "docs/science.md").read_text()
    (findings,) = re.findall(r"<!-- findings -->(.*?)<!-- /findings -->", science, re.DOTALL)
    lines = re.findall(r"^- (.*)$", findings, re.MULTILINE)
    assert len(lines) == len(readme.FIGURES) - 1
    (verdict,) = re.findall(r"<!-- verdict -->\n\n(.*)\n\n<!-- /verdict -->", README)
    assert re.match(r"\*\*Does it hold\? .*\*\*: \[\d+ of \d+ statements hold", verdict)
    for line in [verdict, *lines]:
        assert re.search(r"\d", line)
        assert line.endswith(".")


def test_the_refusal_quoted_is_the_one_given():
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["network"]["learning_rate"] = 0.5
    with pytest.raises(ConfigError) as caught:
        check_study(load_study(config))
    assert str(caught.value) in " ".join(STUDIES.split())


@pytest.mark.heavy
def test_every_snakemake_command_finds_its_targets(tmp_path):
    checkout = check_out(tmp_path / "checkout")
    shutil.copytree(ROOT / "studies", checkout.path / "studies")
    (mine,) = blocks(STUDIES, "yaml")
    (checkout.path / "studies/mine.yaml").write_text(mine)
    commands = re.findall(r"^(?:.*`)?(snakemake -[^`#\n]*)", README + STUDIES, re.MULTILINE)
    commands = {command.strip() for command in commands}
    assert len(commands) >= 16
    checkout.plan_each(commands)


def test_what_a_study_found_goes_into_readme_and_docs(tmp_path):
    (tmp_path / "docs").mkdir()
    figures = tmp_path / "results" / "figures"
    figures.mkdir(parents=True)
    for number, name in enumerate(readme.FIGURES):
        text = FigureText("A title", "A caption.", f"Finding {number} is 10⁻⁵.")
        (figures / f"{name}.json").write_text(text.to_json())
        (figures / f"{name}.png").write_bytes(name.encode())
    (tmp_path / "results" / "claims.md").write_text("| a statement |\n")
    said = dict.fromkeys(("statement", "metric", "experiment", "kind", "test", "reason"), "text")
    verdicts = {"course_step": ["step1", "step7"], "verdict": ["yes", "open"]}
    table = schemas.CLAIMS.arrange(
        pd.DataFrame({**said, "count": 1, "rejected": False, **verdicts})
    )
    write_table(tmp_path / "results" / "claims.parquet", table, schemas.CLAIMS.schema())
    for path, it in {"README.md": "verdict", "docs/science.md": "findings"}.items():
        (tmp_path / path).write_text(f"<!-- {it} -->\nold\n<!-- /{it} -->\n")
    readme.update(tmp_path / "results", tmp_path / "README.md")
    written = (tmp_path / "README.md").read_text()
    assert re.findall("^- (.*)$", (tmp_path / "docs/science.md").read_text(), re.MULTILINE) == [
        f"Finding {number} is 10⁻⁵." for number in range(1, len(readme.FIGURES))
    ]
    (verdict,) = re.findall(r"^\*\*Does it hold\? Open in part\*\*: (.*)$", written, re.MULTILINE)
    linked = "[1 of 2 statements hold, 1 is open (step 7)](docs/claims.md)"
    assert verdict == f"{linked}. Finding 0 is 10⁻⁵."
    assert (tmp_path / "docs/headline.png").read_bytes() == readme.FIGURES[0].encode()
    assert (tmp_path / "docs/claims.md").read_text() == "| a statement |\n"
