import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import TypingError

import widelimit
from widelimit.compiled import compiled

PACKAGE = Path(widelimit.__file__).parent

LOOK_UP = """
import numpy as np
from widelimit.circle.arrangement import arrange
from widelimit.circle.cell_lookup import cells_of
print(cells_of(arrange(np.array([[1.0, 0.0], [0.6, 0.8]])), np.array([[1.0, 1.0], [-1.0, 0.5]])))
"""

TRAIN = """
import numpy as np
import widelimit
t = np.sort(np.random.default_rng(0).uniform(-1, 1, 20))
X, y = np.stack([t, np.sqrt(1 - t * t)], 1), np.sin(10 * t)
for engine, activation in ("circle", "relu"), ("dense", "relu"), ("dense", "gelu"):
    A, B = widelimit.initialise(256, 2, rng=np.random.default_rng(1))
    options = {"engine": engine, "activation": activation, "learning_rate": 1e-3, "steps": 500}
    end = widelimit.train(X, 50 * y if activation == "relu" else y, A, B, **options)
    print(end.A.tobytes().hex(), end.B.tobytes().hex())
"""


def total(n):
    return np.ones(n).sum()


def test_a_function_that_makes_arrays_says_so(monkeypatch):
    monkeypatch.setattr("widelimit.compiled.cache_folder", lambda: None)
    assert compiled(total, allocates=True)(3) == 3
    with pytest.raises(TypingError, match="empty"):
        compiled(total)(3)


def run(code, root, cache):
    environment = os.environ | {"PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)


@pytest.fixture
def package(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "widelimit", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.slow
def test_the_cache_moves_when_compiled_sources_change(package):
    code = "from widelimit.compiled import cache_folder; print(cache_folder())"
    folders = []
    for changed in (None, "report/figures/style.py", "training/circle/cells.py"):
        if changed:
            path = package / "widelimit" / changed
            path.write_text(path.read_text() + "\n")
        process = run(code, package, package / "cache")
        folders.append(process.communicate()[0].decode().strip())
    assert folders[0] == folders[1] != folders[2]
    assert Path(folders[0]).parent == package / "cache"


@pytest.mark.slow
def test_two_cold_processes_compile_side_by_side(package):
    processes = [run(LOOK_UP, package, package / "cache") for _ in range(2)]
    outputs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert outputs[0] == outputs[1] != b""
    assert list((package / "cache").rglob("*.nbi"))


@pytest.mark.heavy
def test_code_that_was_just_compiled_gives_the_digits_of_code_that_is_loaded(package):
    """LLVM may see a function twice, alone and in its caller, and order its sums in two ways. Large
    targets make units cross borders, where the last digits show."""
    first, second = (run(TRAIN, package, package / "cache").communicate()[0] for _ in range(2))
    assert first == second != b""


@pytest.mark.slow
def test_what_is_not_compiled_for_a_debugger_runs_as_python(package, monkeypatch):
    compiled = run(LOOK_UP, package, package / "cache").communicate()[0]
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    process = run(LOOK_UP, package, package / "none")
    assert process.communicate()[0] == compiled != b""
    assert not (package / "none").exists()


TWICE = """
import time
from numba.core.caching import IndexDataCacheFile
from widelimit.twice import twice

load_index = IndexDataCacheFile._load_index

def slowly(self):
    index = load_index(self)
    time.sleep(1.0)
    return index

IndexDataCacheFile._load_index = slowly
"""


@pytest.mark.slow
def test_what_two_processes_save_at_once_is_told_apart(package):
    """One function for floats and for integers, saved between reading and writing of the index."""
    source = (
        "from widelimit.compiled import compiled\n\n@compiled\ndef twice(x):\n    return x + x\n"
    )
    (package / "widelimit" / "twice.py").write_text(source)
    calls = ("print(twice(1.5))", "print(twice(7))")
    processes = [run(TWICE + call, package, package / "cache") for call in calls]
    assert [process.communicate()[0].split() for process in processes] == [[b"3.0"], [b"14"]]
    hits = "sum(twice.stats.cache_hits.values())"
    call = f"from widelimit.twice import twice; print(twice(1.5), twice(7), {hits})"
    assert run(call, package, package / "cache").communicate()[0].split() == [b"3.0", b"14", b"2"]


DOUBLED = (
    "from widelimit.twice import twice; print(twice(1.5), sum(twice.stats.cache_hits.values()))"
)


@pytest.fixture
def doubling(package):
    """A package with one more compiled function, its machine code already in the cache."""
    source = (
        "from widelimit.compiled import compiled\n\n@compiled\ndef twice(x):\n    return x + x\n"
    )
    (package / "widelimit" / "twice.py").write_text(source)
    assert doubled(package) == [b"3.0", b"0"]
    return package


def doubled(package):
    return run(DOUBLED, package, package / "cache").communicate()[0].split()


@pytest.mark.slow
def test_a_copy_of_the_package_elsewhere_takes_the_same_code(doubling):
    copy = doubling / "elsewhere"
    shutil.copytree(doubling / "widelimit", copy / "widelimit", copy_function=shutil.copyfile)
    assert run(DOUBLED, copy, doubling / "cache").communicate()[0].split() == [b"3.0", b"1"]


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES = {"a bit flipped": flipped, "empty": lambda _: b"", "cut short": lambda c: c[:100]}


@pytest.mark.slow
def test_damaged_machine_code_is_compiled_again_and_replaced(doubling, everything):
    for name in DAMAGES if everything else ["a bit flipped"]:
        for kind in ("nbi", "nbc"):
            for path in (doubling / "cache").rglob(f"*.{kind}"):
                path.write_bytes(DAMAGES[name](path.read_bytes()))
            assert doubled(doubling) == [b"3.0", b"0"], (name, kind)
            assert doubled(doubling) == [b"3.0", b"1"], (name, kind)


@pytest.mark.slow
def test_what_cannot_be_kept_is_compiled(doubling):
    """Every place for the cache is a file, where nobody, not even root, can make a folder."""
    nowhere = doubling / "file"
    nowhere.write_text("")
    environment = os.environ | {"PYTHONPATH": str(doubling), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= dict.fromkeys(("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"), str(nowhere))
    code = f"import tempfile; tempfile.tempdir = {str(nowhere)!r}\n{DOUBLED}"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.stdout.split() == [b"3.0", b"0"], done.stderr


@pytest.mark.slow
def test_the_cache_of_the_user_comes_after_a_place_that_is_not_writable(package):
    (package / "file").write_text("")
    code = "from widelimit.compiled import cache_folder; print(cache_folder())"
    environment = os.environ | {
        "PYTHONPATH": str(package),
        "NUMBA_CACHE_DIR": str(package / "file"),
        "XDG_CACHE_HOME": str(package / "home"),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert Path(done.stdout.decode().strip()).parent == package / "home" / "widelimit"
