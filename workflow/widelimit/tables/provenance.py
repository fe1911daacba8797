"""Which code, parameters and environment make a result.

Snakemake watches a rule's script but not what the script imports. So each computing rule has a
digest among its params, taken over its script, every widelimit module that the script reaches
through imports, and the lock file. The imports are read from the sources, not listed by hand. The
digest changes when, and only when, that code changes.

Each table carries in its metadata what made it: see ``made_by``.
"""

import hashlib
import json
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from widelimit import PACKAGE, __version__
from widelimit.tables import run
from widelimit.tables.files import read_metadata

LOCK = PACKAGE.parents[1] / "requirements.lock"
"""Of a checkout; a package that is installed by itself has none."""


def code_digest(script: Path, *, modules: Iterable[str] = (), files: Iterable[Path] = ()) -> str:
    """A digest of a script, the modules it reaches, further modules and files, and the lock file.

    script, modules : as for ``sources``
    files : what else determines the result, such as templates

    It depends on names and contents, not on where the files lie.
    """
    return _digest(sources(script, modules) | _locks() | {Path(file) for file in files})


def sources(script: Path, modules: Iterable[str] = ()) -> set[Path]:
    """Files of a script and of all modules that it reaches.

    script  : path of the rule's script
    modules : names of widelimit modules that the script imports by a computed name
    """
    return {Path(script)} | reach(_imports(Path(script)) | set(modules))


def lock_digest() -> str:
    """A digest of the lock file; none where there is none."""
    return _digest(_locks()) if _locks() else "none"


def _locks() -> set[Path]:
    return {LOCK} if LOCK.is_file() else set()


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted((path.name.encode(), path.read_bytes()) for path in paths):
        digest.update(name + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def made_by(job: Any, script: str, *, modules: Iterable[str] = ()) -> dict[str, str]:
    """Metadata for the tables that a job writes: all that had a part in them, and no date.

    made_by : a JSON list, one entry for each rule on the way from the configuration to the table,
        this one's and those of its input tables; an entry has the rule's name, its params without
        the chunk that it computed, the digest of its code, and versions
    lock : the digest of the lock file

    job : the object ``snakemake`` of a script
    script, modules : as for ``code_digest``

    chunk : where the job has computed one, which

    Raises ValueError when the code is not that of the digest among the job's params: somebody has
    edited it while the study ran, and this job would pass for one of the old code. Raises it also
    for an input table of another study, or in another's place: the param ``origins`` says with
    which params and code each rule on the way must have made it, for all inputs or for each path.
    """
    run.check(job.params.code, f"the code of rule {job.rule}, or requirements.lock,")
    # A script that lies in a repository elsewhere has an address here, and nobody edits it.
    local = Path(script).is_file()
    if local and code_digest(Path(script), modules=modules) != job.params.code:
        raise ValueError(
            f"the code of rule {job.rule}, or requirements.lock, has been edited since this run"
            " of Snakemake began; start it again"
        )
    entry = {
        "rule": _own_name(job.rule, script),
        "params": _without_places(_with_content(job)),
        "code": job.params.code,
        "versions": versions(),
    }
    entries = [entry]
    for path in job.input:
        if path.endswith(".parquet"):
            metadata = read_metadata(path)
            check_place(path, metadata)
            before = json.loads(metadata.get("made_by", "[]"))
            expected = job.params.get("origins") or {}
            if other := other_origin(before, expected.get(path, expected)):
                raise ValueError(f"{path}: {other}; delete it and run again")
            entries += before
    chunk = job.params.get("chunk")
    own = {"chunk": json.dumps(dict(chunk))} if chunk else {}
    return {"made_by": json.dumps(_distinct(entries)), "lock": lock_digest(), **own}


def _own_name(rule: str, script: str) -> str:
    """A rule's name, which begins like its script's, without the prefix that another workflow may
    have given it."""
    return rule[max(rule.rfind(Path(script).stem), 0) :]


_NAMED = "data kernels theory networks runs predictions metrics slopes claims".split()
"""Kinds of tables that lie under their own names; some others, such as measured and points, hold
metrics or data."""


def check_place(path: str, metadata: dict[str, str]) -> None:
    """Raise ValueError unless a table, and the networks in it, are those that its place is for."""
    kind, name = Path(metadata.get("table", path)).name, Path(path).name
    may_be_other = Path(name).stem not in _NAMED and kind in ("metrics.parquet", "data.parquet")
    if kind != name and not may_be_other:
        raise ValueError(
            f"{path}: it holds {kind}, and its path says otherwise; delete it and run again"
        )
    place = re.search(r"width=(\d+)/chunk=(\d+)/", path)
    if place is None:
        return
    chunk = json.loads(metadata.get("chunk", "{}")) or {"width": None, "seeds": [None]}
    width, seeds = chunk["width"], chunk["seeds"]
    if [width, seeds[0]] != [int(place[1]), int(place[2]) * len(seeds)]:
        raise ValueError(
            f"{path}: it holds networks of width {width}, seeds {seeds[0]} to {seeds[-1]}, and its"
            " path says otherwise; delete it and run again"
        )


def other_origin(entries: list[dict[str, Any]], expected: dict[str, Any]) -> str | None:
    """What made a table, or what it was made from, other than a study asks for; None for nothing.

    entries : those of ``made_by``
    expected : ``params`` and ``code`` by rule; other rules may be anything
    """
    for entry in entries:
        rule = entry["rule"]
        if rule not in expected:
            continue
        params = json.loads(json.dumps(_without_places(expected[rule]["params"])))
        made_with = dict(entry["params"])
        if made_with.get("content") and params.get("content") is None:
            # A job that runs elsewhere has no data file to look at, but knows what the run saw.
            params["content"] = made_with["content"]
            run.check(made_with["content"], "the data file")
        if other := _difference(made_with, params):
            name, was, now = other
            return f"rule {rule} made it with {name} = {was}, but this study has {now}"
        if entry["code"] != expected[rule]["code"]:
            return f"it was made by other code of rule {rule} than this study has"
    return None


def _difference(one: Any, other: Any, name: str = "") -> tuple[str, Any, Any] | None:
    """Where two values first differ: the name of the key, and both values there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            place = f"{name}.{key}" if name else key
            if found := _difference(one.get(key), other.get(key), place):
                return found
        return None
    return None if one == other else (name, one, other)


def _with_content(job: Any) -> dict[str, Any]:
    """The params, with the digest of the data file that the job has before it, if it has one."""
    params = dict(job.params.items())
    if "content" in params and len(job.input):
        params["content"] = run.file_digest(job.input[0])
        run.check(params["content"], f"the data file {job.input[0]}")
    return params


def origins(tables: Iterable[str]) -> list[dict[str, Any]]:
    """The entries of ``made_by`` that tables carry, each once."""
    lists = (json.loads(read_metadata(path).get("made_by", "[]")) for path in tables)
    return _distinct(entry for entries in lists for entry in entries)


def page_origin(study: dict, code: str, tables: Iterable[str]) -> dict[str, Any]:
    """What made a page: the study with its digest, and the codes and versions on the way to it.

    study : the configuration as far as it is given
    code : digest of the page's own code
    tables : paths of the tables that it shows
    """
    import yaml  # only pages need it, and all jobs import this module

    entries = origins(tables)
    text = yaml.safe_dump(study, sort_keys=True, allow_unicode=True)
    return {
        "study": text,
        "config": hashlib.sha256(text.encode()).hexdigest()[:16],
        "lock": lock_digest(),
        "codes": {"page": code} | {_maker(entry): entry["code"] for entry in entries},
        "versions": sorted({versions(), *(entry["versions"] for entry in entries)}),
    }


def _maker(entry: dict[str, Any]) -> str:
    """The rule of an entry, and of a rule that makes several figures, which."""
    return " ".join([entry["rule"], *filter(None, [entry["params"].get("figure")])])


def _distinct(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    texts = {json.dumps(entry, sort_keys=True) for entry in entries}
    return [json.loads(text) for text in sorted(texts)]


def _without_places(params: dict[str, Any]) -> dict[str, Any]:
    """What determines a result: not which chunk a job computed, nor in which folder a file lies."""
    left_out = ("code", "chunk", "origins")
    kept = {key: value for key, value in params.items() if key not in left_out}
    return {
        key: _without_places(value)
        if isinstance(value, dict)
        else Path(value).name
        if key == "path"
        else value
        for key, value in kept.items()
    }


@cache
def versions() -> str:
    """Python's version, and those of the packages that decide the bytes of a result."""
    packages = ("numpy", "scipy", "numba", "pyarrow")
    numbers = [f"{package} {version(package)}" for package in packages]
    return ", ".join([f"python {platform.python_version()}", *numbers, f"widelimit {__version__}"])


def reach(modules: Iterable[str]) -> set[Path]:
    """Files of the named widelimit modules and of all that they import, directly or not."""
    files: set[Path] = set()
    waiting = list(modules)
    while waiting:
        path = _source(waiting.pop())
        if path not in files:
            files.add(path)
            waiting += _imports(path)
    return files


def _source(module: str) -> Path:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


_NAME = rf"{PACKAGE.name}\b[\w.]*"
_IMPORT = re.compile(
    rf"^ *(?:from (\.[\w.]*|{_NAME}) import (\([^)]*|[^#\n]*)|import ({_NAME}[^#\n]*))",
    re.MULTILINE,
)
_COMMENT = re.compile("#.*")


@cache
def _imports(path: Path) -> frozenset[str]:
    """widelimit modules that a file imports anywhere in it, with the packages they lie in.

    Read by pattern, as each job does it for all its modules: parsing takes five times as long.
    """
    names = set()
    for module, imported, modules in _IMPORT.findall(path.read_text(encoding="utf-8")):
        if module.startswith("."):
            raise ValueError(f"{path}: write imports in full, not relative")
        if module:
            # What is imported may be a module or a name in one.
            words = re.findall(r"\w+", _COMMENT.sub("", imported))
            names |= {module, *(f"{module}.{word}" for word in words)}
        else:
            names |= {part.split()[0] for part in modules.split(",")}
    whole = {".".join(name.split(".")[:i]) for name in names for i in range(1, name.count(".") + 2)}
    return frozenset(name for name in whole if _source(name).exists())
