"""The figures of step 7 that only some studies have."""

import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure

from table_checks import where
from widelimit.data.lecture import PUBLISHED, WIDTH
from widelimit.measure.slopes import slopes_table
from widelimit.report.figures import (
    step7_beyond,
    step7_classes,
    step7_exponents,
    step7_lecture,
    style,
)
from widelimit.report.numbers import fixed

MODULES = {
    "beyond": step7_beyond,
    "exponents": step7_exponents,
    "classes": step7_classes,
    "lecture": step7_lecture,
}


def rows(metric, values, *, experiment="step7", activation="relu", width=None, step=None):
    """Rows of metrics.parquet, one seed each; a single value without a seed where width is None."""
    seeds = [None] if width is None else range(len(values))
    return [
        [experiment, activation, width, seed, step, metric, value]
        for seed, value in zip(seeds, values, strict=True)
    ]


def frame(*parts):
    names = ["experiment", "activation", "width", "seed", "step", "metric", "value"]
    table = pd.DataFrame([row for part in parts for row in part], columns=names)
    return table.astype({"width": "Int64", "seed": "Int32", "step": "Int64", "value": float})


def scatter(seeds, rng):
    return np.exp(0.3 * rng.standard_normal(seeds))


def make_beyond(others=("cos", "leaky_relu:0.1", "sphere_3", "sphere_100"), seeds=4, widths=3):
    rng = np.random.default_rng(0)
    parts = []
    for other in others:
        activation = "relu" if other.startswith("sphere") else other
        for width in (128, 1024, 8192)[:widths]:
            for step in (0, 100):
                values = scatter(seeds, rng) * (step > 0) / np.sqrt(width)
                at = {"width": width, "step": step, "activation": activation}
                name = f"beyond/{other.replace(':', '_')}"
                parts.append(rows(step7_beyond.METRIC, values, experiment=name, **at))
            at |= {"step": None}
            parts.append(rows(step7_exponents.METRIC, values / 10, experiment=name, **at))
    for width in (64, 256, 1024, 4096, 16384):
        for step in (0, 100, 100_000):
            values = scatter(2 * seeds, rng) * (step > 0) * 3 / np.sqrt(width)
            parts.append(rows(step7_beyond.METRIC, values, width=width, step=step))
    metrics = frame(*parts)
    return {"metrics": metrics, "slopes": slopes_table(metrics, "step7")}


def make_classes(kernels=("ntk", "nngp", "gaussian", "laplace"), seeds=3, widths=(16, 256, 4096)):
    rng = np.random.default_rng(0)
    parts = []
    for quantity, best in (("test_accuracy", 0.98), ("test_rmse", 0.1)):
        for width in widths:
            for step in (0, 100, 1000):
                for suffix in ("", "_ntk_corrected"):
                    off = scatter(seeds, rng) / np.sqrt(width) * (1 if suffix else 2)
                    values = best - off if quantity == "test_accuracy" else best + off
                    parts.append(rows(quantity + suffix, values, width=width, step=step))
                if quantity == "test_accuracy":
                    for end, value in (("", 0.5 / np.sqrt(width)), ("_error", 0.001)):
                        name = f"test_error_vs_ntk{end}"
                        parts.append(rows(name, [value], width=width, step=step))
        for place, kernel in enumerate(kernels):
            parts.append(rows(f"{quantity}_{kernel}", [best + 0.002 * place]))
            if kernel in ("ntk", "nngp"):
                parts.append(rows(f"{quantity}_{kernel}", [best / 2], step=1000))
    return {"metrics": frame(*parts)}


def make_lecture(widths=(1000, 4000, WIDTH), seeds=5, variant=True):
    rng = np.random.default_rng(0)
    parts = [rows("test_rmse_ntk", [PUBLISHED["ntk_bias"] ** 0.5])]
    parts += [rows("test_rmse_ntk", [1.0], step=15_300)]
    for quantity in step7_lecture.DISTANCES:
        for width in widths:
            for step in (0, 15_300):
                values = np.sqrt(PUBLISHED[quantity] * WIDTH / width * scatter(seeds, rng))
                parts.append(rows(f"rmse_{quantity}", values * (step > 0), width=width, step=step))
    found = {"metrics": frame(*parts)}
    if variant:
        found["without"] = frame(rows("test_rmse_ntk", [0.508383**0.5]))
    return found


MAKERS = {
    "beyond": make_beyond,
    "exponents": make_beyond,
    "classes": make_classes,
    "lecture": make_lecture,
}
ONE_SMALL_EXPERIMENT = {"others": ("erf",), "seeds": 1, "widths": 1}
MANY = ("leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3")
MANY += ("sphere_3", "sphere_10", "sphere_100")
CASES = {
    "beyond": {},
    "beyond, activations only": {"others": ("gelu", "hermite:3")},
    "beyond, one small experiment": ONE_SMALL_EXPERIMENT,
    "beyond, many": {"others": MANY},
    "exponents": {},
    "exponents, one small experiment": ONE_SMALL_EXPERIMENT,
    "classes": {},
    "classes, no other kernels": {"kernels": ("ntk", "nngp")},
    "classes, one network": {"seeds": 1, "widths": (64,)},
    "lecture": {},
    "lecture, other widths": {"widths": (64, 256), "variant": False},
    "lecture, one network": {"widths": (WIDTH,), "seeds": 1},
}


@pytest.mark.parametrize("case", CASES)
def test_figures_are_readable(case):
    name = case.partition(",")[0]
    module, study = MODULES[name], MAKERS[name](**CASES[case])
    check_figure(module, module.summarise(**study))


@pytest.mark.parametrize("name, make", [("beyond", make_beyond), ("classes", make_classes)])
def test_rows_may_come_in_any_order_and_bytes_stay(name, make, tmp_path):
    module, study = MODULES[name], make()
    shuffled = {name: table.sample(frac=1, random_state=0) for name, table in study.items()}
    for place, tables in enumerate((study, shuffled)):
        style.save(module.draw(module.summarise(**tables)), tmp_path / f"{place}.svg")
    assert (tmp_path / "0.svg").read_bytes() == (tmp_path / "1.svg").read_bytes()


def values(study, metric, frame="metrics", **at):
    return where(study[frame], metric=metric, **at)["value"].to_numpy()


def test_beyond_shows_medians_and_slopes_over_all_of_its_widths():
    study = make_beyond()
    table = step7_beyond.summarise(**study, quantiles=(0.25, 0.75))
    for experiment, widths in (
        ("beyond/sphere_100", (128, 1024, 8192)),
        ("step7", (256, 1024, 4096)),
    ):
        curve = table[table["experiment"] == experiment]
        assert curve["width"].tolist() == list(widths)
        at = {"experiment": experiment, "step": 100}
        each = [values(study, step7_beyond.METRIC, width=k, **at) for k in widths]
        assert curve["centre"].tolist() == pytest.approx([np.median(v) for v in each])
        assert curve["upper"].tolist() == pytest.approx([np.quantile(v, 0.75) for v in each])
        x = np.concatenate([np.full(len(v), np.log2(k)) for k, v in zip(widths, each, strict=True)])
        slope = np.polyfit(x, np.log2(np.concatenate(each)), 1)[0]
        assert curve["slope"].tolist() == pytest.approx([slope] * 3)
    assert set(table["step"]) == {100}


def test_exponents_stand_beside_those_of_theory():
    table = step7_exponents.summarise(**make_beyond())
    theory = table.groupby("activation")[["early", "late", "step"]].agg(["min", "max"])
    assert theory.loc["cos"].tolist() == [-1, -1, -1, -1, 100, 100]
    assert theory.loc["leaky_relu:0.1"].tolist() == [-0.75, -0.75, -0.5, -0.5, 100, 100]
    assert "after 100 steps, 4 seeds): " in step7_exponents.finding(table)


def test_beyond_puts_the_study_first_and_spheres_last():
    table = step7_beyond.summarise(**make_beyond())
    shown = [step7_beyond.name(row) for _, row in table.drop_duplicates("experiment").iterrows()]
    assert shown == ["the study: relu", "cos", "leaky relu 0.1", "d = 3", "d = 100"]


def test_beyond_does_without_a_study_that_has_no_such_step():
    study = make_beyond()
    metrics = study["metrics"]
    other = metrics[metrics["experiment"].ne("step7") | metrics["step"].ne(100)]
    table = step7_beyond.summarise(metrics=other, slopes=study["slopes"])
    assert "step7" not in set(table["experiment"])


def test_beyond_counts_slopes():
    study = make_beyond()
    table = step7_beyond.summarise(**study)
    slopes = table.drop_duplicates("experiment")
    near = sum(abs(slope + 0.5) <= 0.1 for slope in slopes["slope"])
    held = sum((slopes["slope_low"] <= -0.5) & (slopes["slope_high"] >= -0.5))
    finding = step7_beyond.finding(table)
    assert f"{near} of 5 slopes lie within 0.1 of −1/2 and {held} of their" in finding
    lowest = slopes.sort_values("slope").iloc[0]
    assert f"from {fixed(lowest['slope'])} ± " in finding
    assert f"({step7_beyond.name(lowest)}) to" in finding


def test_classes_show_the_last_step_and_the_limit_of_kernels():
    study = make_classes()
    table = step7_classes.summarise(**study)
    row = table[table["model"].eq("ntk_corrected") & table["width"].eq(256)].set_index("quantity")
    for quantity in ("test_accuracy", "test_rmse"):
        known = values(study, f"{quantity}_ntk_corrected", width=256, step=1000)
        assert row.loc[quantity, "centre"] == np.median(known)
    assert set(table["step"].dropna()) == {1000}
    kernel = table[table["model"].eq("ntk") & table["quantity"].eq("test_accuracy")]
    assert kernel["centre"].item() == values(study, "test_accuracy_ntk", step=None).item()
    finding = step7_classes.finding(table)
    known = values(study, "test_accuracy", width=4096, step=1000)
    assert f"{100 * np.median(known):.1f} % at width 2¹²" in finding
    assert "98.0 % (NTK regression)" in finding
    assert "networks is 0.8 ± 0.1 percentage points higher" in finding


def test_the_lecture_is_quoted_beside_the_study():
    study = make_lecture()
    table = step7_lecture.summarise(**study)
    with_bias, without = (table[table["quantity"] == f"ntk_{name}"] for name in ("bias", "no_bias"))
    assert with_bias["centre"].item() == pytest.approx(with_bias["published"].item(), rel=1e-12)
    assert without["published"].isna().all()
    finding = step7_lecture.finding(table)
    assert "0.484375 with the bias (published: 0.484375) and 0.508383 without it." in finding
    for quantity in step7_lecture.DISTANCES:
        squares = values(study, f"rmse_{quantity}", width=WIDTH, step=15_300) ** 2
        row = table[table["quantity"].eq(quantity) & table["width"].eq(WIDTH)]
        assert row["centre"].item() == pytest.approx(np.median(squares))
        assert row["below"].item() == sum(squares < PUBLISHED[quantity])
        assert f"with {row['below'].item()} of 5 seeds below it" in finding
    narrow = table[table["width"] == 1000]
    assert len(narrow) == 2
    assert narrow["published"].isna().all()
