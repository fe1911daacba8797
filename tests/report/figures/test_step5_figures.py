import numpy as np
import pytest
from figure_checks import check_figure, short, take

from widelimit.data.points import generate_samples, to_table
from widelimit.measure.slopes import fit_slope, slopes_table
from widelimit.measure.tangent.statements import measure_on
from widelimit.report.figures import (
    looks,
    step5_flow,
    step5_hessian,
    step5_linearised,
    step5_ntk,
    step5_outputs,
)
from widelimit.report.numbers import fixed, number

MODULES = [step5_ntk, step5_linearised, step5_outputs, step5_hessian, step5_flow]
TARGETS = ["t + sin(10 * t)", "cos(6 * t)", "t * t", "0 * t", "x_0 - x_1"]
SMALL = {
    "activations": ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:2"],
    "widths": [16, 64, 256, 1024],
    "seeds": 6,
    "kernel_seeds": 6,
    "trained_activation": "relu",
    "training_widths": [16, 64, 256],
    "training_seeds": 3,
    "steps": 30,
    "relative_learning_rate": 0.1,
    "flow_learning_rates": [0.01, 0.1, 0.9],
}
ONE = {"widths": [64], "training_widths": [32]}
ONE |= {"seeds": 1, "kernel_seeds": 1, "training_seeds": 1}


def make(outputs=3, n_train=6, **changes):
    points = generate_samples(root=1, n_train=n_train, n_test=21, target=TARGETS[:outputs])
    tables = measure_on(points["train"], points["test"], root=1, **(SMALL | changes))
    tables["metrics"] = tables.pop("measured")
    tables["slopes"] = slopes_table(tables["metrics"], "step5")
    return tables | {"points": to_table(points)[0]}


STUDIES = {
    "small": make,
    "one of each": lambda: make(2, **ONE, activations=["sin"], steps=1),
    "kinks alone": lambda: make(5, activations=["relu"], trained_activation="erf", n_train=2),
    "many": lambda: make(
        activations=["relu", "gelu", *(f"hermite:{n}" for n in range(1, 9))],
        trained_activation="hermite:3",
        flow_learning_rates=[0.001, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999],
    ),
}


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return STUDIES[request.param]()


@pytest.fixture(scope="module")
def small():
    return STUDIES["small"]()


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_figures_are_readable(module, study):
    check_figure(module, take(module, study))


def naive_slope(metrics, name, activation=None, step=None):
    rows = metrics[metrics["metric"] == name]
    rows = rows if activation is None else rows[rows["activation"] == activation]
    rows = rows if step is None else rows[rows["step"] == step]
    return fit_slope(rows["width"], rows["value"])


def test_slopes_are_fitted_to_all_widths_and_seeds(small):
    table = take(step5_ntk, small)
    for activation, rows in table.groupby("activation"):
        fit = naive_slope(small["metrics"], "ntk_deviation", activation)
        for name in ("slope", "slope_low", "slope_high"):
            assert rows[name].unique() == pytest.approx([fit[name]])
    assert table.groupby("activation")["width"].count().unique() == 4


def test_finding_of_the_ntk_counts_the_intervals(small):
    table = take(step5_ntk, small)
    text = step5_ntk.finding(table)
    fits = {name: naive_slope(small["metrics"], "ntk_deviation", name) for name in
            SMALL["activations"]}  # fmt: skip
    covered = sum(fit["slope_low"] <= -0.5 <= fit["slope_high"] for fit in fits.values())
    assert f"{covered} of their 95 % intervals contain it" in text
    flattest = max(fits, key=lambda name: fits[name]["slope"])
    assert f" to {fixed(fits[flattest]['slope'])} ± " in text
    assert text.endswith(f"({looks.activation(flattest).name}).")
    moved = table.copy()
    moved[["slope", "slope_low", "slope_high"]] += 5
    assert "0 of 7 slopes lie within 0.1 of −1/2 and 0 of their" in step5_ntk.finding(moved)


def test_finding_of_the_linearised_network_does_not_quote_rounding(small):
    table = take(step5_linearised, small)
    assert "are less than 10⁻¹⁰ from the prediction of their own NTK" in step5_linearised.finding(
        table
    )
    off = table.copy()
    off.loc[off["metric"] == step5_linearised.LINEARISED, "upper"] = 0.25
    assert "less than" not in step5_linearised.finding(off)
    assert "0.25 from the prediction of their own NTK" in step5_linearised.finding(off)


def test_finding_of_the_linearised_network_quotes_the_widest_and_last(small):
    text = step5_linearised.finding(take(step5_linearised, small))
    metrics = small["metrics"]
    rows = metrics[(metrics["width"] == 256) & (metrics["step"] == 30)]
    for metric in (step5_linearised.NETWORK, step5_linearised.UNCORRECTED):
        value = number(rows.loc[rows["metric"] == metric, "value"].median(), 2)
        slope = naive_slope(metrics, metric, step=30)["slope"]
        assert f"{value} (slope {fixed(slope)} ±" in text
    last = metrics[metrics["step"] == 30_000].set_index("metric")["value"]
    assert f"{number(last[f'{step5_linearised.COST}_limit'], 2)} at infinite width" in text


def test_outputs_show_the_network_and_its_prediction(small):
    table = take(step5_outputs, small)
    for metric, model in (("network", "network"), ("ntk_corrected", "ntk_corrected")):
        rows = table[table["metric"] == metric].sort_values(["output", "t"])
        predictions = small["predictions"]
        expected = predictions[predictions["model"] == model].sort_values(["output", "index"])
        np.testing.assert_array_equal(rows["f"], expected["f"])
        assert set(rows["t"]) == set(np.linspace(-1, 1, 21))
    samples = table[table["metric"] == "target"]
    assert len(samples) == 6 * 3
    train = small["points"].query("split == 'train'")
    one = samples[samples["output"] == 1].sort_values("t")
    np.testing.assert_array_equal(one["f"], train.sort_values("t")["y_1"])


def test_outputs_beyond_the_colours_are_said_to_be_hidden():
    table = take(step5_outputs, STUDIES["kinks alone"]())
    assert "outputs (the first 3 of 5) of one network" in step5_outputs.caption(table)
    assert "empirical NTK of 5 outputs" in step5_outputs.finding(table)


def test_every_smooth_activation_has_a_panel(small):
    table = take(step5_hessian, small)
    titles = [axes.get_title("left") for axes in step5_hessian.draw(table).axes]
    assert len(titles) == 6
    for activation in ("gelu", "sin", "cos", "erf", "hermite 2"):
        assert sum(activation in title for title in titles) == 1
    assert not any("relu" in title for title in titles)


def test_finding_of_the_hessian_quotes_the_worst_median(small):
    text = step5_hessian.finding(take(step5_hessian, small))
    metrics = small["metrics"]
    ratios = metrics[metrics["metric"] == "hessian_median_ratio"]
    ratios = ratios.groupby(["activation", "width"])["value"].median()
    assert f"at most {number(100 * (ratios - 1).abs().max(), 2)} % off" in text
    slopes = [
        naive_slope(metrics, step5_hessian.BOUNDED, name)["slope"]
        for name in ("gelu", "sin", "cos", "erf")
    ]
    slopes.append(naive_slope(metrics, step5_hessian.BOUNDED, "hermite:2")["slope"])
    low, high = fixed(min(slopes)), fixed(max(slopes))
    assert f"{low} to {high} for bounded weights" in text


def test_finding_of_the_hessian_without_smooth_activations():
    table = take(step5_hessian, STUDIES["kinks alone"]())
    assert step5_hessian.finding(table).startswith(
        "No activation here has a second derivative; the largest"
    )


def test_finding_of_the_flow_quotes_the_largest_differences(small):
    text = step5_flow.finding(take(step5_flow, small))
    flow = small["flow"]
    for rate in (0.01, 0.9):
        largest = flow.loc[flow["relative_learning_rate"] == rate, "rmse"].max()
        assert f"{number(largest, 2)} at {rate:g} of the bound" in text
