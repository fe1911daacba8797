"""A copy of the workflow in which tests run studies, as users do, and edit code."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from widelimit.report import catalog

ROOT = Path(__file__).parents[1]
TINY = yaml.safe_load((ROOT / "studies/tiny.yaml").read_text())
SMALL = {
    "network": {"widths": [16, 64], "engine": "dense"},
    "variants": {"interval": None},
    "beyond": {"activations": []},
}
"""Changes to the tiny study for what needs many runs: few jobs, none of them long."""

MEASURED = "results/measured.parquet"
"""The target that ends with the numbers of the networks, before those of the other steps."""

FIGURES = {
    name
    for name in catalog.FIGURES
    if not name.endswith(("_classes", "_lecture")) and not name.startswith(("classes_", "lecture_"))
}
"""The figures of the tiny study."""


PLAN_EACH = """
import os, shlex, sys
import snakemake.api
from snakemake.cli import main

for command in sys.stdin:
    if os.fork() == 0:
        main([*shlex.split(command, comments=True)[1:], "-n", "--quiet"])
    assert os.wait()[1] == 0, command
"""


@dataclass
class Run:
    """A running snakemake."""

    process: subprocess.Popen
    log: Path

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def finish(self, timeout: float = 1200) -> subprocess.CompletedProcess:
        try:
            self.process.wait(timeout)
        finally:
            self.kill()
        return subprocess.CompletedProcess(self.process.args, self.process.returncode, self.printed)

    def wait_for(self, condition: Callable[[], object], timeout: float = 300):
        """What ``condition`` gives once it is true; fails if snakemake ends before."""
        end = time.monotonic() + timeout
        while not (value := condition()):
            assert self.process.poll() is None, self.printed[-5000:]
            assert time.monotonic() < end, self.printed[-5000:]
            time.sleep(0.1)
        return value

    def interrupt(self, sign: signal.Signals = signal.SIGINT) -> None:
        """As Ctrl-C does: to every process of the group."""
        os.killpg(self.process.pid, sign)

    def kill(self) -> None:
        """kill -9 whatever still runs of the process group, which no job leaves."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Checkout:
    """A working copy of the workflow in which a study can be run and its code edited."""

    path: Path

    def snakemake(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run snakemake with study.yaml; ``stdout`` holds what it printed."""
        return self.start(*arguments, **environment).finish()

    def start(
        self, *arguments: str, program: Sequence[str] = ("-m", "snakemake"), **environment: str
    ) -> Run:
        """The same in the background, as the leader of a process group of its own."""
        command = [sys.executable, *program, "--configfile", "study.yaml", *arguments]
        # As from a user's shell: nothing of this process but where things are.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if "PYTEST" not in name and not name.startswith("SNAKEMAKE")
        }
        with tempfile.NamedTemporaryFile(dir=self.path.parent, suffix=".log", delete=False) as log:
            process = subprocess.Popen(
                command,
                cwd=self.path,
                env=inherited | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # What runs in the background of a script inherits that Ctrl-C is ignored.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        return Run(process, Path(log.name))

    def run(self, *targets: str, cores: int = 2) -> str:
        """Run to the end; what snakemake printed."""
        done = self.snakemake("--cores", str(cores), *targets)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def plan_each(self, commands: Iterable[str]) -> None:
        """Dry runs of commands as they are typed, by processes that have Snakemake loaded."""
        done = subprocess.run(
            [sys.executable, "-c", PLAN_EACH],
            cwd=self.path,
            input="\n".join(commands),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-5000:]

    def configure(self, **changes) -> None:
        """study.yaml: the tiny study with sections changed."""
        study = {**TINY, "results_dir": "results"}
        for section, values in changes.items():
            if isinstance(values, dict) and isinstance(study.get(section), dict):
                study[section] = {**study[section], **values}
            else:
                study[section] = values
        (self.path / "study.yaml").write_text(yaml.safe_dump(study))

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert old in text, f"{old!r} not in {file}"
        path.write_text(text.replace(old, new))


def check_out(path: Path) -> Checkout:
    """Copy what a clone would hold, but for tests and documents."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "config.yaml", "requirements.lock"):
        shutil.copy(ROOT / name, path / name)
    for name in ("workflow", "profiles"):
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, path / name, ignore=ignore)
    checkout = Checkout(path)
    checkout.configure()
    return checkout


@contextmanager
def mounted(path: Path, *options: str):
    """Something mounted at ``path``, which needs to be root."""
    path.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(path)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


def digests(results: Path) -> dict[str, str]:
    """sha256 of each science table and figure; timings lie in runs/, chunks in networks/."""
    tables = [
        path
        for path in results.rglob("*.parquet")
        if path.name != "runs.parquet" and not {"runs", "networks"} & set(path.parts)
    ]
    figures = [path for path in results.glob("figures/*") if path.suffix != ".parquet"]
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(tables + figures)
    }
