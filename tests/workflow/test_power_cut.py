"""A power cut: what had not reached the disk is lost, and no run takes what is left for all."""

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from checkout import MEASURED, SMALL, Checkout, check_out, digests, mounted
from widelimit.tables.soundness import result_of

pytestmark = pytest.mark.slow
RECORDS = ".snakemake/metadata"


def test_lost_records_do_not_mix_two_learning_rates(small_checkout, tmp_path):
    """Half of the networks have no record left that tells of the old one."""
    shutil.copytree(small_checkout.path, tmp_path / "checkout")
    study = Checkout(tmp_path / "checkout")
    records = study.path / RECORDS
    lost = [
        record
        for record in records.rglob("*")
        if record.is_file() and "width=16" in str(result_of(record, records))
    ]
    assert len(lost) == 4  # networks.parquet and runs.parquet of two jobs
    for record in lost:
        record.write_bytes(b"")
    faster = SMALL | {"network": SMALL["network"] | {"learning_rate": 0.01}}
    study.configure(**faster)
    printed = study.run(MEASURED)
    assert printed.count("record in Snakemake is damaged; it will be made again") == 4
    assert printed.count(": train_networks of width") == 4
    other = check_out(tmp_path / "other")
    other.configure(**faster)
    other.run(MEASURED)
    assert digests(study.path / "results") == digests(other.path / "results")


@pytest.mark.heavy
def test_power_cuts_at_six_moments(small_digests, tmp_path):
    """What the disk holds at a moment, while the system has written only what it had to, is
    completed to the same bytes. Compiled code and Snakemake's records are on that disk too."""
    image, place = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(400 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    moments, cuts = random.Random(0), []
    with mounted(place, "-o", "loop", str(image)):
        study = check_out(place / "checkout")
        study.configure(**SMALL)
        subprocess.run(["sync", "--file-system", str(place)], check=True)
        run = study.start("--cores", "2", MEASURED, NUMBA_CACHE_DIR=str(place / "compiled"))
        run.wait_for(lambda: "\nExecute " in run.printed)
        while not run.ended:
            time.sleep(moments.uniform(0, 4))
            cuts.append(_cut(image))
        cuts.append(_cut(image))
        assert run.finish().returncode == 0
        assert digests(study.path / "results") == small_digests
    # The last is the one right after the end, when all counts as done.
    for i, cut in enumerate([cuts.pop(), *moments.sample(cuts, min(5, len(cuts)))]):
        # To unlock once is enough, and once to compile anew what is not on that disk.
        compiled = {"NUMBA_CACHE_DIR": str(place / "compiled")} if i <= 1 else {}
        arguments = ["--nolock"] if i else []
        with mounted(place, "-o", "loop", str(cut)):
            if not i:
                study.snakemake("--unlock")
            done = study.snakemake("--cores", "2", *arguments, MEASURED, **compiled)
            assert done.returncode == 0, done.stdout[-3000:]
            assert digests(study.path / "results") == small_digests


def _cut(image: Path) -> Path:
    """A copy of what the disk holds now: nothing that the system still keeps in memory."""
    cut = image.with_name(f"cut{len(list(image.parent.glob('cut*')))}")
    subprocess.run(["cp", "--sparse=always", str(image), str(cut)], check=True)
    return cut
