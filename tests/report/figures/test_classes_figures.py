"""The figures about classes, of tables that a small study gives."""

import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure

from widelimit.measure.classes import measure
from widelimit.report.figures import (
    classes_confusion,
    classes_kernels,
    classes_scale,
    classes_wrong,
)
from widelimit.tables.classes import TABLES
from widelimit.tables.files import read_table, write_table
from widelimit.tables.schemas import METRICS

DIGITS = {"root": 0, "source": "digits", "n_train": 60, "n_test": 200, "noise_std": 0.0}
SEVERAL = {"ridges": [0.0, 1e-3, 1.0], "scales": {"gaussian": [1.0], "laplace": [0.3, 1.0]}}
ONE = {"ridges": [0.1], "scales": {"gaussian": [1.0], "laplace": [1.0]}}


@pytest.fixture(scope="module", params=["digits", "breast_cancer", "one test point"])
def tables(request):
    points = DIGITS | {"n_test": 1 if "one" in request.param else 200}
    points |= {"source": "breast_cancer"} if request.param == "breast_cancer" else {}
    given = ONE if "one" in request.param else SEVERAL
    return measure(points=points, activation="relu", validation=0.3, **given)


def test_tables_can_be_kept_when_no_point_is_wrong_for_all(tables, tmp_path):
    none = {"wrong": tables["wrong"].iloc[:0]}
    for name, table in [*tables.items(), *none.items()]:
        schema = (TABLES | {"measured": METRICS})[name].schema()
        write_table(tmp_path / "table.parquet", table, schema)
        assert len(read_table(tmp_path / "table.parquet")) == len(table)


def test_kernels_and_their_choice(tables):
    table = classes_kernels.summarise(tables["errors"], tables["choices"])
    check_figure(classes_kernels, table)
    assert "published" not in classes_kernels.finding(table)
    tested = table[table["test_error"].notna()].set_index("kernel")
    for kernel, rows in table[table["test_error"].isna()].groupby("kernel"):
        assert rows["ridge"].nunique() == len(rows)
        best = rows.set_index("ridge")["validation_error"]
        assert best[tested.loc[kernel, "ridge"]] == best.min()


def test_a_published_error_is_shown(tables):
    ntk = tables["errors"]["kernel"].eq("ntk")
    errors = tables["errors"].assign(published=ntk.map({True: 0.0439, False: np.nan}))
    table = classes_kernels.summarise(errors, tables["choices"])
    assert "published 4.39 %" in classes_kernels.finding(table)
    check_figure(classes_kernels, table)


def test_confusion(tables):
    table = classes_confusion.summarise(tables["confusion"])
    check_figure(classes_confusion, table)
    shares = {}
    for kernel, rows in table.groupby("kernel"):
        right = rows.loc[rows["label"] == rows["predicted"], "points"].sum()
        shares[kernel] = f"{100 * right / rows['points'].sum():.1f} %"
    assert classes_confusion.finding(table).startswith(
        f"NTK regression classifies {shares['ntk']} of the points correctly, linear regression"
        f" {shares['linear']}"
    )


@pytest.mark.parametrize("tables", ["digits", "one test point"], indirect=True)
@pytest.mark.parametrize("repeats", [0, 1, 9])
def test_images_that_all_get_wrong(tables, repeats):
    wrong = pd.concat([tables["wrong"]] * repeats) if repeats else tables["wrong"].iloc[:0]
    errors = tables["errors"].assign(source="digits")
    table = classes_wrong.summarise(wrong, errors)
    check_figure(classes_wrong, table)
    assert classes_wrong.finding(table).startswith(f"All kernels get {len(wrong)} of ")
    images = [image for axes in classes_wrong.draw(table).axes for image in axes.images]
    assert len(images) == min(len(wrong), classes_wrong.MOST)
    for image, inputs in zip(images, wrong["inputs"], strict=False):
        np.testing.assert_array_equal(np.ravel(image.get_array()), inputs)


@pytest.mark.parametrize(
    "scales, widths, seeds", [((2.0, 5.0, 100.0), (64, 256), 3), ((1.0,), (64,), 1)]
)
def test_networks_over_the_output_scale(scales, widths, seeds):
    at = {"metric": "test_accuracy", "activation": "relu"}
    rows = [
        {"experiment": f"scale/{g:g}", **at, "width": k, "seed": s, "step": step, "value": value}
        for g in scales
        for k in widths
        for s in range(seeds)
        for step, value in ((0, 0.1), (int(500 / g), 0.9 - 0.01 * s - 1 / (k + g)))
    ]
    rows += [
        {**row, "metric": f"test_error_vs_regression{end}", "seed": None, "value": value}
        for row in rows
        if row["seed"] == 0
        for end, value in (("", 0.02 - row["width"] / 1e4), ("_error", 0.011))
    ]
    limits = pd.DataFrame([{"metric": "test_accuracy_ntk", "step": np.nan, "value": 0.95}])
    table = classes_scale.summarise(limits, pd.DataFrame(rows))
    check_figure(classes_scale, table)
    widest = table[table["width"].eq(widths[-1])].sort_values("g")
    middle = 0.9 - 0.01 * (seeds - 1) / 2 - 1 / (widths[-1] + scales[-1])
    assert widest["centre"].iloc[-1] == pytest.approx(1 - middle)
    more = f"{100 * abs(0.02 - widths[-1] / 1e4):.1f} ± 1.1 percentage points"
    finding = classes_scale.finding(table)
    assert finding.startswith("NTK regression gets 5.0 % of the test points wrong")
    assert f"({more} {'lower' if widths[-1] > 200 else 'higher'})" in finding
