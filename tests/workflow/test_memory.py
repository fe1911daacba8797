"""Jobs take the memory that their rules ask for, at sizes where kernels outweigh Python too."""

from __future__ import annotations

import re

import pytest

from widelimit.study import cost

SNAKEMAKE = 200
"""MB of the Snakemake that starts a job on a cluster; the test measures the script alone."""

NOTE_PEAK = """
import atexit, resource, sys

def note():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 10**6
    with open({log!r}, "a") as file:
        file.write(f"{{sys.argv[0]}} {{peak}}\\n")

atexit.register(note)
"""


@pytest.mark.parametrize(
    ("n_train", "n_test", "seeds", "steps"),
    [
        pytest.param(700, 100, 3, 2, marks=pytest.mark.slow),
        pytest.param(20, 2000, 4, 20, marks=pytest.mark.slow),
        pytest.param(2100, 50, 1, 2, marks=pytest.mark.heavy),
    ],
)
def test_jobs_take_no_more_memory_than_they_ask_for(
    checkout, tmp_path, n_train, n_test, seeds, steps
):
    checkout.configure(
        data={"n_train": n_train, "n_test": n_test},
        network={
            "widths": [64],
            "seeds": seeds,
            "seeds_per_job": seeds,
            "learning_rate": 0.5 / n_train,
            "steps": 100,
            "checkpoints": list(range(1, steps)),
        },
        variants={"interval": None},
        beyond={"activations": ["erf"], "dimensions": [], "widths": [16, 64]},
        scale={"scales": []},
    )
    log = tmp_path / "peaks"
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook/sitecustomize.py").write_text(NOTE_PEAK.format(log=str(log)))
    done = checkout.snakemake(
        *("--cores", "1", "--", "results/measured.parquet"),
        *("results/figures/step7_fits.svg", "results/beyond/erf/measured.parquet"),
        PYTHONPATH=str(tmp_path / "hook"),
    )
    assert done.returncode == 0, done.stdout[-3000:]
    asked = dict(re.findall(r"rule (\w+):.*?mem_mb=(\d+)", done.stdout, re.DOTALL))
    taken = re.findall(r"\.(\w+)\.py ([\d.]+)", log.read_text())
    assert {rule for rule, _ in taken} == set(asked)
    for rule, peak in taken:
        assert float(peak) + SNAKEMAKE < int(asked[rule]), rule
        # Nor is it asked for several times as much, beside what Python takes at any size.
        assert int(asked[rule]) - cost.INTERPRETER < 4 * float(peak), rule
