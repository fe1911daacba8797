import shlex

from widelimit.study.commands import Command


def test_targets_come_before_the_files_and_what_is_forced_after_them():
    command = Command(configfiles=["studies/my study.yaml"], changes=["network={seeds: 3}"])
    line = command.line("step7", "data", force="train_networks")
    assert shlex.split(line) == [
        *("snakemake", "--cores", "2", "step7", "data"),
        *("--configfile", "studies/my study.yaml", "--config", "network={seeds: 3}"),
        *("--forcerun", "train_networks"),
    ]


def test_the_shipped_study_needs_no_file():
    assert Command().line() == "snakemake --cores 2"


def test_paths_are_seen_from_where_the_user_stands(tmp_path, monkeypatch):
    (tmp_path / "studies").mkdir()
    monkeypatch.chdir(tmp_path)
    command = Command(configfiles=[str(tmp_path / "studies/mine.yaml")])
    assert command.line() == "snakemake --cores 2 --configfile studies/mine.yaml"


def test_a_workflow_that_snakemake_does_not_find_by_itself_is_named(tmp_path, monkeypatch):
    ours = tmp_path / "clone/workflow/Snakefile"
    ours.parent.mkdir(parents=True)
    ours.touch()
    command = Command(snakefile=str(ours))
    monkeypatch.chdir(tmp_path / "clone")
    assert command.line("step7") == "snakemake --cores 2 step7"
    monkeypatch.chdir(tmp_path)
    for others in (False, True):
        if others:
            (tmp_path / "Snakefile").touch()
        expected = "snakemake --cores 2 --snakefile clone/workflow/Snakefile step7"
        assert command.line("step7") == expected
