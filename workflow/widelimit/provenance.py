"""Which code makes a result: digests that change when, and only when, that code changes.

Snakemake watches a rule's script but not what the script imports. So each computing rule has a
digest among its params, taken over its script, every widelimit module that the script reaches
through imports, and the lock file. The imports are read from the sources, not listed by hand.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def code_digest(script: Path, *, modules: Iterable[str] = (), files: Iterable[Path] = ()) -> str:
    """A digest of a script, the modules it reaches, further modules and files.

    script  : path of the rule's script
    modules : names of widelimit modules that the script imports by a computed name
    files   : what else determines the result, such as the lock file or templates
    """
    reached = {Path(script)} | reach(_imports(Path(script)) | set(modules))
    digest = hashlib.sha256()
    for path in sorted(reached | {Path(file) for file in files}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def reach(modules: Iterable[str]) -> set[Path]:
    """Files of the named widelimit modules and of all that they import, directly or not."""
    found: set[Path] = set()
    waiting = list(modules)
    while waiting:
        path = _source(waiting.pop())
        if path not in found:
            found.add(path)
            waiting += _imports(path)
    return found


def _source(module: str) -> Path:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(path: Path) -> frozenset[str]:
    """widelimit modules that a file imports anywhere in it, with the packages they lie in."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}: write imports in full, not relative")
            # What is imported may be a module or a name in one.
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name for name in names if name.split(".")[0] == PACKAGE.name}
    whole = {".".join(name.split(".")[:i]) for name in ours for i in range(1, name.count(".") + 2)}
    return frozenset(name for name in whole if _source(name).exists())
