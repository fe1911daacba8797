import ast
import math
import re
from functools import cache
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from checkout import ROOT
from table_checks import check_tables
from widelimit.measure.metric_meanings import METRIC_MEANINGS
from widelimit.measure.slope_metrics import SLOPE_METRICS
from widelimit.report.claims import CLAIMS, Claim, check_claims, judge
from widelimit.report.claims.claim import ERRORS, LAST, MEANS, MEDIANS, RATIOS, SLOPES, VALUES
from widelimit.report.claims.document import LOOSE, TITLES, document
from widelimit.report.numbers import limits
from widelimit.report.places import Places
from widelimit.report.verdict import FAILS, HOLDS, MISSING, OPEN
from widelimit.study.config import load_study, read_configs
from widelimit.tables import schemas
from widelimit.tables.files import read_table, write_table

ALL = [claim for claims in CLAIMS.values() for claim in claims]


def metrics_of(*rows):
    columns = ["experiment", "activation", "metric", "width", "seed", "step", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"width": "Int64", "seed": "Int32", "step": "Int64", "value": float})


METRICS = metrics_of(
    ["step4", "relu", "a", None, None, None, 0.5],
    ["step4", "sin", "a", None, None, None, 2.0],
    ["step4", "sin", "b", None, None, None, math.nan],
    ["step7", "relu", "a", None, None, None, 99.0],
    ["beyond/sin", "sin", "c", None, None, 10, 3.0],
    ["beyond/cos", "cos", "c", None, None, 20, 4.0],
    *(["step7", "relu", "d", 16, seed, 5, 70.0] for seed in range(3)),
    *(["step7", "relu", "d", 64, seed, 5, value] for seed, value in enumerate((1, 2, 9))),
    *(["step7", "relu", "d", 64, seed, 50, value] for seed, value in enumerate((5, 6, 7))),
    *(["step7", "relu", "e", 64, seed, 5, value] for seed, value in enumerate(range(1, 8))),
    ["step7", "relu", "e_expected", 64, None, 5, 2.0],
    ["step7", "relu", "f", 16, None, 5, 100.0],
    ["step7", "relu", "f", 64, None, 5, 3.0],
    ["step7", "relu", "f_error", 64, None, 5, 0.5],
    ["step7", "relu", "f_error", 16, None, 5, 10.0],
    ["classes", None, "f", None, None, None, 3.0],
    ["classes", None, "f_error", None, None, None, 0.5],
)
FITTED = pd.DataFrame(
    [
        ["step4", "sin", "a", "widest", 10, -0.4, -0.5, -0.3, 0.5, 16, 256],
        ["step4", "sin", "a", "all", 10, -7.0, -8.0, -6.0, 0.5, 4, 256],
        ["step4", "sin", "a", "widest", 20, -0.65, -0.72, -0.58, 0.5, 16, 256],
        ["step7", "relu", "a", "widest", 10, 3.0, 2.0, 4.0, 0.5, 16, 256],
        # A line that is rejected, with its local slopes and one outside.
        ["step5", "sin", "a", "widest", None, -0.5, -0.51, -0.49, 1e-9, 16, 256],
        ["step5", "sin", "a", "local", None, -0.9, -0.95, -0.85, math.nan, 4, 16],
        ["step5", "sin", "a", "local", None, -0.7, -0.75, -0.65, math.nan, 16, 64],
        ["step5", "sin", "a", "local", None, -0.3, -0.35, -0.25, math.nan, 64, 256],
        ["step5", "cos", "a", "local", None, -0.1, -0.2, 0.0, math.nan, 64, 256],
    ],
    columns=[
        *("experiment", "activation", "metric", "widths", "step", "slope", "slope_low"),
        *("slope_high", "lack_of_fit", "smallest_width", "largest_width"),
    ],
)


def check(metric, experiment="step4", **claim):
    made = Claim("s", metric, experiment, test="t", reason="r", **claim)
    (checked,) = check_claims([made], METRICS, FITTED).itertuples()
    return checked


@pytest.mark.parametrize(
    "limits, verdict",
    [
        ({"low": 0.5, "high": 2.0}, HOLDS),
        ({"low": 0.6}, FAILS),
        ({"high": 1.9}, FAILS),
        ({}, HOLDS),
    ],
)
def test_every_value_must_lie_within_the_limits(limits, verdict):
    checked = check("a", **limits)
    assert (checked.smallest, checked.largest, checked.count) == (0.5, 2.0, 2)
    assert checked.verdict == verdict


@pytest.mark.parametrize(
    "limits, verdict",
    [
        ({"low": -0.72, "high": -0.3}, HOLDS),
        # Both slopes lie within, but the interval of one reaches beyond.
        ({"low": -0.7, "high": -0.3}, OPEN),
        ({"low": -0.55, "high": -0.3}, FAILS),
        ({"high": -0.45}, OPEN),
        ({"high": -0.55}, FAILS),
    ],
)
def test_slopes_are_those_of_the_widest_widths_with_their_intervals(limits, verdict):
    checked = check("a", kind=SLOPES, **limits)
    assert (checked.smallest, checked.largest, checked.count) == (-0.65, -0.4, 2)
    assert checked.verdict == verdict
    assert (checked.interval_low, checked.interval_high) == (-0.72, -0.3)


def test_where_no_line_fits_local_slopes_are_judged():
    checked = check("a", "step5", kind=SLOPES, low=-0.8, high=-0.2)
    assert (checked.smallest, checked.largest) == (-0.7, -0.3)
    assert (checked.interval_low, checked.interval_high) == (-0.75, -0.25)
    assert (checked.count, checked.rejected, checked.verdict) == (2, 2, HOLDS)
    assert check("a", "step5", kind=SLOPES, low=-0.6, high=-0.4).verdict == FAILS
    assert check("a", "step4", kind=SLOPES).rejected == 0


def test_a_step_alone_and_the_last():
    assert check("a", kind=SLOPES, step=10).largest == -0.4
    assert check("a", kind=SLOPES, step=10).count == 1
    assert check("a", kind=SLOPES, step=LAST).smallest == -0.65
    assert check("c", "beyond/", step=LAST).smallest == 4.0


def test_a_folder_holds_many_experiments():
    checked = check("c", "beyond/")
    assert (checked.smallest, checked.largest, checked.count) == (3.0, 4.0, 2)
    assert check("c", "beyond").verdict == MISSING


def test_medians_and_means_at_the_widest_width():
    checked = check("e", "step7", kind=MEDIANS, low=1)
    # Of seven values the first and the last hold the median with 1 - 2 / 2^7.
    assert (checked.smallest, checked.interval_low, checked.interval_high) == (4, 1, 7)
    assert checked.verdict == HOLDS
    assert check("e", "step7", kind=MEDIANS, low=1.5).verdict == OPEN
    assert check("e", "step7", kind=MEDIANS, low=8).verdict == FAILS
    assert check("d", "step7", kind=MEDIANS, high=99).verdict == OPEN  # three seeds
    assert check("d", "step7", kind=MEDIANS, step=LAST).smallest == 6.0
    checked = check("e", "step7", kind=MEANS)
    # Student's quantile 2.447 times sqrt(28 / 6 / 7).
    assert (checked.largest, checked.verdict) == (4, HOLDS)
    assert math.isclose(checked.interval_high, 5.998, abs_tol=1e-3)


def test_ratios_are_root_mean_squares_over_theory():
    checked = check("e", "step7", kind=RATIOS, theory="e_expected", high=0.9)
    assert math.isclose(checked.largest, math.sqrt(sum(v * v for v in range(1, 8)) / 7) / 2)
    assert checked.verdict == FAILS
    assert check("e", "step7", kind=RATIOS, theory="e_expected", least_width=65).count == 0
    assert check("e", "step7", kind=RATIOS, theory="no such").verdict == MISSING


def test_values_with_standard_errors():
    for experiment in ("step7", "classes"):
        checked = check("f", experiment, kind=ERRORS, high=4)
        assert (checked.smallest, checked.interval_low, checked.interval_high) == (3, 2, 4)
        assert checked.verdict == HOLDS
    assert check("f", "step7", kind=ERRORS, high=3.5).verdict == OPEN
    assert check("f", "step7", kind=ERRORS, high=1.9).verdict == FAILS
    checked = check("f", "step7", kind=ERRORS, least_width=16, low=1, high=119)
    assert (checked.count, checked.smallest, checked.largest) == (2, 3, 100)
    assert (checked.interval_low, checked.interval_high, checked.verdict) == (2, 120, OPEN)
    assert check("f", "step7", kind=ERRORS, least_width=17).count == 1


def test_what_was_not_measured_is_said_to_be_missing():
    for kind in (VALUES, SLOPES, MEDIANS, MEANS):
        checked = check("b", kind=kind)
        assert (checked.count, checked.verdict) == (0, MISSING)
        assert check("no such", kind=kind).verdict == MISSING
        assert math.isnan(checked.smallest)


def test_claims_on_slopes_need_slopes():
    claim = next(claim for claim in ALL if claim.kind == SLOPES)
    with pytest.raises(ValueError, match="slopes must be given"):
        check_claims([claim], METRICS)


def test_the_claims_speak_of_metrics_that_exist():
    for step, claims in CLAIMS.items():
        slopes = {claim.metric for claim in claims if claim.kind == SLOPES}
        assert slopes <= set(SLOPE_METRICS.get(step, ()))
    for claim in ALL:
        assert claim.metric in METRIC_MEANINGS, claim
        assert claim.low <= claim.high, claim
        assert claim.theory in {None, *METRIC_MEANINGS}, claim
        assert claim.reason, claim
        assert (claim.truth is None) == (claim.kind == VALUES), claim
        assert claim.truth is None or claim.low < claim.truth < claim.high, claim
        assert claim.low > -math.inf or claim.high < math.inf, claim
    assert len({claim.statement for claim in ALL}) == len(ALL)
    for step, claims in CLAIMS.items():
        for claim in claims:
            here = "step7" if step in ("distance", "classes") else step
            places = {step, here, "interval", "beyond/"}
            assert claim.experiment in places or step in ("scale", "classes")


@cache
def functions_in(path):
    tree = ast.parse((Path(__file__).parents[1] / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("test", sorted({claim.test for claim in ALL}))
def test_the_tests_that_claims_name_exist(test):
    path, _, name = test.partition("::")
    assert name.startswith("test_")
    assert name in functions_in(path)


SAMPLED = (MEDIANS, MEANS, RATIOS)


def bear_out(claim):
    """A value that bears the claim out; at its limits where chance has no part in it."""
    if claim.truth is not None:
        return claim.truth
    if claim.low == -math.inf:
        return claim.high
    return claim.low if claim.high == math.inf else (claim.low + claim.high) / 2


def tables_for(claim, value):
    """Rows of metrics and of slopes in which the claim's metric has that value."""
    at = claim.experiment + "it" * claim.experiment.endswith("/")
    phi = (claim.activations or ["relu"])[0]
    step = 10 if claim.step is None else claim.step if claim.step != LAST else 10**5
    width = max(2**14, claim.least_width or 1)
    if claim.kind == SLOPES:
        ends = value - 0.001, value + 0.001
        return [], [[at, phi, claim.metric, claim.widths, step, value, *ends, 0.5, 64, 256]]
    spread = [value + i * 1e-4 for i in range(-3, 4)] if claim.kind in SAMPLED else [value]
    beside = {ERRORS: [(f"{claim.metric}_error", 1e-4)], RATIOS: [(claim.theory, 1.0)]}
    rows = [*beside.get(claim.kind, []), *((claim.metric, v) for v in spread)]
    return [[at, phi, m, width, i, step, v] for i, (m, v) in enumerate(rows)], []


def study(claims=ALL, value_of=bear_out):
    """Metrics and slopes in which the metric of each claim has the value that is named for it."""
    metrics, slopes = zip(*(tables_for(claim, value_of(claim)) for claim in claims), strict=True)
    fitted = pd.DataFrame(list(chain(*slopes)), columns=FITTED.columns)
    return metrics_of(*chain(*metrics)), fitted


def table(metrics, slopes):
    """The whole table of claims."""
    return pd.concat([judge(step, metrics, slopes) for step in CLAIMS], ignore_index=True)


def row(text, metric):
    (found,) = (line for line in text.splitlines() if f"| `{metric}` |" in line)
    return found


def escaped(statement):
    return statement.replace("|", "\\|")


def test_the_document_has_every_statement_once():
    text = document(table(*study()))
    assert f"Of {len(ALL)} statements: hold {len(ALL)}, open 0, do not hold 0, not meas" in text
    for claim in ALL:
        assert text.count(f"| {escaped(claim.statement)} |") == 1
    for title in TITLES.values():
        assert text.count(f"## {title}\n") == 1
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {10}
    for loose in ("unit sphere", "Hermite", "least norm"):
        assert f"{loose}" in text.partition("## Where the report is loose")[2]


def miss(claim):
    """A value beyond the limits of the claim."""
    return claim.high + 0.5 if claim.high < math.inf else claim.low - 0.5


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.metric)
def test_every_statement_can_fail(claim):
    for value_of, verdict in ((bear_out, HOLDS), (miss, FAILS)):
        checked = check_claims([claim], *study([claim], value_of))
        assert checked["verdict"].tolist() == [verdict]


def test_the_document_quotes_what_was_measured():
    metrics, slopes = study(
        value_of=lambda claim: 0.25 if claim.metric == "linear_growth_above" else bear_out(claim)
    )
    text = document(table(metrics, slopes))
    failed = row(text, "linear_growth_above")
    assert failed.startswith("| no |")
    assert "| 0.25 | ≥ 1.000001 |" in failed
    assert f"hold {len(ALL) - 1}, open 0, do not hold 1, not measured in this study 0." in text
    more = metrics_of(["step1", None, "linear_growth_above", None, None, None, 12.5])
    both = document(table(pd.concat([metrics, more]), slopes))
    assert "| 0.25 to 12.5 (2 values) | ≥ 1.000001 |" in row(both, "linear_growth_above")
    empty = document(table(metrics[metrics["experiment"] != "step2"], slopes))
    assert "| – | ≤ 10⁻¹⁰ |" in row(empty, "representer_error")
    assert f"not measured in this study {len(CLAIMS['step2'])}." in empty


def test_what_presupposes_one_output_scale_is_not_stated_of_several():
    metrics, slopes = study()
    stated = judge("step7", metrics, slopes, constant_scale=False)["metric"].tolist()
    assert stated == [claim.metric for claim in CLAIMS["step7"] if not claim.constant_scale]
    assert "weight_movement" not in stated
    assert "rmse_network_vs_ntk" in stated


def test_the_document_of_a_table_that_was_read_from_its_file(tmp_path):
    claims = table(*study())
    claims.loc[claims["kind"] == SLOPES, ["count", "rejected"]] = 3
    write_table(tmp_path / "claims.parquet", claims, schemas.CLAIMS.schema())
    text = document(read_table(tmp_path / "claims.parquet"))
    assert "(3 values, 3 of them from width to width)" in text


def test_the_table_is_one_of_claims_parquet(tmp_path):
    claims = table(*study(ALL[:-1]))
    check_tables({"claims": claims}, {"claims": schemas.CLAIMS}, tmp_path)
    (missing,) = claims[claims["verdict"] == MISSING].to_dict("records")
    assert (missing["statement"], missing["count"]) == (ALL[-1].statement, 0)
    assert claims["course_step"].drop_duplicates().tolist() == list(CLAIMS)
    assert claims["interval_low"].notna().equals(claims["kind"].ne(VALUES) & claims["count"].gt(0))


def test_docs_hold_every_statement_of_the_shipped_study():
    text = (ROOT / "docs/claims.md").read_text()
    stated = table(*study()).set_index("statement")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert {len(row) for row in rows} == {9}
    statements = {row[1].replace("\\|", "|"): row for row in rows}
    shipped = Places(load_study(read_configs([str(ROOT / "config.yaml")])))
    for claim in chain(*(CLAIMS[step] for step in shipped.measured)):
        row = statements[claim.statement]
        assert row[2] == f"`{claim.metric}`"
        assert row[4] == limits(*stated.loc[claim.statement, ["low", "high"]])
        assert row[5] == claim.reason
        assert row[0] == HOLDS
        assert row[6] == f"`{claim.test}`"
        assert bool(row[7]) == bool(row[8]) == (claim.truth is not None)
        if claim.truth is not None:
            # Chance makes few false verdicts of either kind.
            true, false = (int(re.match(r"(\d+)\s%", cell)[1]) for cell in row[7:])
            assert true >= 90
            assert false <= 10
    assert LOOSE in text
