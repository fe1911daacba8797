"""Jobs take the memory that their rules ask for, at sizes where kernels outweigh Python too."""

import pytest

from widelimit.study import cost

SNAKEMAKE = 200
"""MB of the Snakemake that starts a job on a cluster; the test measures the script alone."""

NOTE_PEAK = """
import atexit, resource, sys

def note():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 10**6
    if job := getattr(sys.modules["__main__"], "snakemake", None):
        with open({log!r}, "a") as file:
            print(job.rule, peak, job.resources["mem_mb"], file=file)

atexit.register(note)
"""


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("n_train", "n_test", "seeds", "steps"),
    [
        (20, 2000, 4, 6),
        (2100, 50, 1, 2),
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
        # For many points it takes minutes; tests/study/test_cost.py has what was seen.
        *(["results/predicted.parquet"] if n_train < 100 else []),
        PYTHONPATH=str(tmp_path / "hook"),
    )
    assert done.returncode == 0, done.stdout[-3000:]
    jobs = [line.split() for line in log.read_text().splitlines()]
    every = "generate_data fit_kernels train_networks compare measure measure_small figure".split()
    assert {rule for rule, *_ in jobs} >= set(every)
    for rule, *numbers in jobs:
        peak, asked = map(float, numbers)
        assert peak + SNAKEMAKE < asked, rule
        # Nor is it asked for several times as much, beside what Python takes at any size.
        assert asked - cost.INTERPRETER < 4 * peak, rule
