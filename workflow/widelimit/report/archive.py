"""A finished study in one file, to deposit or to send: ``python -m widelimit.report.archive``.

It holds the project, the results of the study, Snakemake's records of what made them, and
ro-crate-metadata.json, which says in the terms of schema.org what is there and how it came about:
an RO-Crate (Soiland-Reyes et al., 2022, doi:10.3233/DS-210053). Unpacked elsewhere, `make figures`
finds all of it up to date.
"""

import base64
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from widelimit import __version__
from widelimit.report.verdict import tally
from widelimit.study.config import Study, load_study, read_configs
from widelimit.study.config.errors import ConfigError
from widelimit.tables.files import read_table
from widelimit.tables.provenance import lock_digest, origins

PROJECT = (
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("Snakefile", "config.yaml", "environment.yml", "pyproject.toml", "requirements.lock"),
    *("benchmarks", "config", "docs", "profiles", "studies", "tests", "workflow"),
)
"""Files and folders of the project."""
_LEFT_OUT = {"__pycache__", ".pytest_cache", "widelimit.egg-info", "screenshots", "logs"}
_RECORDS = Path(".snakemake/metadata")
_KINDS = {
    "pages/index.html": "Start here: what the study found, page by page",
    "claims.parquet": "Each statement of the report, what was measured, and whether it holds",
    "metrics.parquet": "Every number, one row each",
    "slopes.parquet": "Slopes of numbers against the width, with their intervals",
    "predictions.parquet": "What networks and kernels predict, point by point",
    "data.parquet": "The points and their targets",
    "runs.parquet": "Time, memory, machine and versions of each job that trained networks",
}
"""Results that the crate describes one by one."""
_FORMATS = {
    ".yaml": "application/yaml",
    ".html": "text/html",
    ".parquet": "application/vnd.apache.parquet",
}


def write_archive(study: Study, configs: list[str], path: Path) -> int:
    """Write the archive of a finished study in the working directory; the number of its files.

    configs : the configuration files, as given to `read_configs`

    Raises ConfigError where the study has no pages yet.
    """
    results = Path(study.results_dir)
    if results.is_absolute() or not (results / "pages/index.html").exists():
        raise ConfigError(
            "results_dir: must be a folder of this project that holds all pages of the study, as"
            f" after `make figures`; got {results}"
        )
    files = sorted({*_files(PROJECT), *configs, *_files([study.results_dir]), *_records(results)})
    with tempfile.TemporaryDirectory() as folder:
        crate = Path(folder) / "ro-crate-metadata.json"
        crate.write_text(
            json.dumps(metadata(study, configs, results), indent=1, ensure_ascii=False)
        )
        # Pax, as it keeps times to the nanosecond: by these Snakemake tells what is up to date.
        with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT, dereference=True) as archive:
            top = path.name.partition(".")[0]
            for name in files:
                archive.add(name, f"{top}/{name}", filter=_of_nobody)
            archive.add(crate, f"{top}/{crate.name}", filter=_of_nobody)
    return len(files) + 1


def metadata(study: Study, configs: list[str], results: Path) -> dict[str, Any]:
    """The RO-Crate of a study, from its tables and what these say of their origin."""
    crate = ROCrate()
    made = datetime.fromtimestamp((results / "pages/index.html").stat().st_mtime, tz=UTC)
    claims = read_table(results / "claims.parquet")
    root = crate.root_dataset
    crate.name = "widelimit: how wide networks become kernel machines, a study with its results"
    crate.description = f"{tally(claims)}. Start with {results}/pages/index.html."
    crate.datePublished = made.date().isoformat()
    licence = {"@type": "CreativeWork", "name": "MIT License"}
    root["license"] = crate.add(
        ContextEntity(crate, "https://spdx.org/licenses/MIT", properties=licence)
    )
    authors = {"@type": "Organization", "name": "The widelimit authors"}
    root["author"] = crate.add(ContextEntity(crate, "#authors", properties=authors))

    about = {
        "version": __version__,
        "name": "The workflow: `make figures` runs it",
        "description": "Networks and kernels of the study, every number, figures and pages",
        "encodingFormat": "text/plain",
        "contentSize": str(Path("Snakefile").stat().st_size),
    }
    workflow = crate.add_workflow(
        dest_path="Snakefile", main=True, lang="snakemake", properties=about
    )
    workflow.lang["version"] = version("snakemake")
    given = [_file(crate, name, "The configuration, as given") for name in dict.fromkeys(configs)]
    given.append(_file(crate, "requirements.lock", "Exact versions of all packages"))
    _file(crate, "CITATION.cff", "How to cite it")
    made_here = [
        _file(crate, f"{results}/{name}", text)
        for name, text in _KINDS.items()
        if (results / name).exists()
    ]
    figures = {
        "name": f"{results}/figures",
        "description": "Figures as SVG, PDF and PNG, each with its table and its text",
    }
    made_here.append(crate.add_dataset(dest_path=f"{results}/figures/", properties=figures))
    tables = [path for path in results.rglob("*.parquet") if "runs" not in path.parts]
    entries = origins(map(str, sorted(tables)))
    action = {
        "@type": "CreateAction",
        "name": "The run of the study",
        "description": "; ".join(
            sorted({f"rule {entry['rule']}, code {entry['code']}" for entry in entries})
        ),
        "endTime": made.isoformat(timespec="seconds"),
        "instrument": {"@id": workflow.id},
        "object": [{"@id": each.id} for each in given],
        "result": [{"@id": each.id} for each in made_here],
        "additionalProperty": [
            {"@id": crate.add(_property(crate, name, value)).id}
            for name, value in {
                "configuration": yaml.safe_dump(
                    study.model_dump(mode="json"), sort_keys=True, allow_unicode=True
                ),
                "requirements.lock": lock_digest(),
                "versions": "; ".join(sorted({entry["versions"] for entry in entries})),
            }.items()
        ],
    }
    root["mentions"] = crate.add(ContextEntity(crate, "#run", properties=action))
    return crate.metadata.generate()


def _file(crate: ROCrate, path: str, description: str) -> Any:
    properties = {
        "name": path,
        "description": description,
        "encodingFormat": _FORMATS.get(Path(path).suffix, "text/plain"),
        "contentSize": str(Path(path).stat().st_size),
    }
    return crate.add_file(dest_path=path, properties=properties)


def _property(crate: ROCrate, name: str, value: str) -> ContextEntity:
    properties = {"@type": "PropertyValue", "name": name, "value": value}
    return ContextEntity(crate, f"#{name}", properties=properties)


def _files(names: Any) -> Iterator[str]:
    for name in names:
        path = Path(name)
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and not _LEFT_OUT & set(file.parts):
                yield str(file)


def _records(results: Path) -> Iterator[str]:
    """Snakemake's records of what made the results: the name of each is a path in base 64."""
    for record in sorted(_RECORDS.rglob("*")):
        if record.is_file():
            name = "".join(part.removeprefix("@") for part in record.relative_to(_RECORDS).parts)
            if Path(base64.b64decode(name).decode()).is_relative_to(results):
                yield str(record)


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    try:
        *configs, target = sys.argv[1:]
        count = write_archive(load_study(read_configs(configs)), configs, Path(target))
        size = Path(target).stat().st_size / 1e6
        print(f"{target}: {count} files, {size:.0f} MB; README.md in it says how to run it again")
    except ConfigError as error:
        sys.exit(str(error))
