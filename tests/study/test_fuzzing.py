"""Random configurations and data files: an answer in readable lines, never a traceback."""

import copy
import io
import posixpath
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from checkout import ROOT, TINY
from widelimit.data.points import read_points
from widelimit.expressions import evaluate_expression
from widelimit.study.checks import check_study
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError

pytestmark = pytest.mark.heavy

STUDIES = {"shipped": yaml.safe_load((ROOT / "config.yaml").read_text()), "tiny": TINY}
LAZY = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)

ODD_TEXT = st.sampled_from(
    [
        *("", " ", "\n", "../..", "/", "..", "a/../../b", "{x}", "<b>", "1e3", "nan", "null"),
        *("relu:1", "hermite:9999999999", "hermite:-1", "leaky_relu:nan", "t.__class__"),
        *("t**9**9**9", "x_99", "\x1b[31m", "t\nt", "１", "ﬁle", "a" * 10_000),
        *("(" * 500 + "t" + ")" * 500, "t" + "+t" * 400),
    ]
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 1, 2**31, 2**63, 2**64, 10**400, -(10**400)]),
    st.floats(),
    st.sampled_from([float("nan"), float("inf"), -0.0, 1e-320, 1e308]),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), NUMBERS, st.text(max_size=20), ODD_TEXT, st.dates(), st.binary()
)
KEYS = st.one_of(st.text(max_size=8), ODD_TEXT, st.integers(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=10,
)


def paths(config, prefix=()):
    """Of every value in a configuration, sections and lists included."""
    yield prefix
    parts = config.items() if isinstance(config, dict) else enumerate(config)
    for key, value in parts:
        if isinstance(value, (dict, list)):
            yield from paths(value, (*prefix, key))
        else:
            yield (*prefix, key)


def value_at(config, path):
    for key in path:
        config = config[key]
    return config


def with_value(name, path, value):
    """A study in which one value is another, or one key is new."""
    if not path:
        return value
    config = copy.deepcopy(STUDIES[name])
    value_at(config, path[:-1])[path[-1]] = value
    return config


PLACES = [(name, path) for name, config in STUDIES.items() for path in paths(config)]
SECTIONS = [place for place in PLACES if isinstance(value_at(STUDIES[place[0]], place[1]), dict)]


def answer(config):
    """The study, or None where it was refused in readable lines."""
    try:
        study = load_study(config)
    except ConfigError as error:
        lines = str(error).split("\n")
        assert all(line.strip() and line.isprintable() for line in lines)
        assert all(len(line) < 1500 for line in lines)
        return None
    return study


@LAZY
@given(st.sampled_from(PLACES), VALUES)
def test_one_value_replaced_by_anything(place, value):
    study = answer(with_value(*place, value))
    if study is not None:
        for folder in [*study.experiments(), *study.beyond_experiments()]:
            assert posixpath.normpath(folder) == folder
            assert not folder.startswith(("/", ".."))


@LAZY
@given(VALUES)
@example([])
@example({"variants": {"a": {"network": {"widths": [8]}, "data": None}}})
def test_anything_for_a_configuration(config):
    answer(config)


@LAZY
@given(st.sampled_from(SECTIONS), KEYS, VALUES)
def test_a_key_that_does_not_belong_there(section, key, value):
    name, path = section
    answer(with_value(name, (*path, key), value))


SMALL_NUMBERS = st.one_of(st.integers(-3, 30), st.floats(-3, 30), st.sampled_from([1e-300, 1e300]))
EXPRESSIONS = st.recursive(
    st.sampled_from(["t", "x_0", "x_1", "pi", "0", "1", "2.5", "1e300", "9223372036854775807"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+ - * / ** % < ==".split()), part).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        st.tuples(
            st.sampled_from("sin log exp sqrt floor where arctan2 abs eval".split()), part
        ).map(lambda parts: f"{parts[0]}({parts[1]})"),
    ),
    max_leaves=8,
)


@LAZY
@given(
    st.sampled_from(["lift", "circle", "sphere", "interval", "lecture"]),
    EXPRESSIONS,
    st.integers(1, 12),
    SMALL_NUMBERS,
)
def test_any_small_study_is_run_or_refused(source, target, n_train, rate):
    data = {"source": source, "target": target, "n_train": n_train, "n_test": 5, "dimension": 3}
    changes = {"data": data, "network": {"learning_rate": rate, "steps": 5}, "beyond": {}}
    study = answer(changes)
    if study is None:
        return
    # Anything but a ConfigError would be a traceback.
    with suppress(ConfigError):
        check_study(study)


TREES = st.recursive(
    st.sampled_from(["t", "x_0", "pi", "2", "0.5", "1e300", "9" * 18, "10**30", "y", "t.real"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+ - * / ** % // @ < == and".split()), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(st.sampled_from(["sin", "exp", "where", "__import__", "-"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
    ),
    max_leaves=12,
)


@LAZY
@given(TREES)
@example("9**9**9**9")
@example("(t**99999)**99999")
@example("t**(10**300)")
@example("+".join(["t"] * 500))
@example("(" * 60 + "t" + ")" * 60)
def test_any_formula_is_numbers_or_refused(text):
    t = np.linspace(-1, 1, 5)
    with suppress(ValueError):
        assert np.isfinite(evaluate_expression(text, {"t": t, "x_0": t})).all()


COLUMN = {"root": 0, "inputs": ["a", "b"], "outputs": ["c"], "n_train": 2, "n_test": 1}
GOOD = "a,b,c\n" + "".join(f"{i + 1},{-i},{i / 2}\n" for i in range(6))


def read(path):
    try:
        points = read_points(str(path), noise_std=0.0, **COLUMN)
    except ValueError as error:
        text = str(error)
        assert text.startswith(f"{path}: ")
        assert text.isprintable()
        assert len(text) < 1000
        return
    for part in points.values():
        np.testing.assert_allclose(np.linalg.norm(part.X, axis=1), 1)
        assert np.isfinite(part.y).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@LAZY
@given(st.sampled_from(["csv", "parquet"]), st.binary(max_size=300))
@example("csv", b"")
@example("csv", b"\xff\xfe")
@example("csv", b"a,b,c\n" + b"1,2\n1,2,3,4\n")
@example("csv", b'a,b,c\n"1,2,3\n')
@example("csv", b"a,b,c\n" + b"1e999,1,1\n" * 4)
@example("csv", b"a,b,c\n" + b"1e200,1e200,1\n" * 4)
@example("csv", b"a,b,c\n" + b"1e-200,1e-200,1\n" * 4)
@example("csv", b"a,a,b,c\n" + b"1,2,3,4\n" * 4)
@example("csv", b"a,b,c\n" + b"9" * 400 + b",1,1\n" * 4)
@example("parquet", b"PAR1PAR1")
def test_any_bytes_for_a_data_file(folder, suffix, content):
    path = folder / f"points.{suffix}"
    path.write_bytes(content)
    read(path)


@LAZY
@given(st.data())
def test_a_good_file_with_bytes_changed(folder, data):
    suffix = data.draw(st.sampled_from(["csv", "parquet"]))
    content = GOOD.encode()
    if suffix == "parquet":
        content = pd.read_csv(io.StringIO(GOOD)).to_parquet()
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = folder / f"changed.{suffix}"
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    read(path)


CELLS = st.one_of(
    st.none(),
    st.integers(-(2**62), 2**62),
    st.floats(),
    st.text(max_size=3),
    st.booleans(),
    st.binary(max_size=3),
    st.dates(),
    st.lists(st.floats(), max_size=2),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9, max_value=9),
    st.complex_numbers(),
)


@LAZY
@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4), st.data())
def test_columns_of_any_type(folder, names, data):
    kinds = {name: data.draw(st.sampled_from(CELLS.original_strategies)) for name in names}
    rows = [{name: data.draw(kind) for name, kind in kinds.items()} for _ in range(4)]
    path = folder / "typed.parquet"
    try:
        pd.DataFrame(rows).to_parquet(path)
    except Exception:
        return  # Not what a Parquet file can hold.
    read(path)
