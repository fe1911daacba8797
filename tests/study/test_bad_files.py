"""Files that are no configuration, and names that lead out of the results."""

import pytest

from checkout import ROOT, TINY
from widelimit.study.checks import check_results, check_study
from widelimit.study.config import load_study, read_configs
from widelimit.study.config.errors import ConfigError


def check(path) -> str:
    """What is said of a configuration over the shipped one, or nothing if it is a study."""
    try:
        check_study(load_study(read_configs([ROOT / "config.yaml", path])))
    except ConfigError as error:
        lines = str(error).splitlines()
        assert lines
        assert all(line.isprintable() and len(line) <= 1100 for line in lines)
        return str(error)
    return ""


ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
)
RAW = {
    "not UTF-8": b"data: {target: '\xff'}\n",
    "UTF-16": "seed: 1\n".encode("utf-16"),
    "a null byte": b"seed: \x00\n",
    "a tag that would run a command": b"seed: !!python/object/apply:os.system ['touch ran']\n",
    "an unknown tag": b"seed: !number 3\n",
    "an alias of nothing": b"seed: *a\n",
    "a section that contains itself": b"data: &a\n  target: *a\n",
    "a file that contains itself": b"&a\nvariants: *a\n",
    "aliases that unfold to 10^9 values": ALIASES.encode() + b"seed: *a8\n",
    "nested deeply": b"seed: " + b"[" * 3000 + b"]" * 3000,
    "nested mappings": b"data: " + b"{data: " * 300 + b"1" + b"}" * 300,
    "5000 digits": b"seed: 1" + b"0" * 5000,
    "a list": b"- seed\n",
    "a number": b"42\n",
    "two documents": b"seed: 1\n---\nseed: 2\n",
    "tabs": b"data:\n\tn_train: 3\n",
    "no such file": None,
}


@pytest.mark.parametrize("content", RAW.values(), ids=RAW)
def test_what_is_no_configuration_is_refused(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "study.yaml"
    if content is not None:
        path.write_bytes(content)
    assert check(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"{}", b"seed: 1", b'{"seed": 1}'])
def test_what_is_empty_or_short_is_a_study(tmp_path, content):
    path = tmp_path / "study.yaml"
    path.write_bytes(content)
    assert check(path) == ""


@pytest.mark.parametrize("name", ["../up", "a/b", "a\n", "A", ".", "..", "", "a b", "_a", "a" * 41])
def test_no_variant_leaves_the_results(name):
    with pytest.raises(ConfigError, match="variants"):
        load_study({**TINY, "variants": {name: {}}})


@pytest.mark.parametrize("name", ["a b", "a;b", "$(a)", "a\nb", "", "{base}", "a*", "'a'"])
def test_the_results_directory_has_a_plain_name(name):
    with pytest.raises(ConfigError, match="results_dir"):
        load_study({**TINY, "results_dir": name})


@pytest.mark.parametrize("folder", ["/", ".", "..", "./", "results/..", "/tmp/../.", "../.."])
def test_the_results_directory_holds_nothing_else(folder):
    with pytest.raises(ConfigError, match=r"^results_dir: must be a folder of its own.*got "):
        check_results(folder)


@pytest.mark.parametrize("folder", ["docs", "./workflow/x", "tests/../studies", ".git", ".venv/a"])
def test_the_results_directory_is_none_of_the_project(folder):
    with pytest.raises(ConfigError, match=r"^results_dir: must be a folder of its own, not in "):
        check_results(folder)


def test_the_results_directory_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").write_text("")
    for folder in ("results", "results/deeper"):
        with pytest.raises(ConfigError, match=r"^results_dir: must be a folder.*is a file"):
            check_results(folder)


@pytest.mark.parametrize("target", ["results", "gone"])
def test_the_results_directory_is_no_link_to_nowhere(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").symlink_to(target)
    for folder in ("results", "results/deeper"):
        with pytest.raises(ConfigError, match=rf"is a link to {target}, which is not"):
            check_results(folder)


@pytest.mark.parametrize("folder", ["a" * 256, f"results/{'b' * 300}/c"])
def test_names_that_no_file_system_takes_are_refused(folder):
    with pytest.raises(ConfigError, match=r"^results_dir: .* at most 255 letters; got one of "):
        check_results(folder)
    check_results(folder.replace("a", "", 1).replace("b", "", 50))


def test_more_jobs_than_snakemake_can_plan_are_refused():
    study = load_study({"network": {"seeds": 100_000, "seeds_per_job": 1, "widths": [8]}})
    with pytest.raises(ConfigError, match=r"at most 50000 jobs that train; got 100000"):
        check_study(study)
