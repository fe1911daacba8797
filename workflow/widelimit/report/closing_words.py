"""What a run says at its end: where to look, and what the statements come to."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from widelimit.report.places import NETWORKS, Places
from widelimit.report.verdict import answer, tally
from widelimit.tables.files import concatenate


def closing_words(places: Places, listed: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Lines that name the files that are there; a part of a study leaves a part of them.

    listed : paths by what they hold, such as Pages
    """
    for what, paths in listed.items():
        there = [path for path in paths if Path(path).exists()]
        yield from (f"{f'{what}:' if i == 0 else '':12}{path}" for i, path in enumerate(there))
    claims = [places.table(f"{step}/claims") for step in places.measured]
    if judged := [path for path in claims if Path(path).exists()]:
        verdicts = concatenate(judged)
        yield f"{'Verdict:':12}{answer(verdicts)} ({tally(verdicts)})"
    for base in places.experiments:
        ours = {Path(path).parent for path in places.training_jobs(NETWORKS, base)}
        if others := set(Path(base).glob("networks/*/*/")) - ours:
            earlier = "1 folder is" if len(others) == 1 else f"{len(others)} folders are"
            yield (
                f"{base}/networks: {earlier} of earlier configurations, such as {min(others)};"
                f" {places.table('runs')} lists those of this study"
            )
