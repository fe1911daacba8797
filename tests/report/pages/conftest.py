"""Each page once, with made-up figures and two that are drawn, and with numbers to quote."""

import pandas as pd
import pytest

from page_checks import SHOWN, figure, study
from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import fit
from widelimit.measure.slopes import slopes_table
from widelimit.measure.tangent.initialisation import example
from widelimit.report.catalog import PAGES, figures_on
from widelimit.report.claims import judge
from widelimit.report.figure_text import text_of
from widelimit.report.figures import step3_feature_map, step3_kernels, style
from widelimit.report.pages.figure import read_figure
from widelimit.report.pages.quoted import quoted_numbers
from widelimit.report.pages.render import render_page
from widelimit.tables.files import write_table, write_text


@pytest.fixture(scope="session")
def step3():
    """The tables of step 3 of a small study."""
    points = generate_samples(root=1, n_train=6, n_test=30, target="t + sin(10 * t)")
    return fit(
        points["train"],
        points["test"],
        gaussian_scale=10.0,
        laplace_scale=2.0,
        scales=[1.0, 10.0],
        activation="relu",
    )


@pytest.fixture(scope="session")
def drawn(step3, tmp_path_factory):
    """Two figures from the files that their jobs leave; many ids in the drawings agree."""
    folder = tmp_path_factory.mktemp("figures")
    figures = []
    for module, names in (
        (step3_kernels, ("points", "predictions")),
        (step3_feature_map, ("circles",)),
    ):
        name = module.__name__.rpartition(".")[2]
        svg, text, table = (folder / f"{name}.{kind}" for kind in ("svg", "json", "parquet"))
        frame = module.summarise(**{argument: step3[argument] for argument in names})
        style.save(module.draw(frame), svg)
        write_text(text, text_of(module, frame).to_json())
        write_table(table, frame, module.TABLE.schema())
        paths = str(svg), str(text), str(table)
        figures.append(read_figure(*paths, folder=str(svg.parent), command="snakemake"))
    return figures


def step4_metrics():
    """A few numbers of step 4: one of each kind, the last beyond what its claim allows."""
    rows = [
        *(("dual_range", name, None, None, 1.0) for name in ("relu", "sin")),
        *(("dual_closed_form_error", name, None, None, 3e-15) for name in ("relu", "sin")),
        *(("nngp_deviation", "relu", k, s, 1 / k**0.5) for k in (16, 64) for s in (0, 1)),
        ("last_layer_circle_interpolation_ratio", "relu", None, None, 7.5),
        ("fourier_peak_ratio", None, None, None, 3.25),
    ]
    frame = pd.DataFrame(rows, columns=["metric", "activation", "width", "seed", "value"])
    duals = ("derivative_error", "commutation_error", "least_slope", "least_curvature")
    more = [
        {"metric": f"dual_{name}", "activation": "sin", "value": 0.125}
        for name in (*duals, "smoothness_ratio", "truncation_gap", "truncation_error")
    ]
    frame = pd.concat([frame, pd.DataFrame(more)], ignore_index=True)
    return frame.assign(experiment="step4", step=None).astype(
        {"width": "Int64", "seed": "Int32", "step": "Int64"}
    )


def kernel_metrics():
    """The numbers of step 7 that belong to its limit kernels."""
    numbers = {
        "lambda_max_ntk": 26.6,
        "lambda_min_ntk": 3.1e-3,
        "rank_ntk": 20.0,
        "condition_number_ntk": 8580.0,
        "condition_number_nngp": 3.2e8,
        "learning_rate_bound": 0.0752,
    }
    frame = pd.DataFrame(numbers.items(), columns=["metric", "value"])
    return frame.assign(width=pd.NA, seed=pd.NA, step=pd.NA)


def prediction_tables():
    """Two widths and a step of what the page on the distance quotes; one ratio is not known."""
    at = {"width": [64, 256], "step": 10}
    ratios = [
        pd.DataFrame(at | {"quantity": quantity, "ratio": 0.93, "margin": [0.04, margin]})
        for quantity, margin in (("start", 0.05), ("movement", 0.7))
    ]
    metrics = {"predicted_distance_start": [0.4, 0.2], "predicted_distance_movement": [0.3, 0.1]}
    predicted = [pd.DataFrame(at | {"metric": name, "value": v}) for name, v in metrics.items()]
    of_steps = {
        "metric": ["crossover_width", "predicted_change"],
        "step": 10,
        "value": [123.0, 1.0],
    }
    predicted.append(pd.DataFrame(of_steps))
    predicted = pd.concat(predicted).assign(activation="relu")
    return {"ratios": pd.concat(ratios), "predicted": predicted}


@pytest.fixture(scope="session")
def quoted(step3):
    """The tables that the text of each page quotes, by page."""
    measured = step4_metrics()
    slopes = slopes_table(measured, "step4", widest=2)
    return {
        "index": {},
        "step1": {"claims": judge("step1", measured)},
        "step3": {"worked": step3["worked"]},
        "step4": {"measured": measured, "claims": judge("step4", measured, slopes)},
        "step5": {"example": pd.concat([example(name) for name in ("relu", "hermite:2")])},
        "step7": {"measured": kernel_metrics()},
        "distance": prediction_tables(),
        "learning": {},
        "scale": {},
    }


@pytest.fixture(scope="session")
def pages(quoted, drawn):
    """The HTML of every page."""
    real = {each.name: each for each in drawn}
    shown = {**SHOWN, "index": figures_on("index", study())}
    return {
        name: render_page(
            name,
            study=study(),
            figures=[
                figure(each) if name == "index" or each not in real else real[each]
                for each in shown[name]
            ],
            numbers=quoted_numbers(name, quoted[name]),
            commands={"Train again": "snakemake -R train_networks"},
        )
        for name in ("index", *PAGES)
    }
