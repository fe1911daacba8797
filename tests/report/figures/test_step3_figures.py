import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure, short, take
from matplotlib.collections import QuadMesh

from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import fit
from widelimit.report.figures import (
    kernel_fits,
    step3_explorer,
    step3_feature_map,
    step3_gram,
    step3_kernels,
    step3_scale,
    step3_worked,
)
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import fixed, number

MODULES = [step3_feature_map, step3_kernels, step3_scale, step3_explorer, step3_gram, step3_worked]


def make(n_train, scales, *, root=1, target="t + sin(10 * t)", activation="relu", n_test=61):
    points = generate_samples(root=root, n_train=n_train, n_test=n_test, target=target)
    options = {"gaussian_scale": 10.0, "laplace_scale": 2.0, "scales": scales}
    return fit(points["train"], points["test"], activation=activation, **options)


STUDIES = {
    "shipped": lambda: make(10, [0.1, 1.0, 10.0, 100.0], root=2026, n_test=401),
    "smallest": lambda: make(2, [1.0]),
    "largest": lambda: make(50, [1e-3, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1e6]),
    "tall": lambda: make(7, [0.5, 200.0, 5.0], target="-4000 * t", activation="erf"),
    "flat": lambda: make(5, [1.0, 2.0], target="0 * t + 3"),
}


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return STUDIES[request.param]()


@pytest.fixture(scope="module")
def shipped():
    return STUDIES["shipped"]()


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_figures_are_readable(module, study):
    check_figure(module, take(module, study))


def naive_rmses(study):
    """By part, kernel, scale as text and split."""
    points = study["points"]
    target = dict(zip(zip(points["split"], points["index"], strict=True), points["y"], strict=True))
    squares = {}
    names = ["part", "kernel", "scale", "split", "index", "f"]
    for part, kernel, scale, split, index, f in zip(
        *(study["predictions"][name].tolist() for name in names), strict=True
    ):
        at = part, kernel, str(scale), split
        squares.setdefault(at, []).append((f - target[split, index]) ** 2)
    return {at: (sum(each) / len(each)) ** 0.5 for at, each in squares.items()}


@pytest.mark.parametrize("module, part", [(step3_kernels, "kernels"), (step3_scale, "scales")])
def test_rmse_is_that_of_the_split(module, part, study):
    table, naive = take(module, study), naive_rmses(study)
    for (kernel, scale, split), rows in table.groupby(["kernel", "scale", "split"], dropna=False):
        assert rows["rmse"].nunique() == 1
        expected = naive[part, kernel, str(scale), split]
        assert rows["rmse"].iloc[0] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_finding_of_kernels_names_best_and_worst(shipped):
    table = take(step3_kernels, shipped)
    text = step3_kernels.finding(table)
    naive = naive_rmses(shipped)
    test = {
        kernel: naive["kernels", kernel, str(scale), "test"]
        for kernel, scale, _ in kernel_fits.each_kernel(table)
    }
    best, worst = sorted(test, key=test.get)[0], sorted(test, key=test.get)[-1]
    assert text.startswith("4 of 5 kernels")
    first, second = text.split("goes from")[1].split(" to ")
    assert KERNELS[best].name in first
    assert KERNELS[worst].name in second
    assert number(test[best], 3) in first
    assert number(test[worst], 3) in second


def test_finding_of_kernels_counts_those_that_interpolate(shipped):
    table = take(step3_kernels, shipped)
    table.loc[table["kernel"] == "ntk", "rmse"] = 0.5
    assert step3_kernels.finding(table).startswith("3 of 5 kernels")


def test_finding_of_the_scale_names_the_smallest_test_rmse(shipped):
    text, naive = step3_scale.finding(take(step3_scale, shipped)), naive_rmses(shipped)
    for kernel in ("gaussian", "laplace"):
        scores = {
            scale: naive["scales", kernel, str(scale), "test"] for scale in (0.1, 1.0, 10.0, 100.0)
        }
        best = min(scores, key=scores.get)
        sentence = text.split(KERNELS[kernel].name)[1].split(").")[0]
        assert f"smallest at L = {best:g} ({number(scores[best], 3)}" in sentence


def test_every_scale_and_kernel_has_a_panel(shipped):
    drawn = step3_scale.draw(take(step3_scale, shipped))
    assert sum(axes.axison for axes in drawn.axes) == 8
    samples = shipped["points"].query("split == 'train'")
    for axes in drawn.axes:
        (dots,) = (line for line in axes.lines if line.get_marker() == "o")
        np.testing.assert_array_equal(dots.get_xdata(), samples["t"])
        np.testing.assert_array_equal(dots.get_ydata(), samples["y"])


def test_heat_maps_show_the_gram_matrices(shipped):
    drawn = step3_gram.draw(take(step3_gram, shipped))
    meshes = [m for axes in drawn.axes for m in axes.findobj(QuadMesh) if m.get_array().size == 100]
    grams = shipped["gram"].query("part == 'kernels'")
    for mesh, (_, rows) in zip(meshes, grams.groupby("kernel", sort=False), strict=True):
        K = rows.sort_values(["row", "column"])["value"].to_numpy()
        np.testing.assert_array_equal(np.asarray(mesh.get_array()).ravel(), K)
        assert mesh.get_clim() == meshes[0].get_clim()


def test_singular_kernels_are_said_to_be(shipped):
    text = step3_gram.finding(take(step3_gram, shipped))
    assert text.startswith("linear: singular, rank 2 of 10; ")
    assert text.count("condition number") == 4


def test_terms_add_up_to_the_sum_in_the_finding(study):
    table = take(step3_worked, study)
    x = table.loc[table["quantity"] == "kernel", "j"].iloc[0]
    terms = table[(table["quantity"] == "term") & (table["j"] == x)]
    total = terms["value"].sum()
    assert f"f = {fixed(total, 3)};" in step3_worked.finding(table)
    f = step3_worked.draw(table).axes[2]
    (dots,) = (line for line in f.lines if line.get_marker() == "o" and line.get_markersize() == 3)
    np.testing.assert_array_equal(dots.get_ydata(), terms["value"])
    assert set(dots.get_xdata()) == set(terms["t"])
    target = study["points"].query("split == 'test'").set_index("index").loc[x, "y"]
    assert f"target there is {fixed(target, 3)}." in step3_worked.finding(table)


def test_finding_of_the_feature_map_counts(shipped):
    table = take(step3_feature_map, shipped)
    wrong = table.copy()
    wrong.loc[wrong.index[:3], "plane"] *= -1
    right = int(((table["line"] > 0) == (table["circle"] == 1)).sum())
    assert f"gets {right} of 80" in step3_feature_map.finding(table)
    assert step3_feature_map.finding(table).endswith("80 of 80 right.")
    assert step3_feature_map.finding(wrong).endswith("77 of 80 right.")


def test_the_line_that_is_drawn_is_that_of_the_table(shipped):
    table = take(step3_feature_map, shipped)
    flat = step3_feature_map.draw(table).axes[0]
    (line,) = (line for line in flat.lines if line.get_linestyle() == "--")
    (x0, x1), (y0, y1) = line.get_xdata(), line.get_ydata()
    normal = np.array([y0 - y1, x1 - x0]) / np.hypot(x1 - x0, y1 - y0)
    distance = (table[["x_0", "x_1"]].to_numpy() - [x0, y0]) @ normal
    np.testing.assert_allclose(np.abs(distance), np.abs(table["line"]), atol=1e-9)
    assert np.abs(np.corrcoef(distance, table["line"])[0, 1]) == pytest.approx(1)


def test_rounding_is_not_quoted():
    assert kernel_fits.rmse(3e-15) == kernel_fits.rmse(4e-13)
    assert kernel_fits.rmse(3e-5) == "3\u202f×\u202f10⁻⁵"


def test_fits_need_every_target():
    points = pd.DataFrame({"split": ["test"], "index": [0], "y": [1.0]})
    twice = pd.concat([points, points])
    predictions = pd.DataFrame(
        {"part": ["kernels"], "kernel": ["ntk"], "scale": [np.nan], "split": ["test"]}
    ).assign(index=0, t=0.0, f=3.0)
    assert kernel_fits.fits(points, predictions, "kernels")["rmse"].item() == 2
    with pytest.raises(pd.errors.MergeError):
        kernel_fits.fits(twice, predictions, "kernels")
