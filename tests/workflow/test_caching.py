"""--cache between working directories: what is shared, and that nothing stale ever is."""

import os
import re
import shutil
import subprocess

import pytest

from checkout import MEASURED, ROOT, SMALL, Checkout, check_out, digests

# One process fills the cache and runs them all.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("caching")]

NETWORK = "results/networks/width=16/chunk=0/networks.parquet"
ENTRY = re.compile(r"[0-9a-f]{64}(_\w+)?\.parquet")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def run(checkout: Checkout, cache, *arguments: str) -> str:
    done = checkout.snakemake(
        *("--cores", "2", "--cache", *arguments), SNAKEMAKE_OUTPUT_CACHE=str(cache)
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def stored(printed: str) -> int:
    """Files that were computed and put into the cache."""
    return printed.count("Moving output file")


def fetched(printed: str) -> int:
    return printed.count("Symlinking output file") - stored(printed)


@pytest.fixture(scope="module")
def first(cache, tmp_path_factory) -> Checkout:
    """The small study, which has filled the cache."""
    checkout = check_out(tmp_path_factory.mktemp("first") / "checkout")
    checkout.configure(**SMALL)
    # data; kernels and theory; networks and runs of four jobs
    assert stored(run(checkout, cache, "--", MEASURED)) == 1 + 2 + 2 * 4
    return checkout


@pytest.fixture
def second(first, tmp_path) -> Checkout:
    checkout = check_out(tmp_path / "elsewhere")
    checkout.configure(**SMALL)
    return checkout


def test_a_second_checkout_takes_all_that_is_cached_and_gets_the_same_bytes(
    second, cache, small_digests
):
    printed = run(second, cache, "--", MEASURED)
    assert (stored(printed), fetched(printed)) == (0, 11)
    assert digests(second.path / "results") == small_digests
    links = {path.name for path in (second.path / "results").rglob("*") if path.is_symlink()}
    cached = {"data.parquet", "kernels.parquet", "theory.parquet"}
    assert links == cached | {"networks.parquet", "runs.parquet"}
    # Reports, figures and pages never come from the cache; each network has an entry of its own.
    assert all(ENTRY.fullmatch(path.name) for path in cache.iterdir())
    networks = [path for path in cache.iterdir() if "_networks" in path.name]
    assert len({path.read_bytes() for path in networks}) == len(networks) >= 4


def test_a_second_study_trains_only_the_widths_and_seeds_that_the_first_has_not(second, cache):
    widths = {"widths": [16, 32], "seeds": 6}
    second.configure(**SMALL | {"network": SMALL["network"] | widths})
    printed = run(second, cache, "--", "networks")
    # 16 has two of its three chunks, 32 has none; data.parquet is shared too.
    assert (stored(printed), fetched(printed)) == (2 * (1 + 3), 1 + 2 * 2)


def test_an_edit_misses(second, cache):
    """Of a module two imports away; the digest itself is tested in tests/tables."""
    second.edit("workflow/widelimit/seeds.py", "import numpy", "# edited\nimport numpy")
    before = set(cache.iterdir())
    assert stored(run(second, cache, "--", "data")) == len(set(cache.iterdir()) - before) == 1


@pytest.mark.parametrize("changes", [{"seed": 7}, {"data": {"target": "t"}}], ids=str)
def test_another_configuration_misses(second, cache, changes):
    second.configure(**SMALL, **changes)
    assert stored(run(second, cache, "--", "data")) == 1


def test_what_is_put_back_hits_and_edits_elsewhere_miss_nothing(second, cache):
    path = second.path / "workflow/widelimit/seeds.py"
    text = path.read_text()
    path.write_text(text + "\n# edited\n")
    path.write_text(text)
    second.edit("workflow/widelimit/report/figures/style.py", "import os", "# edited\nimport os")
    second.edit("workflow/widelimit/measure/distances.py", "import numpy", "# edited\nimport numpy")
    assert stored(run(second, cache, "--", "networks", "kernels")) == 0


def test_an_edited_data_file_misses_and_the_old_one_hits(second, cache):
    points = second.path / "mine.csv"
    good = "a,b,c\n" + "".join(f"{i + 1},{i % 3},{i}\n" for i in range(12))
    points.write_text(good)
    source = {"source": "file", "path": "mine.csv", "inputs": ["a", "b"], "outputs": ["c"]}
    second.configure(**SMALL, data={**source, "n_train": 8, "n_test": 4, "target": "t"})
    assert stored(run(second, cache, "--", "data")) == 1
    other = second.path / "other.csv"
    other.write_text(good.replace("12,2,11", "12,2,99"))
    os.utime(other, (1e9, 1e9))  # Older than the table that was made of the file it replaces.
    other.replace(points)
    assert stored(run(second, cache, "--", "data")) == 1
    points.write_text(good)
    assert stored(run(second, cache, "--", "data")) == 0


@pytest.mark.heavy
def test_forcing_fetches_again_and_forcing_without_cache_computes(second, cache):
    run(second, cache, "--", NETWORK)
    chunk = second.path / NETWORK
    entry = chunk.resolve()
    before = entry.read_bytes(), entry.stat().st_mtime_ns
    assert fetched(run(second, cache, "-R", "train_networks", "--", NETWORK)) == 2
    second.run("-R", "train_networks", "--", NETWORK)
    # The link has been replaced; the cache is as it was.
    assert not chunk.is_symlink()
    assert (entry.read_bytes(), entry.stat().st_mtime_ns) == before
    assert chunk.read_bytes() == before[0]


@pytest.mark.heavy
def test_a_relative_cache_is_made_absolute(second):
    (second.path / "cache").mkdir()
    assert stored(run(second, "cache", "--", "data")) == 1
    data = second.path / "results/data.parquet"
    assert data.resolve().parent == second.path / "cache"


@pytest.mark.heavy
def test_links_into_a_cache_that_is_gone_are_named_with_the_remedy(second, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    run(second, cache, "--", "data")
    cache.rename(tmp_path / "away")
    done = second.snakemake("--cores", "1", "--", "data")
    assert done.returncode != 0
    assert "1 results are links to files that are gone" in done.stdout
    remedy = re.search(r"find results -xtype l -delete", done.stdout)[0]
    subprocess.run(remedy, shell=True, cwd=second.path, check=True)
    second.run("--", "data")


@pytest.mark.heavy
def test_cleaning_leaves_no_dangling_links(second, cache, tmp_path):
    own = tmp_path / "cache"
    own.mkdir()
    (own / "notes.txt").write_text("mine")
    run(second, own, "--", "data", "kernels")
    (second.path / "benchmarks").mkdir()
    for name in ("Makefile", "benchmarks/benchmarks.mk"):
        shutil.copy(ROOT / name, second.path / name)
    (second.path / "results/README.md").write_text("kept")
    environment = {**os.environ, "SNAKEMAKE_OUTPUT_CACHE": str(own)}

    def make(target):
        subprocess.run(["make", target], cwd=second.path, env=environment, check=True)
        left = [path for path in second.path.rglob("*") if path.is_symlink() and not path.exists()]
        assert left == []

    make("clean-cache")
    assert {path.name for path in own.iterdir()} == {"notes.txt"}
    assert not (second.path / "results/data.parquet").is_symlink()
    assert stored(run(second, own, "--", "data", "kernels")) == 3
    # A study elsewhere stays, and so does what tells whether it is up to date.
    second.configure(**SMALL, results_dir="elsewhere")
    second.run("--", "data")
    # Also where results are a link to a larger disk.
    (second.path / "results").rename(tmp_path / "disk")
    (second.path / "results").symlink_to(tmp_path / "disk")
    make("clean")
    assert [path.name for path in (second.path / "results").iterdir()] == ["README.md"]
    assert len(list(own.iterdir())) == 1 + 3
    assert "Nothing to be done" in second.run("-n", "--", "data")
    second.edit("workflow/widelimit/data/sources.py", "import numpy", "# edited\nimport numpy")
    assert "Params have changed" in second.run("-n", "--", "data")
