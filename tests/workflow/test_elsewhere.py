"""The workflow from elsewhere: run in another folder, imported by another workflow, deployed by
snakedeploy, and its package installed from a wheel."""

import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pandas as pd
import pytest
import yaml

from checkout import ROOT, SMALL, TINY, check_out
from widelimit.report.catalog import PAGES
from widelimit.study.config import load_study, read_configs
from widelimit.tables.provenance import lock_digest, origins

pytestmark = pytest.mark.slow

ONE_TRAINING = {
    **TINY,
    **SMALL,
    "results_dir": "results",
    "network": {**TINY["network"], "widths": [16], "seeds": 2},
}
DOCUMENT = (ROOT / "docs/import.md").read_text()


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What a command prints that succeeds; no package of this checkout is on its path."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def snakemake(*arguments: str, cwd: Path) -> str:
    return run("snakemake", "--cores", "2", *arguments, cwd=cwd)


def test_config_yaml_is_the_one_beside_the_workflow(tmp_path):
    """In whatever folder one stands: what a study leaves out is as in config.yaml, but that it pays
    for no further experiments than its own, and for a page alone with no other step."""
    (tmp_path / "mine.yaml").write_text("network: {widths: [16, 32], seeds: 1, seeds_per_job: 1}")
    workflow = ("-s", str(ROOT / "Snakefile"))
    jobs = planned(tmp_path, *workflow, "--configfile", str(tmp_path / "mine.yaml"), "--", "step7")
    assert jobs["train_networks"] == 2
    assert not {name for name in jobs if name.startswith("measure_")}
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    shipped = planned(tmp_path, *workflow)
    assert shipped["measure_small"] == sum(
        len(config[section][kind])
        for section, kind in (
            ("beyond", "activations"),
            ("beyond", "dimensions"),
            ("scale", "scales"),
        )
    )


def test_a_page_made_elsewhere_says_what_to_type_there(tmp_path):
    """Started in one folder, run in another, with a workflow in a third."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here/mine.yaml").write_text(yaml.safe_dump(ONE_TRAINING))
    workflow = ("--snakefile", os.path.relpath(ROOT / "Snakefile", tmp_path / "here"))
    there = ("--directory", "../there", "step1", "--configfile", "mine.yaml")
    snakemake(*workflow, *there, cwd=tmp_path / "here")
    page = html.unescape((tmp_path / "there/results/pages/step1.html").read_text())
    (forced,) = re.findall(r"<code>snakemake (--cores 2 [^<]+ measure_step1)<", page)
    assert planned(tmp_path / "there", *shlex.split(forced), "--", "step1")["measure_step1"] == 1
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["mine.yaml"]


def test_another_workflow_imports_this_one_under_a_prefix(tmp_path):
    checkout = check_out(tmp_path / "checkout")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.yaml").write_text(yaml.safe_dump(ONE_TRAINING))
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    (other / "Snakefile").write_text(example.replace("CLONE", str(checkout.path)))
    snakemake("largest", "widelimit_step1", cwd=other)
    measured = pd.read_parquet(other / "results/measured.parquet")
    assert float((other / "results/largest.txt").read_text()) == measured["value"].max()
    assert not (checkout.path / "results").exists()
    # Tables are as they are without the prefix.
    rules = {entry["rule"] for entry in origins([other / "results/measured.parquet"])}
    assert rules == {"generate_data", "fit_kernels", "train_networks", "compare", "measure"}
    # What the page says can be typed: rules have their prefix.
    page = html.unescape((other / "results/pages/step1.html").read_text())
    commands = re.findall(r"<code>(snakemake [^<]+)", page)
    (forced,) = [command for command in commands if "measure_step1" in command]
    assert "--forcerun widelimit_measure_step1" in forced
    assert "widelimit_step1" in commands[-1]
    planned = run(*shlex.split(forced), "-n", "--quiet", cwd=other)
    assert "widelimit_measure_step1" in planned
    # Where to look is for that workflow to say, also where nothing is to be done.
    printed = snakemake("largest", "widelimit_step1", cwd=other)
    assert "Nothing to be done" in printed
    assert "pages/step1.html" not in printed


def test_snakedeploy_deploys_it(tmp_path):
    clone = check_out(tmp_path / "clone").path
    shutil.copytree(ROOT / "config", clone / "config", symlinks=True)
    (command,) = re.findall(r"^snakedeploy (deploy-workflow .*)$", DOCUMENT, re.MULTILINE)
    run("snakedeploy.client", *command.replace("CLONE", "clone").split(), cwd=tmp_path)
    deployed = tmp_path / "mine"
    config = (deployed / "config/config.yaml").read_text()
    assert config == (ROOT / "config.yaml").read_text()
    assert (deployed / "config/README.md").exists()
    assert not (deployed / "config/config.yaml").is_symlink()
    # A local source is declared by a path in it, which has to be completed by hand.
    snakefile = deployed / "workflow/Snakefile"
    text = snakefile.read_text()
    assert text.count('"workflow/Snakefile"') == 1
    snakefile.write_text(text.replace('"workflow/', f'"{clone}/workflow/'))
    assert planned(deployed) == planned(ROOT, "--config", f"results_dir={tmp_path}/none")


def planned(folder: Path, *arguments: str) -> dict[str, int]:
    """Jobs of each rule in a dry run."""
    table = snakemake("-n", "--quiet", "rules", *arguments, cwd=folder)
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}


RENDER = """
import pathlib, runpy, sys, types, widelimit
assert pathlib.Path(widelimit.__file__).is_relative_to(sys.prefix), widelimit.__file__

class Named(dict):
    __getattr__ = dict.__getitem__

figures = [f"results/figures/step1_{{name}}" for name in {figures}]
job = types.SimpleNamespace(
    input=Named(
        svgs=[f"{{path}}.svg" for path in figures],
        texts=[f"{{path}}.json" for path in figures],
        tables=[f"{{path}}.parquet" for path in figures],
        claims="results/step1/claims.parquet",
    ),
    output=Named(page="step1.html"),
    params=Named({params}),
    log=["page.log"],
)
runpy.run_path({script!r}, init_globals={{"snakemake": job}})
"""


def test_a_wheel_renders_a_page(finished, tmp_path):
    """Outside of the checkout, with the templates and style that it brings."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "workflow", source / "workflow", ignore=ignored)
    build = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path))
    run("pip", "wheel", "--quiet", *build, str(source), cwd=tmp_path)
    (wheel,) = tmp_path.glob("widelimit-*.whl")
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv/bin/python"
    install = ("--no-deps", "--no-index", str(wheel))
    run("pip", "--python", str(python), "install", "--quiet", *install, cwd=tmp_path)
    # What it depends on is in this environment, which has the checkout's package elsewhere.
    (site,) = (tmp_path / "venv/lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(finished.path / "results", elsewhere / "results")
    made = (finished.path / "results/pages/step1.html").read_text()
    configs = [str(finished.path / name) for name in ("config.yaml", "study.yaml")]
    study = load_study(read_configs(configs)).model_dump(mode="json", exclude_unset=True)
    texts = re.findall(r"<dt>([^<]+)</dt><dd><pre[^>]*><code>(snakemake [^<]+)<", made)
    params = {
        "page": "step1",
        "figures": "results/figures",
        "study": study,
        "command": "snakemake --cores 2 --configfile study.yaml",
        "linked": ["index", *PAGES, "gallery"],
        "reruns": {html.unescape(what): html.unescape(command) for what, command in texts},
        "code": re.search(r"<dt>page</dt><dd>code <code>(\w+)", made)[1],
    }
    figures = ["threshold", "directions", "span", "regimes"]
    script = str(ROOT / "workflow/scripts/page.py")
    program = RENDER.format(figures=figures, params=params, script=script)
    subprocess.run([python, "-I", "-c", program], cwd=elsewhere, check=True)
    page = (elsewhere / "step1.html").read_text()
    assert page == made.replace(lock_digest(), "none")
