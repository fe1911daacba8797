"""Results in a storage that only Snakemake reaches, as on clouds: the same bytes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checkout import FIGURES, SMALL, Checkout, check_out, digests

pytestmark = pytest.mark.heavy
APART = Path(__file__).with_name("apart")


@pytest.fixture
def stored(tmp_path) -> tuple[Checkout, Path, list[str]]:
    """An empty checkout, a storage, and the options that have results kept there."""
    store = tmp_path / "store"
    store.mkdir()
    options = ["--default-storage-provider", "fs", "--default-storage-prefix", str(store)]
    return check_out(tmp_path / "some where else"), store, options


def test_every_table_and_a_page(stored, finished):
    """On one core, in another place, in other chunks."""
    study, store, options = stored
    study.configure(network={"seeds_per_job": 4})
    shared = ["persistence", "source-cache", "sources", "software-deployment"]
    targets = ("metrics", "claims", "distance")
    done = study.snakemake("--cores", "1", *options, "--shared-fs-usage", *shared, "--", *targets)
    assert done.returncode == 0, done.stdout[-3000:]
    assert not (study.path / "results").exists()
    ours, theirs = store / "results", finished.path / "results"
    made = digests(ours)
    whole = digests(theirs)
    assert made.items() <= whole.items()
    # Step 3 has pictures and no numbers of its own.
    tables = {name for name in whole if not name.startswith(("figures/", "step3/"))}
    assert made.keys() >= tables
    figures = {f"figures/{name}.svg" for name in FIGURES if name.startswith("distance_")}
    assert made.keys() >= figures
    # A page says nothing of where the copies lay that jobs had before them.
    page = (ours / "pages/distance.html").read_text()
    assert str(store.parent) not in page
    assert "snakemake/storage" not in page


def test_jobs_in_folders_of_their_own(stored, tmp_path):
    """With nothing but a command, in an empty folder and home; the data file is remote as well."""
    study, store, options = stored
    rows = [f"{x / 9 - 0.4},{x * x}" for x in range(8)]
    (store / "points.csv").write_text("\n".join(["t,y", *rows]))
    data = {"source": "file", "path": "points.csv", "inputs": ["t"], "outputs": ["y"]}
    changes = SMALL | {
        "data": data | {"n_train": 6, "n_test": 2},
        "network": SMALL["network"] | {"seeds": 2},
    }
    study.configure(**changes)
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=study.path, check=True)
    # Planning looks at a copy, which is not shipped.
    shutil.copy(store / "points.csv", study.path)
    homes = tmp_path / "homes"
    homes.mkdir()
    environment = {
        "APART": str(homes),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(APART),
    }
    done = study.snakemake(
        *("--executor", "apart", "--jobs", "2", *options, "--", "results/measured.parquet"),
        **environment,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert len(list(homes.glob("train_networks-*/"))) == 2
    local = check_out(tmp_path / "local")
    shutil.copy(store / "points.csv", local.path)
    local.configure(**changes)
    local.run("results/measured.parquet")
    assert digests(store / "results") == digests(local.path / "results")
