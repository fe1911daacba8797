"""A job refuses what was edited since its run began."""

import os
import subprocess
import sys

import pytest

from widelimit.tables import run


@pytest.fixture(autouse=True)
def no_run(monkeypatch):
    monkeypatch.setenv(run.VARIABLE, "")


def test_a_job_of_no_run_takes_anything():
    run.check("0123", "the configuration")


def test_what_the_run_began_with_is_taken_and_nothing_else():
    run.begin(run.text_digest("seed: 0"))
    for digest in ("code of one rule", "code of another", "code of one rule"):
        run.add(run.text_digest(digest))
    run.check(run.text_digest("seed: 0"), "the configuration")
    run.check(run.text_digest("code of another"), "the code of rule compare")
    with pytest.raises(ValueError, match=r"^the configuration has been edited since this run of"):
        run.check(run.text_digest("seed: 1"), "the configuration")
    assert len(os.environ[run.VARIABLE].split()) == 3


def test_a_new_run_forgets_the_one_before():
    run.begin(run.text_digest("one"))
    run.add(run.text_digest("code"))
    run.begin(run.text_digest("two"))
    with pytest.raises(ValueError, match="edited"):
        run.check(run.text_digest("code"), "the code")


def test_two_studies_of_one_run_stand_side_by_side():
    workflow = object()
    run.begin(run.text_digest("one"), workflow)
    run.begin(run.text_digest("two"), workflow)
    for study in ("one", "two"):
        run.check(run.text_digest(study), "the configuration")
    run.begin(run.text_digest("three"), object())
    with pytest.raises(ValueError, match="edited"):
        run.check(run.text_digest("one"), "the configuration")


def test_jobs_inherit_what_the_run_began_with():
    run.begin(run.text_digest("one"))
    code = "from widelimit.tables import run; run.check(run.text_digest('two'), 'the study')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "the study has been edited" in done.stderr


def test_files_are_told_apart_by_their_content(tmp_path):
    for name, content in (("a", "1,2\n"), ("b", "1,2\n"), ("c", "1,3\n")):
        (tmp_path / name).write_text(content)
    a, b, c = (run.file_digest(tmp_path / name) for name in "abc")
    assert a == b != c
