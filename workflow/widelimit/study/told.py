"""What a job is told, so that Snakemake prints its name and digest in place of a configuration."""

from typing import Any

from widelimit.tables.run import text_digest


class _Settings(dict):
    name: str

    def __repr__(self) -> str:
        return f"{self.name} {text_digest(super().__repr__())}"

    # To a job it is a plain dict: what reads its params need not have this module.
    def __reduce__(self):
        return dict, (dict(self),)


class _Digest(str):
    name: str

    def __repr__(self) -> str:
        return f"{self.name} {self}"

    def __reduce__(self):
        return str, (str(self),)


def told(name: str, value: Any) -> Any:
    """The value, equal to what it was; but Snakemake, which keeps the repr of each param to see
    whether it has changed, and prints both where it has, finds the name and a digest."""
    kind = {dict: _Settings, str: _Digest}.get(type(value))
    if kind is None:
        return value
    named = kind(value)
    named.name = name
    return named
