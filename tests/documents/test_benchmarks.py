"""The benchmarks' cases, checks and ratios, on tiny sizes and without the libraries measured."""

import contextlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks import cases, checks, figure, methods, ratios, report, run, shares
from benchmarks.cases import FIRST_STEPS, MANY_STEPS, Case
from benchmarks.measure import measure
from checkout import ROOT
from widelimit.kernels.gram import gaussian_gram, ntk_gram
from widelimit.tables.files import read_table

TINY = Case("training", ("numpy", "dense", "circle", "gemm"), 5, 2, 300, check_steps=20)
TINY_WITH_PYTORCH = replace(TINY, methods=("pytorch", "numpy", "dense"))


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr("benchmarks.measure.FIRST_STEPS", 30)
    monkeypatch.setattr("benchmarks.measure.MANY_STEPS", 100)


def test_the_case_table_has_the_promised_problems():
    promised = {
        *((2**12, 20, 2), (2**16, 20, 2), (2**16, 100, 2), (2**20, 20, 2), (2**20, 100, 2)),
        *((2**12, 100, 10), (2**12, 100, 100)),
    }
    assert promised <= {(c.width, c.points, c.dimension) for c in cases.TRAINING}
    for quick in (False, True):
        for case in (case for block in cases.blocks(quick=quick) for case in block):
            known = methods.GRAM.get(case.experiment, methods.TRAINING)
            assert set(case.methods) <= set(known), case
            assert ("circle" in case.methods) <= (case.dimension == 2)
            if len(case.methods) > 1:
                assert case.check_steps > 0, case
        grams = [c for block in cases.blocks(quick=quick) for c in block if c.width is None]
        assert {2000} <= {c.points for c in grams if c.experiment == "gram_ntk"}
        assert {2000} <= {c.points for c in grams if c.experiment == "gram_gaussian"}
        assert all({"widelimit", "product", "write"} <= set(c.methods) for c in grams)
    widths = [c.width for block in cases.blocks() for c in block if c.experiment == "width"]
    assert (min(widths), max(widths)) == (2**10, 2**22)


def test_cases_survive_the_way_to_another_process():
    for case in cases.TRAINING:
        assert Case.from_dict(case.to_dict()) == case


@pytest.mark.parametrize("dimension", [2, 3, 10])
def test_problems_are_the_same_each_time_and_on_the_sphere(dimension):
    case = replace(TINY, dimension=dimension)
    problem, again = case.problem(), case.problem()
    for name in ("X", "Y", "A", "B"):
        np.testing.assert_array_equal(getattr(problem, name), getattr(again, name))
    np.testing.assert_allclose(np.linalg.norm(problem.X, axis=1), 1, atol=1e-15)
    assert problem.A.shape == (1, 300)
    assert problem.B.shape == (300, dimension)


@pytest.mark.parametrize("method", ["dense", "circle"])
def test_engines_compute_what_numpy_does_and_are_timed(method, tmp_path, few_steps):
    for name in ("numpy", method):
        rows = measure(TINY, name, seconds=0.0, reference=tmp_path / "reference.npz")
        assert all(row["deviation"] <= checks.TOLERANCE for row in rows)
        assert all(row["seconds"] > 0 and row["set_up_seconds"] >= 0 for row in rows)
    assert [row["steps"] for row in rows] == ([30, 100] if method == "circle" else [3])


@pytest.mark.parametrize("activation", ["gelu", "erf", "sin"])
def test_smooth_activations_and_several_dimensions_as_well(tmp_path, activation):
    case = Case("training", ("numpy", "dense"), 5, 4, 50, activation, check_steps=20)
    for name in case.methods:
        measure(case, name, seconds=0.0, reference=tmp_path / "reference.npz")


def test_gemm_alone_is_timed_and_not_checked(tmp_path):
    (row,) = measure(TINY, "gemm", seconds=0.0, reference=tmp_path / "reference.npz")
    assert row["deviation"] is None


def test_gram_matrices_are_held_to_the_first_method(tmp_path, monkeypatch):
    def library(case):
        return lambda X: np.exp(-2 * ((X[:, None] - X) ** 2).sum(axis=2))

    load = methods.load
    monkeypatch.setattr(
        methods, "load", lambda *names: library if names[1] == "library" else load(*names)
    )
    names = "library", "widelimit", "product", "write"
    case = Case("gram_gaussian", names, 7, 3, activation=None, check_steps=1)
    for name in names:
        (row,) = measure(case, name, seconds=0.0, reference=tmp_path / "reference.npz")
        if name in methods.LIMITS:
            assert row["deviation"] is None
        else:
            assert row["deviation"] < 1e-14


@pytest.mark.parametrize("case", cases.GRAMS, ids=str)
def test_our_gram_matrices_are_those_of_the_case(case):
    X = replace(case, points=9).inputs()
    K = methods.load(case.experiment, "widelimit")(case)(X)
    if case.experiment == "gram_gaussian":
        np.testing.assert_allclose(K, gaussian_gram(X, scale=2.0))
    else:
        np.testing.assert_allclose(
            K, ntk_gram(X, activation=case.activation, depth=case.depth), rtol=1e-14
        )


def test_a_wrong_method_is_not_timed(tmp_path, monkeypatch):
    measure(TINY, "numpy", seconds=0.0, reference=tmp_path / "reference.npz")
    monkeypatch.setattr("benchmarks.methods.engines.LEARNING_RATE", 1.000001e-2)
    with pytest.raises(checks.Disagreement, match=r"dense on training k = .* is off by"):
        measure(TINY, "dense", seconds=0.0, reference=tmp_path / "reference.npz")


def test_deviation_is_relative_for_losses_and_absolute_for_weights():
    reference = {"losses": np.array([100.0, 50.0]), "A": np.array([[3.0, 4.0]])}
    assert checks.deviation(reference, reference) == 0
    losses = {**reference, "losses": np.array([100.0, 51.0])}
    assert checks.deviation(losses, reference) == pytest.approx(0.02)
    weights = {**reference, "A": np.array([[3.0, 4.5]])}
    assert checks.deviation(weights, reference) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="result must have the arrays"):
        checks.deviation({"A": reference["A"]}, reference)


@pytest.mark.parametrize("off", [2e-10, np.nan, np.inf])
def test_check_refuses_what_is_over_the_tolerance(off):
    checks.check("it", 1e-10)
    with pytest.raises(checks.Disagreement, match="it is off by"):
        checks.check("it", off)


def rows_by_law() -> list[dict]:
    """Measurements with known ratios: NumPy 10 times ours, JAX 4, cost ~ width^0.3."""
    factor = {"numpy": 10, "jax": 4, "dense": 2, "gemm": 1, "circle": 1}
    rows = []

    def add(case, method, turn, seconds_per_step, steps):
        where = {name: getattr(case, name) for name in ratios.CASE}
        seconds = steps * seconds_per_step
        rest = {"set_up_seconds": 0.5, "warm_up_seconds": 1.0, "deviation": 1e-14}
        rows.append(
            {**where, "method": method, "round": turn, "steps": steps, "seconds": seconds}
            | {"wall_seconds": 2 * seconds}
            | rest
        )

    for turn, busy in enumerate((1.0, 3.0, 1.5)):
        for case in cases.TRAINING:
            for method in factor:
                if method in case.methods:
                    steps = FIRST_STEPS if method == "circle" else 10
                    add(case, method, turn, busy * 1e-3 * factor[method], steps)
            if "circle" in case.methods:
                add(case, "circle", turn, busy * 2.5e-4, MANY_STEPS)
        add(cases.PEAK, "gemm", turn, 1.0, 5)
        for k in 2 ** np.arange(10, 23, 2):
            case = Case("width", ("circle",), 20, 2, int(k))
            for steps in (FIRST_STEPS, MANY_STEPS):
                add(case, "circle", turn, 1e-6 * k**0.3, steps)
        for gram in cases.GRAMS:
            for method, cost in zip(gram.methods, (0.3, 0.1, 0.05, 0.02), strict=True):
                add(gram, method, turn, busy * cost, 4)
    return rows


def test_ratios_are_taken_within_a_round():
    table = pd.DataFrame(rows_by_law()).astype({"width": "Int64", "depth": "Int64"})
    costs = ratios.relative_costs(table)
    circle = costs[costs["dimension"] == 2]
    for method, expected in (("numpy", 10), ("jax", 4), ("dense", 2)):
        found = circle.loc[circle["method"] == method, ["centre", "lower", "upper"]]
        np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(circle.loc[circle["long"], "centre"], 0.25)
    dense = costs[(costs["dimension"] > 2) & (costs["method"] == "numpy")]
    np.testing.assert_allclose(dense["centre"], 5)
    np.testing.assert_allclose(costs.loc[costs["method"] == "neural_tangents", "centre"], 3)
    np.testing.assert_allclose(ratios.gemm_shares(table)["share"], 0.5)
    shares = ratios.gemm_shares(table).set_index("dimension")["peak_share"]
    assert shares[100] == pytest.approx(2**12 * 100 * 100 / 3e-3 / 2**33)
    fits = ratios.exponents(table)
    np.testing.assert_allclose(fits[["slope", "slope_low", "slope_high"]], 0.3)
    assert set(fits["smallest_width"]) == {2**12}
    assert set(fits["largest_width"]) == {2**20}


def test_report_writes_table_figure_and_ratios_without_times(tmp_path):
    report.write(rows_by_law(), tmp_path)
    table = read_table(tmp_path / "benchmark.parquet")
    assert len(table) == len(rows_by_law())
    for ending in ("svg", "pdf", "png"):
        assert (tmp_path / f"benchmark.{ending}").stat().st_size > 1000
    text = (tmp_path / "ratios.md").read_text()
    assert "| k = 2²⁰, n = 20, d = 2 | 4 | 10 | 2 | 1 | 0.25 |" in text
    assert "to the power 0.30 ± 0.00" in text
    assert "| ReLU NTK of 3 layers, n = 2000 | 3 | 1 | 0.5 | 0.2 |" in text
    assert "| Gaussian kernel, n = 4000 | 3 | 1 | 0.5 | 0.2 |" in text
    assert "50% of the rate of DGEMM" in text
    assert not re.search(r"\d ?(s|ms|us|µs|seconds)\b", text)
    training, gram = (tmp_path / "summary.md").read_text().splitlines()
    assert training.endswith("cost: JAX 4, NumPy 10.")
    assert gram.endswith("neural-tangents 3.")


def test_case_words_name_each_case_apart():
    every = [*cases.TRAINING, *cases.GRAMS]
    table = pd.DataFrame([{n: getattr(c, n) for n in ratios.CASE} for c in every])
    assert table.apply(figure.case_words, axis=1).is_unique


def test_shares_of_a_run_add_up():
    rows = {"figure": (2, 1.5, 3.0), "measure": (1, 0.5, 4.0), shares.MAIN: (1, 0.0, 2.0)}
    rows[shares.REST] = (0, 0.0, 1.0)
    table = pd.DataFrame(rows, index=["jobs", "start", "work"]).T.assign(wall=7.0)
    assert shares.shares(table).tolist() == [2.0, 4.0, 3.0, 2.0, 1.0, 12.0, 7.0]


def test_the_clock_tells_a_jobs_start_from_its_work(tmp_path):
    script = tmp_path / "scripts" / "tmp1.measure.py"
    script.parent.mkdir()
    burn = "import time\nend = time.process_time() + 0.1\nwhile time.process_time() < end: pass\n"
    script.write_text(f"{burn}open({str(tmp_path / 'job.log')!r}, 'wb')\n{burn}")
    clock = tmp_path / "clock"
    environment = {"PYTHONPATH": str(shares.CLOCK), "WIDELIMIT_CLOCK": str(clock)}
    subprocess.run([sys.executable, script], env=environment, check=True)
    name, start, end = json.loads(clock.read_text())
    assert name == "measure"
    assert min(start, end - start) >= 0.1


def test_methods_take_turns_and_one_without_its_library_is_left_out(monkeypatch, capsys):
    class Worker(contextlib.nullcontext):
        def __init__(self, task, environment):
            if task["method"] == "pytorch":
                raise run.LibraryMissing("No module named 'torch'")
            assert task["case"]["methods"] == ("numpy", "dense")

        def __enter__(self):
            return self

        def time_round(self):
            return [{"steps": 1, "seconds": 1.0}]

    monkeypatch.setattr(run, "Worker", Worker)
    monkeypatch.setattr(run, "blocks", lambda quick: [[TINY_WITH_PYTORCH]] * 2)
    rows = run.run(quick=False)
    turns = [(turn, name) for turn in range(run.ROUNDS) for name in ("numpy", "dense")]
    assert [(row["round"], row["method"]) for row in rows] == turns * 2
    assert capsys.readouterr().err.count("left out: pytorch") == 1


@pytest.mark.slow
def test_a_process_is_timed_in_rounds_and_says_what_went_wrong(tmp_path):
    case = replace(TINY, methods=("numpy",))
    task = {"case": case.to_dict(), "method": "numpy", "seconds": 0.0}
    task["reference"] = str(tmp_path / "reference.npz")
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/workflow"}
    with run.Worker(task, environment) as worker:
        rounds = [worker.time_round() for _ in range(2)]
    assert all(rows[0]["seconds"] > 0 and rows[0]["deviation"] == 0 for rows in rounds)
    with pytest.raises(SystemExit, match=r"numpy failed on .*\n(.*\n)*.*No such file"):
        run.Worker({**task, "reference": str(tmp_path / "no" / "folder.npz")}, environment)
