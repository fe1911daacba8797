"""Bad configurations and bad data files: one readable line each, which names the key."""

import pytest
import yaml

from checkout import ROOT, TINY
from widelimit.study.checks import check_study, engine_of
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError

FILE = {"source": "file", "inputs": ["a", "b"], "outputs": ["c"], "n_train": 4, "n_test": 2}
CIRCLE = {"engine": "circle"}

# What is wrong: the configuration, and what the message must say (the key first).
CONFIGS = {
    "unknown section": ({"netwrk": {}}, ["netwrk: unknown key, did you mean network?"]),
    "unknown key": ({"network": {"width": [8]}}, ["network.width: unknown key", "widths?", "[8]"]),
    "section is a list": ({"data": []}, ["data: must be a section", "got []"]),
    "section is empty": ({"network": None}, ["network: must be a section", "got None"]),
    "section is text": ({"kernels": "ntk"}, ["kernels: must be a section", "'ntk'"]),
    "source unknown": ({"data": {"source": "sfere"}}, ["data.source", "'sphere'", "'sfere'"]),
    "design unknown": ({"data": {"design": "random"}}, ["data.design", "'uniform'", "'random'"]),
    "n_train zero": ({"data": {"n_train": 0}}, ["data.n_train", "greater than or equal to 1", "0"]),
    "n_train fraction": ({"data": {"n_train": 2.5}}, ["data.n_train: must be a whole", "2.5"]),
    "n_train huge": ({"data": {"n_train": 10**9}}, ["data.n_train", "less than or equal to 10000"]),
    "n_train true": ({"data": {"n_train": True}}, ["data.n_train: must be a whole", "True"]),
    "n_test negative": ({"data": {"n_test": -1}}, ["data.n_test", "greater than", "-1"]),
    "dimension zero": ({"data": {"source": "sphere", "dimension": 0}}, ["data.dimension", "0"]),
    "noise negative": ({"data": {"noise_std": -0.1}}, ["data.noise_std", "equal to 0", "-0.1"]),
    "noise infinite": ({"data": {"noise_std": float("inf")}}, ["data.noise_std: must be a finite"]),
    "target is a number": ({"data": {"target": 3}}, ["data.target: must be text, in", "got 3"]),
    "target is empty": ({"data": {"target": ""}}, ["data.target: must not be empty"]),
    "target unparsable": ({"data": {"target": "t +"}}, ["data.target: not an arith", "'t +'"]),
    "target unknown name": ({"data": {"target": "t + z"}}, ["data.target", "'z'", "t, x_0, x_1"]),
    "target without a product sign": (
        {"data": {"target": "t + sin(10 t)"}},
        ["data.target: not an arithmetic", "written with *", "'t + sin(10 t)'"],
    ),
    "target with a caret": (
        {"data": {"target": "t^2"}},
        ["data.target: only arithmetic is allowed", "a power with **"],
    ),
    "target attribute": (
        {"data": {"target": "t.__class__"}},
        ["data.target: only arithmetic is allowed", "not 't.__class__'"],
    ),
    "target call": (
        {"data": {"target": "__import__('os')"}},
        ["data.target: unknown function '__import__'", "sin"],
    ),
    "target string": ({"data": {"target": "'t'"}}, ["data.target: only arithmetic"]),
    "target not finite": (
        {"data": {"target": "log(t)"}},
        ["data.target: 'log(t)' is not finite at", "t = "],
    ),
    "target t on a sphere": (
        {"data": {"source": "sphere", "dimension": 3, "target": "t"}},
        ["data.target: unknown name 't'", "x_0, x_1, x_2"],
    ),
    "grid of a file": (
        {"data": {**FILE, "path": "good.csv", "design": "equispaced"}},
        ["data.design: must be uniform with source file", "lift, circle or interval"],
    ),
    "dimension of a circle": (
        {"data": {"dimension": 3}},
        ["data.dimension: must be 2 with source lift", "sphere or lecture; got 3"],
    ),
    "braces in a path": (
        {"data": {**FILE, "path": "{x}.csv"}},
        ["data.path: must be a path without braces", "'{x}.csv'"],
    ),
    "a line break in a path": ({"data": {**FILE, "path": "a\nb"}}, ["data.path: must be a path"]),
    "grid on a sphere": (
        {"data": {"source": "sphere", "design": "equispaced", "target": "x_0"}},
        ["data.design", "lift, circle or interval", "sphere"],
    ),
    "outputs do not fit": (
        {"data": {"target": ["t", "t**2"], "outputs": 3}},
        ["data.outputs: must be the number of target expressions, 2; got 3"],
    ),
    "outputs named": ({"data": {"outputs": ["y"]}}, ["data.outputs: must be a number", "['y']"]),
    "path without file": ({"data": {"path": "a.csv"}}, ["data.path", "source file", "lift"]),
    "file without path": ({"data": {"source": "file"}}, ["data.path", "CSV or Parquet"]),
    "file without inputs": (
        {"data": {"source": "file", "path": "good.csv"}},
        ["data.inputs", "column names"],
    ),
    "file column in both": (
        {"data": {**FILE, "path": "good.csv", "outputs": ["a"]}},
        ["data.outputs: must differ from inputs; got a in both"],
    ),
    "activation unknown": ({"network": {"activation": "tanhh"}}, ["network.activation", "gelu"]),
    "activation slope": (
        {"network": {"activation": "leaky_relu:2"}},
        ["network.activation", "slope in [0, 1]", "'2'"],
    ),
    "activation degree": (
        {"network": {"activation": "hermite:0"}},
        ["network.activation", "a degree from 1", "'0'"],
    ),
    "widths not a list": ({"network": {"widths": 64}}, ["network.widths: must be a list; got 64"]),
    "widths empty": (
        {"network": {"widths": []}},
        ["network.widths", "must have 1 entries at least"],
    ),
    "widths twice": ({"network": {"widths": [8, 8]}}, ["network.widths", "8 is there twice"]),
    "width zero": ({"network": {"widths": [0]}}, ["network.widths.0", "equal to 1", "got 0"]),
    "width text": ({"network": {"widths": ["a"]}}, ["network.widths.0: must be a whole", "'a'"]),
    "seeds zero": ({"network": {"seeds": 0}}, ["network.seeds", "equal to 1", "got 0"]),
    "chunk zero": ({"network": {"seeds_per_job": 0}}, ["network.seeds_per_job", "got 0"]),
    "rate zero": ({"network": {"learning_rate": 0}}, ["network.learning_rate", "greater than 0"]),
    "rate nan": (
        {"network": {"learning_rate": float("nan")}},
        ["network.learning_rate: must be a finite number; got nan"],
    ),
    "rate text": ({"network": {"learning_rate": "fast"}}, ["network.learning_rate", "'fast'"]),
    "rate unstable": (
        {"network": {"learning_rate": 0.5}},
        ["network.learning_rate: must be below 2 / lambda_max = 0.", "got 0.5", "allow_unstable"],
    ),
    "rate unstable in a variant": (
        {"variants": {"fast": {"network": {"learning_rate": 0.5}}}},
        ["variants.fast.network.learning_rate: must be below 2 / lambda_max"],
    ),
    "steps zero": ({"network": {"steps": 0}}, ["network.steps", "equal to 1", "got 0"]),
    "checkpoint late": (
        {"network": {"checkpoints": [10**6]}},
        ["network.checkpoints: must be at most steps = 300; got 1000000"],
    ),
    "checkpoint negative": ({"network": {"checkpoints": [-1]}}, ["network.checkpoints.0", "-1"]),
    "engine unknown": ({"network": {"engine": "gpu"}}, ["network.engine", "'dense'", "'gpu'"]),
    "circle in three dimensions": (
        {"data": {"source": "sphere", "dimension": 3, "target": "x_0"}, "network": CIRCLE},
        ["network.engine: must be auto or dense, not circle: the points have dimension 3, not 2"],
    ),
    "circle on an interval": (
        {"data": {"source": "interval"}, "network": CIRCLE},
        ["network.engine: must be auto or dense, not circle: the points have dimension 1"],
    ),
    "circle with a bias": (
        {"data": {"bias": True}, "network": CIRCLE},
        ["network.engine: must be auto or dense, not circle: the points have dimension 3"],
    ),
    "circle of a smooth activation": (
        {"network": {**CIRCLE, "activation": "erf"}},
        ["network.engine: must be auto or dense, not circle: erf is neither ReLU nor leaky ReLU"],
    ),
    "circle with two outputs": (
        {"data": {"target": ["t", "t * t"]}, "network": CIRCLE},
        ["network.engine: must be auto or dense, not circle: the network has 2 outputs, not 1"],
    ),
    "circle off the circle": (
        {"data": {"source": "interval", "bias": True}, "network": CIRCLE},
        ["network.engine: must be auto or dense, not circle: the points are not on the unit"],
    ),
    "circle in a variant": (
        {"variants": {"interval": {"data": {"source": "interval"}, "network": CIRCLE}}},
        ["variants.interval.network.engine: must be auto or dense, not circle"],
    ),
    "ridge negative": ({"kernels": {"ridge": -1}}, ["kernels.ridge", "got -1"]),
    "rcond one": ({"kernels": {"rcond": 1.0}}, ["kernels.rcond", "less than 1", "got 1.0"]),
    "seed negative": ({"seed": -1}, ["seed", "equal to 0", "got -1"]),
    "allow_unstable text": ({"allow_unstable": "maybe"}, ["allow_unstable: must be a boolean"]),
    "results_dir wild": (
        {"results_dir": "{x}"},
        ["results_dir: must be a path of letters", "'{x}'"],
    ),
    "quantiles reversed": ({"step7": {"quantiles": [0.9, 0.1]}}, ["step7.quantiles", "0.9, 0.1"]),
    "scales twice": ({"step3": {"scales": [1.0, 1.0]}}, ["step3.scales", "is there twice"]),
    "step 3 target": ({"step3": {"target": "x_2"}}, ["step3.target: unknown name 'x_2'"]),
    "variant name": ({"variants": {"../up": {}}}, ["variants.../up: must be a name of up to 40"]),
    "step4 target out of reach": (
        {"step4": {"target": "x_0 + x_9", "dimension": 4}},
        ["step4.target", "'x_9'", "x_0, x_1, x_2, x_3"],
    ),
    "step4 activation unknown": (
        {"step4": {"activations": ["tanhh"]}},
        ["step4.activations", "relu", "tanhh"],
    ),
    "step4 on a circle": ({"step4": {"dimension": 1}}, ["step4.dimension", "equal to 2", "1"]),
    "step4 without its threshold": (
        {"step4": {"ratios": [0.5, 2]}},
        ["step4.ratios: must contain 1", "[0.5, 2.0]"],
    ),
    "step4 beyond its oracle": (
        {"step4": {"activations": ["relu", "hermite:21"]}},
        ["step4.activations", "up to hermite:20", "'hermite:21'"],
    ),
    "step4 ratio zero": ({"step4": {"ratios": [0, 1]}}, ["step4.ratios", "greater than 0", "0"]),
    "step4 degree twice": ({"step4": {"degrees": [2, 2]}}, ["step4.degrees", "2 is there twice"]),
    "step4 too large": ({"step4": {"n_train": 5000}}, ["step4.n_train", "equal to 300", "5000"]),
    "variant named step7": ({"variants": {"step7": {}}}, ["variants.step7", "main experiment"]),
    "variant key": (
        {"variants": {"a": {"data": {"n": 3}}}},
        ["variants.a.data.n: unknown key", "got 3"],
    ),
    "variant without the input": (
        {"data": {"source": "sphere", "target": "x_1"}},
        ["variants.interval.data.target: unknown name 'x_1'", "{interval: null} leaves"],
    ),
    "no kernel off the sphere": (
        {"data": {"source": "interval"}, "network": {"activation": "gelu"}},
        ["network.activation: gelu has no limit kernel on source interval"],
    ),
    "no kernel with a bias": (
        {"data": {"bias": True}, "network": {"activation": "erf"}},
        ["network.activation: erf has no limit kernel on source lift with a bias", "unit norm"],
    ),
    "digits have ten outputs": (
        {"data": {"source": "digits", "outputs": 3}},
        ["data.outputs: must be 10 with source digits; got 3"],
    ),
    "too many digits": (
        {"data": {"source": "digits", "outputs": 10, "n_train": 1798}},
        ["data.source: n_train + n_test must be at most 1797"],
    ),
    "too many for kernels on classes": (
        {"data": {"source": "iris", "n_test": 50}, "classes": {"n_train": 101}},
        ["classes.n_train: n_train + n_test must be at most 150", "got 101 + 50"],
    ),
    "one point, none to fit to": (
        {"data": {"source": "iris", "n_train": 1}},
        ["classes.validation: must leave at least 1 of the training points", "got 0.2 of 1"],
    ),
    "validation takes all points": (
        {"data": {"source": "iris", "n_train": 3}, "classes": {"validation": 0.9}},
        ["classes.validation: must leave at least 1 of the training points", "got 0.9 of 3"],
    ),
    "the lecture has one output": (
        {"data": {"source": "lecture", "outputs": 2}},
        ["data.outputs: must be 1 with source lecture; got 2"],
    ),
    "the lecture's generator takes 32 bits": (
        {"data": {"source": "lecture"}, "seed": 2**32},
        ["data.source: seed must lie in [0, 2^32)", "got 4294967296"],
    ),
    "scale negative": (
        {"kernels": {"gaussian_scale": -1.0}},
        ["kernels.gaussian_scale", "greater than 0", "got -1.0"],
    ),
    "activation beyond": (
        {"beyond": {"activations": ["tanhh"]}},
        ["beyond.activations.0: activation must be one of", "'tanhh'"],
    ),
    "dimension zero beyond": ({"beyond": {"dimensions": [0]}}, ["beyond.dimensions.0", "got 0"]),
    "target beyond": (
        {"beyond": {"dimensions": [2], "target": "x_2"}},
        ["beyond.target: unknown name 'x_2'", "x_0, x_1"],
    ),
    "rate unstable beyond": (
        {"network": {"learning_rate": 0.1}, "beyond": {"activations": ["hermite:30"]}},
        ["beyond: of its experiment beyond/hermite_30", "network.learning_rate: must be below"],
    ),
    "no kernel beyond": (
        {"data": {"bias": True}, "beyond": {"activations": ["sin"]}},
        ["beyond: of its experiment beyond/sin", "sin has no limit kernel", "with a bias"],
    ),
}

# What is wrong with the file: its name, its text, and what the message must say.
FILES = {
    "missing": ("none.csv", None, ["data.path: none.csv: no such file"]),
    "a folder": ("folder", "", ["data.path: folder: it is a folder"]),
    "empty": ("empty.csv", "", ["data.path: empty.csv: cannot be read"]),
    "not a table": ("torn.parquet", "PAR1 torn", ["data.path: torn.parquet: cannot be read"]),
    "binary": ("binary.csv", b"\xff\xfe\x00\x00\xff", ["data.path: binary.csv: cannot be read"]),
    "column missing": ("few.csv", "a,b\n1,2\n", ["no column 'c'", "'a', 'b'"]),
    "column of text": (
        "text.csv",
        "a,b,c\n" + "1,x,3\n" * 6,
        ["column 'b' must be numeric"],
    ),
    "column of truth": (
        "truth.csv",
        "a,b,c\n" + "1,2,True\n" * 6,
        ["column 'c' must be numeric; it holds bool"],
    ),
    "nan": (
        "nan.csv",
        "a,b,c\n1,,3\n" + "1,2,3\n" * 6,
        ["column 'b' must be finite", "the first in line 2"],
    ),
    "infinite": ("inf.csv", "a,b,c\n1,2,inf\n" + "1,2,3\n" * 6, ["column 'c' must be finite"]),
    "zero row": ("zero.csv", "a,b,c\n" + "1,2,3\n" * 5 + "0,0,1\n", ["norm 0", "line 7"]),
    "too few rows": ("short.csv", "a,b,c\n" + "1,2,3\n" * 5, ["at most its 5 rows; got 4 + 2"]),
}


SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text())


def overlay(config, changes):
    """As Snakemake lays one configuration over another."""
    if not (isinstance(config, dict) and isinstance(changes, dict)):
        return changes
    return {**config, **{key: overlay(config.get(key), value) for key, value in changes.items()}}


def study_with(**changes):
    """The tiny study with sections changed, over the shipped one."""
    sections = {
        name: {**TINY[name], **value} if isinstance(value, dict) and name in TINY else value
        for name, value in changes.items()
    }
    return load_study(overlay(overlay(SHIPPED, TINY), sections))


def message_of(**changes) -> str:
    with pytest.raises(ConfigError) as caught:
        check_study(study_with(**changes))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a good data file, and this process in it: paths are relative to it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text("a,b,c\n" + "1,2,3\n2,-1,0\n" * 5)
    return tmp_path


@pytest.mark.parametrize("changes, says", CONFIGS.values(), ids=CONFIGS)
def test_a_bad_configuration_is_named_in_one_line(here, changes, says):
    message = message_of(**changes)
    assert message.startswith(says[0].split(":")[0])
    for part in says:
        assert part in message


@pytest.mark.parametrize("name, content, says", FILES.values(), ids=FILES)
def test_a_bad_data_file_is_named_in_one_line(here, name, content, says):
    if name == "folder":
        (here / name).mkdir()
    elif content is not None:
        (here / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    message = message_of(data={**FILE, "path": name}, variants={"interval": None})
    assert message.startswith("data.path: ")
    for part in says:
        assert part in message


def test_the_good_file_is_good(here):
    """What the bad files differ from is accepted."""
    check_study(study_with(data={**FILE, "path": "good.csv"}, variants={"interval": None}))


def test_a_file_needs_no_change_to_the_shipped_variants(here):
    """config.yaml's variant of another source drops the keys that belong to source file."""
    check_study(study_with(data={**FILE, "path": "good.csv"}, network={"learning_rate": 1e-3}))


def test_the_circle_engine_is_asked_of_the_main_experiment_alone():
    """config.yaml's variant and smaller experiments, which the engine does not fit, take theirs."""
    study = study_with(network={**CIRCLE, "widths": [8]}, beyond={"activations": ["erf"]})
    check_study(study)
    engines = {name: at.network.engine for name, at in study.experiments().items()}
    assert engines == {"step7": "circle", "interval": "auto"}
    assert {at.network.engine for at in study.beyond_experiments().values()} == {"auto"}
    trained = {name: engine_of(at, root=0) for name, at in study.experiments().items()}
    assert trained == {"step7": "circle", "interval": "dense"}
