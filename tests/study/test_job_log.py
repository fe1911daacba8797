"""What a job's log and its standard error say of an error."""

import numpy as np
import pytest

from widelimit.data.sources import normalise_rows
from widelimit.study.job_log import logged
from widelimit.training import TrainingDiverged


def test_lines_are_kept_as_they_come(tmp_path):
    with logged(tmp_path / "logs/a.log") as say:
        say("half")
        assert (tmp_path / "logs/a.log").read_text() == "half\n"


@pytest.mark.parametrize(
    "error, line",
    [
        (OSError("t.parquet: cannot be written"), "error: t.parquet: cannot be written"),
        (MemoryError(), "error: MemoryError"),
    ],
)
def test_what_the_machine_refuses_is_one_line(tmp_path, capsys, error, line):
    with pytest.raises(SystemExit) as ended, logged(tmp_path / "a.log"):
        raise error
    assert ended.value.code == 1
    assert capsys.readouterr().err == (tmp_path / "a.log").read_text() == line + "\n"


def test_what_this_package_refuses_is_one_line(tmp_path):
    with pytest.raises(SystemExit), logged(tmp_path / "a.log"):
        normalise_rows(np.zeros((2, 2)))
    assert (tmp_path / "a.log").read_text().count("\n") == 1


def test_what_a_library_refuses_keeps_its_traceback(tmp_path, capsys):
    with pytest.raises(SystemExit), logged(tmp_path / "a.log"):
        np.zeros(2) @ np.zeros(3)
    assert "Traceback" in (tmp_path / "a.log").read_text()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_fault_of_the_program_goes_on(tmp_path):
    with pytest.raises(KeyError), logged(tmp_path / "a.log"):
        raise KeyError("oops")
    assert "KeyError" in (tmp_path / "a.log").read_text()


def test_divergence_is_no_fault_of_the_program():
    assert issubclass(TrainingDiverged, ArithmeticError)


def test_a_full_disk_under_the_log_hides_no_error(capsys):
    with pytest.raises(SystemExit), logged("/dev/full"):
        raise OSError("t.parquet: cannot be written")
    assert capsys.readouterr().err == "error: t.parquet: cannot be written\n"
