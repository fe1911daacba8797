"""What a run of Snakemake began with, told to each of its jobs.

A job on a cluster may wait for hours, and reads configuration, code and data files when it starts.
Snakemake meanwhile records the parameters that it submitted the job with. If somebody edited one of
them in between, the job would compute one thing and pass for another. So the run puts a digest of
its configuration, of the code of each of its rules and of each data file into an environment
variable that Snakemake hands to all jobs, and a job that finds anything else refuses to start.
"""

import hashlib
import os

VARIABLE = "WIDELIMIT_RUN"
"""Digests with blanks between them, that of the configuration first."""


def text_digest(text: str) -> str:
    """A digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_digest(path: str | os.PathLike) -> str:
    """A digest of the content of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def begin(configuration: str, run: object = None) -> None:
    """Begin a run in this process, with the digest of its configuration.

    run : what stands for the run; a second study of the same one, of a workflow that imports two,
        joins the first
    """
    global _run
    if run is None or run is not _run:
        os.environ[VARIABLE] = ""
    _run = run
    add(configuration)


_run: object = None


def add(digest: str) -> None:
    """Add the digest of a rule's code, or of a data file, to what the run began with."""
    if digest not in _digests():
        os.environ[VARIABLE] = " ".join([*_digests(), digest])


def check(digest: str, name: str) -> None:
    """Raise ValueError in a job of a run that began with something else than this digest.

    name : what the digest is of, as the subject of a sentence
    """
    digests = _digests()
    if digests and digest not in digests:
        raise ValueError(
            f"{name} has been edited since this run of Snakemake began; start it again"
        )


def _digests() -> list[str]:
    return os.environ.get(VARIABLE, "").split()
